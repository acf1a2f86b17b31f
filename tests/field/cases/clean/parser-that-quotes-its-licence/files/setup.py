"""
Ring cake
Copyright (c) 2022-present CLOVER Corp.
MIT License
"""
from setuptools import setup

setup(name="ring", license="MIT", classifiers=["License :: OSI Approved :: MIT License"])
