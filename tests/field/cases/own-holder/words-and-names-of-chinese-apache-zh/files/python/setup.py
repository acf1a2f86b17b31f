from setuptools import setup

setup(
    name="LAZ",
    license='Apache 2.0',
    classifiers=["License :: OSI Approved :: Apache Software License"],
)
