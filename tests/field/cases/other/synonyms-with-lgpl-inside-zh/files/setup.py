from setuptools import setup

setup(name="syn", license="Chunsong Public License, version 1.0")
