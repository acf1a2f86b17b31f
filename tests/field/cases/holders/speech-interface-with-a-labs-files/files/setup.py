from setuptools import setup

setup(
    name="stimme",
    classifiers=['License :: OSI Approved :: Apache Software License'],
)
