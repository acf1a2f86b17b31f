# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Where bytes come from: what the user names, the files in it, and one way to open them."""
