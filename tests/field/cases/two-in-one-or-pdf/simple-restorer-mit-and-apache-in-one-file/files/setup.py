from setuptools import setup

setup(name="basicsr", license="Apache License 2.0")
