# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Where the release comes from: edges to what it was made of, and what says so."""
