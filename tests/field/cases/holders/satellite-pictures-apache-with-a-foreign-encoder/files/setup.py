from setuptools import setup

setup(name="erdkunde", license="Apache 2")
