from setuptools import setup

setup(
    name="augen",
    classifiers=[
        "License :: OSI Approved :: MIT License",
    ],
)
