"""
Copyright (C) Tristan Beppler - All Rights Reserved
Author: Tristan Beppler
"""
X = 1
