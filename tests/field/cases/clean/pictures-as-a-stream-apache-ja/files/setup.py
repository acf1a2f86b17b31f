from setuptools import setup

setup(name="stromdiffusion", license="Apache 2.0 License")
