from setuptools import setup

setup(name='easyread', license='Apache License 2.0')
