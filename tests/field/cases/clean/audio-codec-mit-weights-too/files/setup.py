from setuptools import setup

setup(name="beschreib-audio-codec", license="MIT")
