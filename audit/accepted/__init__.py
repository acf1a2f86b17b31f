# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What persons have accepted: waivers with names to them, and an earlier record as a baseline."""
