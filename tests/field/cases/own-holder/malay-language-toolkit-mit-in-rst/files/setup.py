from setuptools import setup

setup(
    name='tanah',
    license='MIT',
    classifiers=['License :: OSI Approved :: MIT License'],
)
