import setuptools

setuptools.setup(
    name="ani",
    classifiers=[
        "License :: OSI Approved :: MIT License",
    ],
)
