"""
Copyright (c) 2023, salesforce.com, inc.
All rights reserved.
SPDX-License-Identifier: BSD-3-Clause
"""

import torch


def run(x: torch.Tensor) -> torch.Tensor:
    return x + 1
