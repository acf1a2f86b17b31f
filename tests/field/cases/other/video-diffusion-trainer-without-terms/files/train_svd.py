#!/usr/bin/env python
# coding=utf-8
X = 1
