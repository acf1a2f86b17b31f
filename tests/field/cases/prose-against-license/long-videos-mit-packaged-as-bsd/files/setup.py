"""
 Copyright (c) 2022, salesforce.com, inc.
 All rights reserved.
 SPDX-License-Identifier: BSD-3-Clause
"""
from setuptools import setup

setup(
    name="ge_lmm",
    license="3-Clause BSD",
)
