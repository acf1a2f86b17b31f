from setuptools import setup

setup(name="latent-painter", version="0.0.1")
