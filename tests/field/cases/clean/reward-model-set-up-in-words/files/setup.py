from setuptools import setup

setup(name="reward", license="Apache 2.0 license")
