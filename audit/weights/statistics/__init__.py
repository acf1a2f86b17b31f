# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""One weight test per file; each states its null, its statistic and what it cannot see."""
