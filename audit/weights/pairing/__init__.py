# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Which tensors of two models correspond, and how pairs of them are read."""
