# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Tests; a package so that they can share the known-lineage zoo."""
