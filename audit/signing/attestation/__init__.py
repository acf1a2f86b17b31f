# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The signed statement: what it says, its envelope, and the files that carry it.

``securesystemslib.signer`` imports a signer for every kind of key and token; an envelope needs
keys and signatures.
"""

from audit.signing.lazily import when_asked

when_asked(
    "securesystemslib.signer",
    {"Key": "_key", "SSlibKey": "_key", "Signature": "_signature", "Signer": "_signer"},
)
