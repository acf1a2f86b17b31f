from setuptools import setup

setup(
    name="sprechmms",
    license="MIT License",
    classifiers=["License :: OSI Approved :: MIT License"],
)
