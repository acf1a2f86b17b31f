from setuptools import setup

setup(name="exl", license="MIT")
