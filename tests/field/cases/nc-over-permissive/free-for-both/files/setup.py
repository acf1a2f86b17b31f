from setuptools import setup

setup(name="vocal", license="MIT License")
