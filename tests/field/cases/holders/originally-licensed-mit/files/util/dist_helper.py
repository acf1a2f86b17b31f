"""
Distributed helpers.

Originally licensed MIT, Copyright (c) 2020 Wen Lu
"""


def setup():
    return 0
