# ---------------
# Copyright (c) 2022 lumen-model. All Rights Reserved.
# ---------------

WIDTH = 64
