# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What is set on this machine and kept on it: settings, caches, and what is missing here."""
