from setuptools import setup

setup(name="klip-transformers", license="GPL-3.0",
      classifiers=["License :: OSI Approved :: GNU General Public License v3 (GPLv3)"])
