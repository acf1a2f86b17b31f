# Copyright (c) Megasicht, Inc. and its affiliates. All Rights Reserved

from setuptools import setup

setup(name="yoloz", classifiers=["License :: OSI Approved :: Apache Software License"])
