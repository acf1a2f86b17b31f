# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The language of the report: what is said, how names are written, how a language says it."""
