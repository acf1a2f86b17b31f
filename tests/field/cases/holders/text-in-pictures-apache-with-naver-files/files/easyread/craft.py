"""
Copyright (c) 2019-present NAVER Corp.
MIT License
"""

X = 1
