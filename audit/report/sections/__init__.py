# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The sections of the report: each a function from what a page is a view of to blocks."""
