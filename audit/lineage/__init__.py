# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""One release against every model it is compared with: all sets of weights in the folders."""

SEED = 0
"""Draws the split of dimensions into a searched and a tested half; stated in the record."""
