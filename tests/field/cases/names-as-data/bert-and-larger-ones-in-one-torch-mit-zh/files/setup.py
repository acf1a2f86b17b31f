from setuptools import find_packages, setup

setup(
    name='bert4huoju',
    version='v0.6.0',
    license='MIT Licence',
    packages=find_packages(),
)
