from setuptools import setup

setup(
    name='upscale',
    license='BSD-3-Clause License',
    classifiers=['License :: OSI Approved :: Apache Software License'],
)
