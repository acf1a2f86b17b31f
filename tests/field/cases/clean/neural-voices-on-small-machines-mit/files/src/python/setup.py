from setuptools import setup

setup(
    name="flute_train",
    license="MIT",
    classifiers=[
        "License :: OSI Approved :: MIT License",
    ],
)
