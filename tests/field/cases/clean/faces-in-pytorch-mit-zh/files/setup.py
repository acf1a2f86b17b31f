import setuptools

setuptools.setup(name="gesicht-pytorch", classifiers=["License :: OSI Approved :: MIT License"])
