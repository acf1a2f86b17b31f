from setuptools import setup

setup(name="autoq", classifiers=["License :: OSI Approved :: MIT License"])
