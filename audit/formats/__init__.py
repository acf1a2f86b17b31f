# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""How a weight file is laid out: the header and the values of one format in one file."""
