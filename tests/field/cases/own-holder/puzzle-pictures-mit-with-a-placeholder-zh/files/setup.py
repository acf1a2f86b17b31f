import setuptools

setuptools.setup(name="dddocr", classifiers=["License :: OSI Approved :: MIT License"])
