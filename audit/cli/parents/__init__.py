# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Commands about parents that nobody named: fingerprints, a library of them, and its answer."""
