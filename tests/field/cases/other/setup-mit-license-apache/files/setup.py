from setuptools import setup

setup(name="bang", license="MIT Licence")
