"""
AA and RA implementation adapted from others

Hacked together by / Copyright 2019 Rolf Weiss
"""
X = 1
