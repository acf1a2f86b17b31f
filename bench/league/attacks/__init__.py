# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""One file for each family of attempts; each has ``ATTEMPTS``."""
