"""
Author: t-HaL
Copyright (c) 2023 by t-HaL, All Rights Reserved.
"""
X = 1
