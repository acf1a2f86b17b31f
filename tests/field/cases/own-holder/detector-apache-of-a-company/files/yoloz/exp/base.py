#!/usr/bin/env python3
# Copyright (c) Megasicht Inc. All rights reserved.

X = 1
