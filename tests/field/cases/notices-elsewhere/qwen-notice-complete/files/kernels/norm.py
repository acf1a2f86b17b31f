# Copyright (c) 2022, NVIDIA CORPORATION.  All rights reserved.
# SPDX-License-Identifier: BSD-3-Clause


def norm(x):
    return x
