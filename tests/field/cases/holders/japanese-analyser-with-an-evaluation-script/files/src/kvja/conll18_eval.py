#!/usr/bin/env python3
# Copyright 2017, 2018 Formal and Applied Linguistics Group (FALG),
# Faculty of Physics, Charlemagne University.

X = 1
