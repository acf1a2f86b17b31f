import setuptools

setuptools.setup(
    name="segtool",
    version="0.0.25",
    classifiers=[
        "Programming Language :: Python :: 3",
        "License :: Other/Proprietary License",
    ],
)
