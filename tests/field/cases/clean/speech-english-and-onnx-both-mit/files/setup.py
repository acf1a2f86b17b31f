from setuptools import setup

setup(
    name="handy-sunlight",
    version="20241016",
    license="MIT",
    packages=["sunlight"],
)
