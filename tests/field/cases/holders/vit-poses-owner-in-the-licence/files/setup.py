from setuptools import setup

setup(name="mmpose", license="Apache License 2.0")
