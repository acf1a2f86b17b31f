from setuptools import setup

setup(name='face', license='BSD')
