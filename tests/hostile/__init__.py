# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Hostile inputs: a table of what was tried, what must come of it, and a fuzzer per parser."""
