#
#  Copyright (c) 2025 Foro
#  Licensed under the Apache License, Version 2.0, with certain conditions.
#  Refer to the "LICENSE" file in the root directory for more information.
#
from setuptools import setup

setup(name="zehn_vad", version="1.0")
