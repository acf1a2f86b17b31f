from setuptools import setup

setup(name='AlleSegmente', license='Apache 2.0', author='Jonas Wasser')
