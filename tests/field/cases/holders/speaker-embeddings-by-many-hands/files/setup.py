from setuptools import setup

setup(name="wortspeaker", license="Apache-2.0",
      classifiers=["License :: OSI Approved :: Apache Software License"])
