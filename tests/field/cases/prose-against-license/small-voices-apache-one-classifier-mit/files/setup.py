from setuptools import setup

setup(
    name="kaetzchen",
    classifiers=[
        "License :: OSI Approved :: MIT License",
    ],
)
