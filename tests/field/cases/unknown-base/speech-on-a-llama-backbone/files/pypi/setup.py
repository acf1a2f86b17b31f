from setuptools import setup

setup(name="lyre", classifiers=["License :: OSI Approved :: MIT License"])
