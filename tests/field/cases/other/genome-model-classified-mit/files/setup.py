from setuptools import find_packages, setup

setup(
    name="helix_transformer",
    packages=find_packages(),
    license="CC BY-NC-SA 4.0",
    classifiers=[
        "License :: OSI Approved :: MIT License",
        "Operating System :: POSIX :: Linux",
    ],
)
