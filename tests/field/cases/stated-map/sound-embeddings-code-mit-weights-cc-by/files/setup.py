from setuptools import setup

setup(name="offenl3", license="MIT", classifiers=["License :: OSI Approved :: MIT License"])
