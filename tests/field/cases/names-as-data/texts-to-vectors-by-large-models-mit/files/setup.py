from setuptools import setup

setup(
    name="text2vek",
    classifiers=["License :: OSI Approved :: MIT License"],
    license="MIT",
)
