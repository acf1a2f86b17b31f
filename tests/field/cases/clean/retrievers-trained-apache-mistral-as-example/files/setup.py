from setuptools import find_packages, setup

setup(
    name='ringbau',
    version='0.0.1',
    license='Apache 2.0',
    packages=find_packages('src'),
)
