from setuptools import setup

setup(name="SudaPy", license="Apache-2.0", author="Werk Applications Co., Ltd.")
