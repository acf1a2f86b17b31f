# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Who signs: keys, certificates, tokens, and where a passphrase comes from."""
