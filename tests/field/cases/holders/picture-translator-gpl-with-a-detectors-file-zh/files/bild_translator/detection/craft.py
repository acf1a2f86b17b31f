"""
Copyright (c) 2019-present NARVER Corp.
MIT License
"""

X = 1
