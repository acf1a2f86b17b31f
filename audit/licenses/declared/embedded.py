# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What the headers of weight files declare about their licence."""

import json
from collections.abc import Iterator
from typing import Any

from audit.formats.tensors import Format
from audit.inventory import Inventory
from audit.licenses.expressions import is_ambiguous, normalise
from audit.record.licenses import NOASSERTION, ClaimOrigin, ClaimSource, LicenseClaim
from audit.record.said import quoted

_KEYS = ("license", "license_name", "modelspec.license", "general.license", "general.license.name")
"""``modelspec`` is Stability AI's metadata standard, ``general`` GGUF's, which converters keep."""
_LONGEST = 300


def embedded_claims(inventory: Inventory) -> Iterator[LicenseClaim]:
    """Yield what the headers of weight files declare; equal words of shards once."""
    seen = set()
    for path, key, value in _fields(inventory):
        if (key, value) not in seen:
            seen.add((key, value))
            yield LicenseClaim(
                source=ClaimSource.DECLARED,
                origin=ClaimOrigin.WEIGHTS_METADATA,
                field=key,
                expression=NOASSERTION if is_ambiguous(value) else normalise(value),
                raw=quoted(value),
                path=path,
            )


def _fields(inventory: Inventory) -> Iterator[tuple[str, str, str]]:
    """Yield path, key and words: of safetensors headers, then of the other formats."""
    for item in sorted(inventory.metadata, key=lambda m: m.format is not Format.SAFETENSORS):
        yield from _known(item.path, json.loads(item.fields))


def _known(path: str, fields: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for key in _KEYS:
        words = fields.get(key)
        if isinstance(words, str) and words.strip():
            yield path, key, words.strip()[:_LONGEST]
