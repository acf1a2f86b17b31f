# license: Apache License 2.0
from setuptools import setup

__license__ = "Apache License 2.0"

setup(name="jiunlp", license=__license__)
