from setuptools import setup

setup(name='hanyan', license='Apache License 2.0', classifiers=['License :: OSI Approved :: Apache Software License'])
