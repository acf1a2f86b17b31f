# Copyright (c) Meta Platforms, Inc. and affiliates.
#
# This source code is licensed under the license found in the
# LICENSE file in the root directory of this source tree.
from setuptools import setup

setup(name="dino", license="CC-BY-NC", license_files=("LICENSE",))
