"""
KLIP
Copyright (c) 2022-present NAVI Corp.
Apache-2.0
"""
X = 1
