# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A fingerprint as a file: what is refused, and in which words."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load, save

from audit.errors import UsageError
from audit.fingerprints.document import FORMAT
from audit.fingerprints.file import from_bytes, to_bytes
from audit.fingerprints.likeness import likeness
from tests.fingerprints.models import known

GOOD = to_bytes(known("base"))
Arrays = dict[str, np.ndarray]


def parts(data: bytes) -> tuple[dict[str, Any], Arrays]:
    length = int.from_bytes(data[:8], "little")
    header = json.loads(json.loads(data[8 : 8 + length])["__metadata__"][FORMAT])
    return header, load(data)


def changed(header: dict[str, Any] | None = None, **arrays: np.ndarray | None) -> bytes:
    old, held = parts(GOOD)
    kept = {k: v for k, v in {**held, **arrays}.items() if v is not None}
    return save(kept, {FORMAT: json.dumps({**old, **(header or {})})})


def moved(field: str, to: Any) -> Callable[[], bytes]:
    def made() -> bytes:
        old, _ = parts(GOOD)
        first = next(part for part in old["parts"] if part[field] is not None)
        return changed({"parts": [{**p, field: to} if p is first else p for p in old["parts"]]})

    return made


HOSTILE: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "no header": lambda: b"\xff" * 64,
    "a pickle": lambda: b"\x80\x04\x95" + GOOD,
    "cut in its header": lambda: GOOD[:200],
    "cut in its arrays": lambda: GOOD[:-1],
    "more than it says": lambda: GOOD + b"\0",
    "another file": lambda: save({"x": np.zeros(3, np.float32)}, {"format": "pt"}),
    "another version": lambda: changed({"version": 2}),
    "another format": lambda: changed({"format": "something"}),
    "a key more": lambda: changed({"surprise": 1}),
    "a long name": lambda: changed({"name": "x" * 600}),
    "a width of its own": lambda: changed({"width": 64}),
    "no width": lambda: changed({"width": None}),
    "a negative count": lambda: changed({"layers": -1}),
    "a number that is text": lambda: changed({"layers": "many"}),
    "a made up structure": lambda: changed({"structures": ["order", "chaos"]}),
    "numbers that are not": lambda: changed(gram=np.full((24, 24), np.nan, np.float32)),
    "endless lengths": lambda: changed(lengths=np.full((4, 16), np.inf, np.float32)),
    "an array missing": lambda: changed(columns=None),
    "an array more": lambda: changed(more=np.zeros(2, np.int8)),
    "another type": lambda: changed(vectors=np.zeros((5, 48), np.int16)),
    "another shape": lambda: changed(vectors=np.zeros((5, 47), np.int8)),
    "no directions": lambda: changed(columns=np.zeros((15, 0, 48), np.int8)),
    "too many directions": lambda: changed(columns=np.zeros((15, 257, 48), np.int8)),
    "a size of nothing": lambda: changed(sizes=np.zeros(15, np.int64)),
    "a place twice": moved("matrix", 1),
    "a place beyond": moved("vector", 99),
    "rows out of order": moved("rows", [5, 9]),
    "rows beyond its own": moved("rows", [0, 10_000]),
    "deep": lambda: changed({"name": json.loads("[" * 99 + "]" * 99)}),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_no_fingerprint_is_refused_in_one_line(what: str) -> None:
    with pytest.raises(UsageError, match="is no fingerprint that this version reads") as refused:
        from_bytes(HOSTILE[what](), "odd\x1b[31m.fingerprint")
    assert refused.value.exit_code == 2
    assert refused.value.message.isprintable()


def test_every_bit_counts_or_is_refused() -> None:
    """A flipped bit gives another digest, and at worst a fingerprint of something else."""
    for place in range(0, len(GOOD), 997):
        data = bytearray(GOOD)
        data[place] ^= 1
        try:
            found = from_bytes(bytes(data), "x")
        except UsageError:
            continue
        assert found.sha256 != known("base").sha256
        likeness(found, known("base"))


def test_what_is_read_is_what_was_written() -> None:
    assert to_bytes(from_bytes(GOOD, "x")) == GOOD


def test_it_is_small_and_holds_no_matrix() -> None:
    header, arrays = parts(GOOD)
    assert len(GOOD) < 64_000
    assert not {"time", "date", "host", "path"} & header.keys()
    assert str(known("base").header.model_dump()).find("/") == -1
    assert {str(a.dtype) for a in arrays.values()} <= {"int8", "uint8", "int64", "float32"}
