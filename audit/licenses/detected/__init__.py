# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What text scanning found: licence files, file headers, copyright lines."""
