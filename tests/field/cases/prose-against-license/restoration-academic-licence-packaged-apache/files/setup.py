from setuptools import setup

setup(
    name='basicsr',
    classifiers=[
        'License :: OSI Approved :: Apache Software License',
    ],
    license='Apache License 2.0',
)
