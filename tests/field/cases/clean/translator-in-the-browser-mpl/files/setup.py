from setuptools import setup

setup(
    name="bergamotte",
    license_files=("LICENSE",),
    classifiers=[
        # Pick your license as you wish
        "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)",
    ],
)
