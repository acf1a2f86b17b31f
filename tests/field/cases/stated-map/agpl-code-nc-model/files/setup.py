from setuptools import setup

setup(name="chatter", license="AGPLv3+")
