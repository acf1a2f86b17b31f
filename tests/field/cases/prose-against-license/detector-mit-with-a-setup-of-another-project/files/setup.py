from setuptools import setup

setup(
    name='mmdet',
    classifiers=[
        'License :: OSI Approved :: Apache Software License',
    ],
    license='Apache License 2.0',
)
