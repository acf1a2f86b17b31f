# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Signs the report and checks such signatures: keys, PDF, attestation, verification."""
