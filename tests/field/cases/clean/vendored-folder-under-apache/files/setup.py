from setuptools import setup

setup(name="lowrank", classifiers=["License :: OSI Approved :: MIT License"])
