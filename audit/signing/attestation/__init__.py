# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The signed statement: what it says, its envelope, and the files that carry it."""
