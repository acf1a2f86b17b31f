# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Null distributions that one pair of models supplies by itself, and searches for a match."""
