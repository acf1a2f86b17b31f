from setuptools import setup

setup(name="det", license="", classifiers=["License :: OSI Approved :: Apache Software License"])
