from setuptools import setup

setup(name="velle", license="Apache-2.0 License",
      classifiers=["License :: OSI Approved :: Apache Software License"])
