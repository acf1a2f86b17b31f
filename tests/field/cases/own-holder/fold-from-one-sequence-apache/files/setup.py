from setuptools import setup

setup(
    name="DeltaFold",
    author="Spirale",
    license="Apache-2.0",
)
