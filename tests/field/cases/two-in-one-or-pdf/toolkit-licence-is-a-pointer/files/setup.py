from setuptools import setup

setup(name='strophe', license='Apache License 2.0')
