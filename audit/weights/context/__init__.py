# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Pictures and the statistic of the dispute: shown beside a result, never part of it."""
