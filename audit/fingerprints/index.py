# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a library keeps in memory: of every member a few rows, to rank all members by.

A rank is no evidence. What the index puts first is tested in full, what it does not is counted
as not tested; so the worst that a flood of decoys can do to the index is to make an answer smaller.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from audit.fingerprints.document import DIGESTS, GRAM, ORDERED, STEP, Fingerprint

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

DIRECTIONS = 8
VERSION = 1
_FORMAT = "audit-library-index"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One member: the digest of its file, its name, its width, and what the ranks need.

    ``rows`` has shape (directions, width), int8, ``gram`` (questions, questions), float32,
    ``digests`` (matrices, 3), the first eight bytes of each; ``damaged`` says why it was not read.
    """

    sha256: str
    name: str
    width: int
    rows: np.ndarray
    gram: np.ndarray
    digests: np.ndarray
    damaged: str = ""


def entry(found: Fingerprint) -> Entry:
    """Draw a fingerprint together once more: all matrices inside the layers onto a few rows."""
    import numpy as np

    header, arrays = found.header, found.arrays
    width = header.width or 0
    rows = np.zeros((DIRECTIONS, width), np.float32)
    for part in header.parts:
        if part.matrix is not None and part.layer is not None:
            sign = sha256(f"{part.role} {part.layer}".encode()).digest()[0] % 2 * 2 - 1
            drawn = arrays["columns"][part.matrix, :DIRECTIONS]
            rows[: len(drawn)] += sign * drawn.astype(np.float32)
    size = float(np.sqrt(np.square(rows).mean())) if rows.size else 0.0
    coded = np.clip(np.rint(rows / size * STEP), -127, 127) if size else rows
    digests = arrays.get("digests", np.zeros((0, DIGESTS, 8), np.uint8))
    return Entry(
        sha256=found.sha256,
        name=found.name,
        width=width,
        rows=coded.astype(np.int8),
        gram=arrays.get("gram", np.zeros((GRAM, GRAM), np.float32)),
        digests=np.ascontiguousarray(digests[:, :, :8]).view("<u8").reshape(-1, DIGESTS),
    )


def damaged(name: str, why: str) -> Entry:
    """Return the entry of a file that is in the library and cannot be read."""
    import numpy as np

    return Entry(
        sha256=name,
        name=name[:12],
        width=0,
        rows=np.zeros((DIRECTIONS, 0), np.int8),
        gram=np.zeros((GRAM, GRAM), np.float32),
        digests=np.zeros((0, DIGESTS), np.uint64),
        damaged=why,
    )


class Index:
    """The entries of a library, by width, so that all of one width are ranked in one product."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = tuple(entries)

    def nearest(self, asked: Entry, most: int) -> tuple[int, ...]:
        """Places of the ``most`` members to ask first: by values, by columns, by any basis.

        Each of the three ranks has its turn, the best of each first.
        """
        ranks = (self._by_values(asked), self._by_columns(asked), self._by_gram(asked))
        orders = [sorted(scores, key=lambda i: (-scores[i], i)) for scores in ranks]
        chosen: dict[int, None] = {}
        for turn in range(max(map(len, orders), default=0)):
            chosen.update(dict.fromkeys(o[turn] for o in orders if turn < len(o)))
            if len(chosen) >= most:
                break
        return tuple(chosen)[:most]

    def _by_values(self, asked: Entry) -> dict[int, float]:
        """How many of the digests are the same, where any is."""
        import numpy as np

        if not self.entries:
            return {}
        counts = [len(e.digests) for e in self.entries]
        owner = np.repeat(np.arange(len(counts)), counts)
        every = np.concatenate([e.digests for e in self.entries])
        same = np.zeros(len(counts))
        for kind in range(ORDERED + 1):
            hit = np.isin(every[:, kind], asked.digests[:, kind])
            same += np.bincount(owner[hit], minlength=len(counts))
        return {int(place): float(same[place]) for place in np.flatnonzero(same)}

    def _by_columns(self, asked: Entry) -> dict[int, float]:
        """Cosine of what is drawn of the layers, among members of one width."""
        import numpy as np

        if not (places := [i for i, e in enumerate(self.entries) if e.width == asked.width]):
            return {}
        rows = np.stack([self.entries[i].rows.ravel() for i in places])
        scores = rows.astype(np.float32) @ asked.rows.ravel().astype(np.float32)
        return dict(zip(places, scores.tolist(), strict=True))

    def _by_gram(self, asked: Entry) -> dict[int, float]:
        """Likeness of the cosines between sums of token rows, which no change of basis moves."""
        import numpy as np

        if not self.entries or not asked.gram.any():
            return {}
        upper = np.triu_indices(GRAM, 1)
        grams = np.stack([e.gram[upper] for e in self.entries])
        mine = asked.gram[upper] - asked.gram[upper].mean()
        grams = grams - grams.mean(1, keepdims=True)
        sizes = np.linalg.norm(grams, axis=1).clip(1e-12) * max(1e-12, float(np.linalg.norm(mine)))
        return dict(enumerate((grams @ mine / sizes).tolist()))


def to_bytes(index: Index) -> bytes:
    """Write an index; it is made again from the members where it is not there."""
    import numpy as np
    from safetensors.numpy import save

    arrays = {}
    for width in sorted({e.width for e in index.entries}):
        some = [e for e in index.entries if e.width == width]
        arrays[f"rows-{width}"] = np.stack([e.rows for e in some])
        arrays[f"gram-{width}"] = np.stack([e.gram for e in some])
        arrays[f"digests-{width}"] = np.concatenate([e.digests for e in some])
    members = [[e.sha256, e.name, e.width, len(e.digests), e.damaged] for e in index.entries]
    return save(arrays, {_FORMAT: json.dumps({"version": VERSION, "members": members})})


def from_bytes(data: bytes) -> Index:
    """Read what :func:`to_bytes` wrote.

    Raises
    ------
    ValueError
        If it is damaged or of another version: then it is made again.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        length = int.from_bytes(data[:8], "little")
        told = json.loads(json.loads(data[8 : 8 + length])["__metadata__"][_FORMAT])
        if told["version"] != VERSION:
            raise ValueError("another version")
        arrays = load(data)
        starts: dict[int, tuple[int, int]] = {}
        entries = []
        for sha, name, width, matrices, why in told["members"]:
            place, start = starts.get(width, (0, 0))
            starts[width] = place + 1, start + matrices
            entries.append(
                Entry(
                    sha256=sha,
                    name=name,
                    width=width,
                    rows=arrays[f"rows-{width}"][place],
                    gram=arrays[f"gram-{width}"][place],
                    digests=arrays[f"digests-{width}"][start : start + matrices],
                    damaged=why,
                )
            )
    except (SafetensorError, LookupError, TypeError, OverflowError, RecursionError) as error:
        raise ValueError("damaged") from error
    return Index(entries)
