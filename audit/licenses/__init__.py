# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Stage 3: what the repository says, and carries, about licences and copyright."""
