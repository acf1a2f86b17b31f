from setuptools import setup

setup(name="everychat", classifiers=["License :: OSI Approved :: MIT License"])
