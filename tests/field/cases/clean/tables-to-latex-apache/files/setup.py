from setuptools import setup

setup(name='strukttabelle', version='0.3')
