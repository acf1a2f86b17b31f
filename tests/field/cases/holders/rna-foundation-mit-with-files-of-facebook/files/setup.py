from setuptools import setup

setup(name='rna-gm', license='MIT')
