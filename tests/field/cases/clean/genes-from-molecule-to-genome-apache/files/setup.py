from setuptools import setup

setup(
    name='erbgut-model',
    license='Apache-2.0',
)
