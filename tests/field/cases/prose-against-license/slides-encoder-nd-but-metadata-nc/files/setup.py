from setuptools import setup

setup(
    name='one',
    license='CC BY-NC 4.0',
    classifiers=[
        "License :: CC BY-NC 4.0",
    ],
)
