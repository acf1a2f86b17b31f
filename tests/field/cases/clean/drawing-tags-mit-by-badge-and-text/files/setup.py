import setuptools

setuptools.setup(name="tieftags", classifiers=["License :: OSI Approved :: MIT License"])
