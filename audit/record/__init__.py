# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The types that reach the record: frozen, no logic, no arrays, no rules."""
