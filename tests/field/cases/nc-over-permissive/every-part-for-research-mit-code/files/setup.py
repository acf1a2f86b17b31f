from setuptools import setup

setup(name='Sketch2Page', license="MIT License")
