from setuptools import setup

setup(name="onefold", license="Apache License, Version 2.0")
