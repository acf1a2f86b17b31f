# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What is measured, and what it is measured against; nothing in ``audit`` imports it."""
