# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a checkpoint is: its tensors with their roles, places and axes, and their values."""
