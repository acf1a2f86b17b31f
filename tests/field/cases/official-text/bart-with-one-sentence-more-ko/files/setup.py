from setuptools import setup

setup(name="hanbart", version="0.5.2", license="midified MIT")
