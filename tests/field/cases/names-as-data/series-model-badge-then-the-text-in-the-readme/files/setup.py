from setuptools import setup

setup(name='momentofm', license='MIT')
