# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What the headers of weight files declare about their licence."""

from collections.abc import Iterator

from safetensors import SafetensorError, safe_open

from audit.inventory import Inventory, Kind
from audit.licenses.claims import ClaimSource, LicenseClaim
from audit.licenses.expressions import NOASSERTION, is_ambiguous, normalise

WEIGHTS_METADATA = "weights metadata"
_KEYS = ("license", "license_name", "modelspec.license", "general.license", "general.license.name")
"""``modelspec`` is Stability AI's metadata standard, ``general`` GGUF's, which converters keep."""
_LONGEST = 300


def embedded_claims(inventory: Inventory) -> Iterator[LicenseClaim]:
    """Yield what ``__metadata__`` of safetensors files declares; equal words of shards once."""
    unreadable = {gap.path for gap in inventory.unread}
    seen = set()
    for artifact in inventory.of_kind(Kind.WEIGHTS):
        if artifact.path in unreadable:
            continue
        for key, value in _metadata(inventory, artifact.path):
            if (key, value) not in seen:
                seen.add((key, value))
                yield LicenseClaim(
                    source=ClaimSource.DECLARED,
                    origin=f"{WEIGHTS_METADATA}: {key}",
                    expression=NOASSERTION if is_ambiguous(value) else normalise(value),
                    raw=value,
                    path=artifact.path,
                )


def _metadata(inventory: Inventory, path: str) -> list[tuple[str, str]]:
    try:
        with safe_open(inventory.locate(path), framework="numpy", backend="pread") as checkpoint:
            fields = checkpoint.metadata() or {}
    except (SafetensorError, OSError):
        return []  # the inventory reports files that it cannot read
    return [(k, fields[k].strip()[:_LONGEST]) for k in _KEYS if fields.get(k, "").strip()]
