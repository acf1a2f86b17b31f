from setuptools import setup

setup(name='ginnlp', license='MIT')
