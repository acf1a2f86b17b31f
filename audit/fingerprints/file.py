# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A fingerprint as a file: safetensors, with its header as JSON in the metadata.

Reading trusts nothing: sizes are bounded before anything is parsed, the header is validated field
by field, and every array must have the type and shape that the header implies.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audit.errors import UsageError
from audit.fingerprints.document import (
    DIGEST_BYTES,
    DIGESTS,
    FORMAT,
    GRAM,
    LENGTHS,
    MOST_UNITS,
    VERSION,
    Fingerprint,
    Header,
)
from audit.fingerprints.signs import MOST
from audit.given import read_given
from audit.sources.names import FINGERPRINT
from audit.text.file_names import shortened
from audit.text.strict_json import canonical, parse_object, refused
from audit.unreadable import NotReadableError

if TYPE_CHECKING:
    import numpy as np

SUFFIX = FINGERPRINT
LIMIT = 64 << 20
"""Bytes of a file; the largest that are made have a quarter of them."""
_HEADER = 16 << 20
_FIELDS = {"matrix": "columns", "vector": "vectors", "lengths": "lengths"}
_ANSWERS = ("answers-tokens", "answers-numbered", "answers-heads")


def to_bytes(found: Fingerprint) -> bytes:
    """Write a fingerprint; the same one gives the same bytes."""
    from safetensors.numpy import save

    text = canonical(found.header.model_dump(mode="json"))
    return save(dict(sorted(found.arrays.items())), {FORMAT: text})


def from_bytes(data: bytes, name: str) -> Fingerprint:
    """Read a fingerprint; ``name`` is what the file is called.

    Raises
    ------
    UsageError
        If it is none, of another version, or damaged.
    """
    from pydantic import ValidationError

    try:
        header = Header.model_validate(_metadata(data), strict=False)
        arrays = _arrays(data)
        _require(header, arrays)
    except NotReadableError as error:
        raise _refusal(name, str(error.reason)) from error
    except ValidationError as error:
        raise _refusal(name, refused(error)) from error
    except ValueError as error:
        raise _refusal(name, str(error)) from error
    return Fingerprint(header=header, arrays=arrays, sha256=sha256(data).hexdigest())


def read(path: Path) -> Fingerprint:
    """Read a file that the caller names; raises ``UsageError`` as :func:`from_bytes`."""
    return from_bytes(read_given(path, limit=LIMIT, option=path.name), path.name)


def _refusal(name: str, why: str) -> UsageError:
    return UsageError(
        f"{shortened(name)} is no fingerprint that this version reads: {shortened(why, 200)}.",
        advice="Make it again with `audit fingerprint`.",
    )


def _metadata(data: bytes) -> dict[str, Any]:
    length = int.from_bytes(data[:8], "little")
    if not 2 <= length <= min(_HEADER, len(data) - 8):
        raise ValueError("it has no safetensors header, or is cut short")
    metadata = parse_object(data[8 : 8 + length]).get("__metadata__")
    text = metadata.get(FORMAT) if isinstance(metadata, dict) else None
    if not isinstance(text, str):
        raise ValueError("it does not say that it is one")
    header = parse_object(text.encode("utf-8", "surrogatepass"))
    if header.get("version") != VERSION:
        raise ValueError(f"it is of version {shortened(str(header.get('version')), 20)}")
    return header


def _arrays(data: bytes) -> dict[str, np.ndarray]:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        return load(data)
    except (SafetensorError, KeyError, TypeError) as error:
        raise ValueError("its arrays are damaged") from error


def _require(header: Header, arrays: dict[str, np.ndarray]) -> None:
    """Demand types, shapes and places that fit each other, and numbers that can be."""
    shapes = _shapes(header, arrays)
    for name, array in arrays.items():
        if shapes.get(name) != (str(array.dtype), array.shape):
            raise ValueError(f"{name} has another type or shape than its header says")
    needed = {"sizes", "digests"}
    for field, name in _FIELDS.items():
        needed |= {name} if any(getattr(p, field) is not None for p in header.parts) else set()
    if not needed <= arrays.keys():
        raise ValueError("an array is missing")
    if not bool((arrays["sizes"] > 0).all()):
        raise ValueError("a size is not positive")
    for name, most in (("gram", 2), ("lengths", 1000)):
        if name in arrays and not bool((abs(arrays[name]) <= most).all()):  # nor is NaN
            raise ValueError(f"{name} holds numbers that it cannot hold")
    _require_places(header)


def _shapes(
    header: Header, arrays: dict[str, np.ndarray]
) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Type and shape of every array that there may be; how many directions, it says itself."""

    def own(name: str, axis: int, most: int) -> int:
        array = arrays.get(name)
        size = array.shape[axis] if array is not None and array.ndim > axis else 0
        return size if 1 <= size <= most else -1

    width = header.width or -1
    matrices, vectors, lengths = (
        sum(getattr(part, field) is not None for part in header.parts) for field in _FIELDS
    )
    rows = max((part.rows[1] for part in header.parts if part.rows), default=0)
    units = own("sizes", 0, MOST_UNITS)
    return {
        "columns": ("int8", (matrices, own("columns", 1, MOST), width)),
        "vectors": ("int8", (vectors, width)),
        "tokens": ("int8", (own("tokens", 0, MOST), width)),
        "numbered": ("int8", (own("numbered", 0, MOST), width)),
        **{name: ("int8", (rows, own(name, 1, MOST))) for name in _ANSWERS},
        "lengths": ("float32", (lengths, LENGTHS)),
        "gram": ("float32", (GRAM, GRAM)),
        "digests": ("uint8", (units, DIGESTS, DIGEST_BYTES)),
        "sizes": ("int64", (units,)),
    }


def _require_places(header: Header) -> None:
    """Demand that every part points at places of its own, and that no number is beside itself."""
    for name in _FIELDS:
        places = [p for part in header.parts if (p := getattr(part, name)) is not None]
        if sorted(places) != list(range(len(places))):
            raise ValueError("two parts have one place")
    end = 0
    for start, stop, units in ((*p.rows, p.units) for p in header.parts if p.rows):
        if start != end or not start < stop <= start + units:
            raise ValueError("rows are not one after the other")
        end = stop
