from setuptools import setup

setup(
    name="lavis",
    license="3-Clause BSD",
)
