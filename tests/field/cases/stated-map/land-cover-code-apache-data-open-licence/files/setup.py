from setuptools import setup

setup(name='flaer', classifiers=['License :: OSI Approved :: Apache Software License'])
