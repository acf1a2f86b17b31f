# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What the tool said on a fixed day, so that a change of its insides can be held to it."""
