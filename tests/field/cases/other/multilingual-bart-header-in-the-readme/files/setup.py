from setuptools import setup

setup(name='asien-bart', version='1.0')
