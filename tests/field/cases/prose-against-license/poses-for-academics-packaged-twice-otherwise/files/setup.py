from setuptools import setup

setup(
    name="erstepose",
    classifiers=[
        "License :: OSI Approved :: Apache Software License",
    ],
    license="GPLv3",
)
