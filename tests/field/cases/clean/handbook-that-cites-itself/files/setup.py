from setuptools import setup

setup(name="handbook", license="Apache", classifiers=["License :: OSI Approved :: Apache Software License"])
