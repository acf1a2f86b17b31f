from setuptools import setup

setup(name="pennygpt", license="MIT", classifiers=["License :: OSI Approved :: MIT License"])
