from setuptools import setup

setup(
    name='thai-models',
    license="Apache Software License 2.0",
    classifiers=[
        "License :: OSI Approved :: Apache Software License",
    ],
)
