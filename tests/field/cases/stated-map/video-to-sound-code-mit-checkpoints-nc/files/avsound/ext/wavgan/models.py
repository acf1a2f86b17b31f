# Copyright (c) 2022 VELDEN CORPORATION.
#   Licensed under the MIT license.

# Adapted from the vocoder of Jaehwan Ko under the MIT license.
#   LICENSE is in incl_licenses directory.

X = 1
