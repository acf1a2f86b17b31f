#!/usr/bin/env python
# -*- coding: utf-8 -*-
#
# Copyright (C) 2016 Radek Horak <radek@example.com>
# Modifications (C) 2017 Wang Hailin
# Licensed under the GNU LGPL v3.0 - http://www.gnu.org/licenses/lgpl.html

X = 1
