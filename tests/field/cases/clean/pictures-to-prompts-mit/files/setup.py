from setuptools import setup

setup(
    name='picture-questioner',
    license='MIT',
    classifiers=['License :: OSI Approved :: MIT License'],
)
