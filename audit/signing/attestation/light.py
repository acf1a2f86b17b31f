# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The keys, signatures and envelopes of securesystemslib, without its signers.

``securesystemslib.signer`` imports a signer for every kind of key, token and cloud before a key
can be had of it: a tenth of what ``audit verify`` takes.
"""

from audit.signing.lazily import when_asked

when_asked(
    "securesystemslib.signer",
    {"Key": "_key", "SSlibKey": "_key", "Signature": "_signature", "Signer": "_signer"},
)

from securesystemslib import dsse  # noqa: E402 - after what it imports has been registered
from securesystemslib.signer import Signature, SSlibKey  # type: ignore[attr-defined] # noqa: E402

__all__ = ["SSlibKey", "Signature", "dsse"]
