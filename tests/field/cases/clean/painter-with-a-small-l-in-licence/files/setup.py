from setuptools import setup

setup(name="kandid")
