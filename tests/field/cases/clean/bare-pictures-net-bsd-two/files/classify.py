#!/usr/bin/env python
"""
Copyright 2016 Jahu Inc.
Licensed under the terms of the 2 clause BSD license.
Please see LICENSE file in the project root for terms.
"""
X = 1
