from setuptools import find_packages, setup

setup(
    name='offenthaigpt',
    classifiers=[
        'License :: OSI Approved :: Apache Software License',
    ],
    license="Apache Software License 2.0",
    packages=find_packages(),
)
