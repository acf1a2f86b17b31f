from setuptools import setup

setup(name="reel2", license="Apache Software License 2.0", classifiers=["License :: OSI Approved :: Apache Software License"])
