# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Pairs of the size of the disputes on a hub: what is transferred, and how long it takes.

The hub of the tests serves both models on loopback, at 50 MB/s and 40 ms for each request, to the
whole command with an empty cache. No file exists: a value is drawn when its part is asked for, from
seed, tensor, row and column alone. The audited model has the reference's values and as much noise
of its own; its experts have those of the dense layers that they would have been cut from.
"""

import hashlib
import json
import re
import struct
import sys
import tempfile
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache, cached_property
from math import prod
from typing import TypeAlias

import numpy as np
import torch

from bench.large import LLAMA, PAIRS, Shape
from bench.page import Section, Target, table
from bench.support import Cost, machine, run
from tests.hub_server import Repo, serving

RATE, DELAY = 50e6, 0.04
MOST_MB, MOST_REQUESTS, LONGEST, LARGEST_MIB = 300, 200, 120, 1536
MOST_MB_LARGE, LONGEST_LARGE = 1500, 600
_SCALE, _LEARNED = 0.02, 0.5
_BYTES = 2  # of a bfloat16
_POOL, _WIDEST, _MASK = 1 << 21, 1 << 17, (1 << 64) - 1
Values: TypeAlias = "np.ndarray[tuple[int, int], np.dtype[np.float32]]"


@dataclass(frozen=True)
class Drawn:
    """The one weight file of a model, as ``tests/hub_server.py`` serves files."""

    shape: Shape
    seed: int
    parent: int | None = None

    @cached_property
    def head(self) -> bytes:
        """The header, with its length before it."""
        header, offset = {}, 0
        for name, size in self.shape.tensors():
            end = offset + _BYTES * prod(size)
            header[name] = {"dtype": "BF16", "shape": size, "data_offsets": [offset, end]}
            offset = end
        text = json.dumps(header).encode()
        text += b" " * (-len(text) % 8)
        return struct.pack("<Q", len(text)) + text

    @cached_property
    def _places(self) -> tuple[list[int], list[tuple[str, tuple[int, ...]]]]:
        """Where every tensor begins; behind them where the last one ends."""
        tensors, starts = list(self.shape.tensors()), [len(self.head)]
        for _, size in tensors:
            starts.append(starts[-1] + _BYTES * prod(size))
        return starts, tensors

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self._places[0][-1]

    @property
    def sha256(self) -> str:
        """Stands for a digest that nobody has computed."""
        return hashlib.sha256(f"{self.shape} {self.seed} {self.parent}".encode()).hexdigest()

    def read(self, start: int, stop: int) -> bytes:
        """Draw the bytes ``start:stop``."""
        starts, tensors = self._places
        found, at = bytearray(self.head[start:stop]), max(start, len(self.head))
        while at < stop:
            number = bisect_right(starts, at) - 1
            name, size = tensors[number]
            end = min(stop, starts[number + 1])
            found += self._values(name, size[-1], at - starts[number], end - starts[number])
            at = end
        return bytes(found)

    def _values(self, name: str, width: int, start: int, stop: int) -> bytes:
        stride = width * _BYTES
        rows = range(start // stride, -(-stop // stride))
        plain = re.sub(r"(experts\.\d+|shared_expert)\.", "", name)
        values = self._rows(self.seed, name, rows, width)
        if self.parent is not None:
            values = values + self._rows(self.parent, plain, rows, width)
        values = values * _SCALE + (1 if "norm" in name else 0)
        data = torch.from_numpy(values).to(torch.bfloat16).view(torch.uint8).numpy().tobytes()
        return data[start - rows.start * stride : stop - rows.start * stride]

    @staticmethod
    def _rows(seed: int, name: str, rows: range, width: int) -> Values:
        """Add three pieces of one long row of normal values, and directions that all rows share.

        Drawing them anew would take ten times as long as testing them. The directions stand for
        what training writes; without them a model is a random start and nothing else.
        """
        key = int.from_bytes(hashlib.sha256(f"{seed} {name}".encode()).digest()[:8], "big")
        found, pool = np.zeros((len(rows), width), np.float32), _pool()
        shared = [pool[place : place + width] for place in _places(_mixed(key - 1))]
        for number, row in enumerate(rows):
            for place, direction in zip(_places(_mixed(key + row)), shared, strict=True):
                found[number] += pool[place : place + width]
                found[number] += _LEARNED * pool[place - 1] * direction
        return found


def _places(number: int) -> tuple[int, ...]:
    return tuple(number >> shift & _POOL - 1 for shift in (0, 21, 42))


def _mixed(number: int) -> int:
    """Mix 64 bits (splitmix64)."""
    number = (number * 0x9E3779B97F4A7C15) & _MASK
    number = ((number ^ number >> 30) * 0xBF58476D1CE4E5B9) & _MASK
    number = ((number ^ number >> 27) * 0x94D049BB133111EB) & _MASK
    return number ^ number >> 31


@cache
def _pool() -> Values:
    drawn = np.random.Generator(np.random.Philox(7)).standard_normal(_POOL + _WIDEST, np.float32)
    return drawn / np.float32(3**0.5)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What one pair took; ``sizes`` and ``sent`` in bytes."""

    pair: tuple[Shape, Shape]
    sizes: tuple[int, int]
    requests: int
    sent: int
    relation: str
    cost: Cost


def measure(pair: tuple[Shape, Shape]) -> Figures:
    """Compare two models of the hub, their caches empty."""
    files = Drawn(pair[0], 1, 2), Drawn(pair[1], 2)
    models = {
        name: Repo.of({
            "config.json": json.dumps(file.shape.config()).encode(), "model.safetensors": file,
        })
        for name, file in zip(("lab/suspect", "lab/reference"), files, strict=True)
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as empty, serving(models, delay=DELAY, rate=RATE) as hub:
        where = {
            "HF_ENDPOINT": hub.endpoint, "HF_HOME": empty, "HF_HUB_OFFLINE": "0",
            "AUDIT_CACHE_DIR": empty, "OMP_NUM_THREADS": "2", "MKL_NUM_THREADS": "2",
        }  # fmt: skip
        command = [sys.executable, "-m", "audit", "compare", *models, "--json", "--quiet"]
        cost = run(command, where)
        return Figures(
            pair=pair,
            sizes=(files[0].size, files[1].size),
            requests=len(hub.requests),
            sent=hub.sent,
            relation=json.loads(cost.output)["relation"],
            cost=cost,
        )


def section() -> Section:
    """Measure both pairs."""
    found = [measure(pair) for pair in PAIRS]
    heads = ("pair", "GB", "requests", "MB transferred", "s (CPU s)", "peak MiB", "verdict")
    rows: list[tuple[object, ...]] = [
        (
            " / ".join(shape.name for shape in f.pair),
            " / ".join(f"{size / 1e9:.1f}" for size in f.sizes),
            f.requests,
            f"{f.sent / 1e6:.0f}",
            f"{f.cost.wall:.0f} ({f.cost.cpu:.0f})",
            f"{f.cost.peak:.0f}",
            f.relation,
        )
        for f in found
    ]
    text = f"{(__doc__ or '').split(chr(10), 2)[2].strip()}\n\n{machine()}.\n\n"
    promised = tuple(target for f in found for target in targets(f))
    return Section(
        title="Models of the disputes' size, on a hub",
        text=text + table(heads, rows),
        targets=promised,
    )


def targets(found: Figures) -> tuple[Target, ...]:
    """What was promised, beside what was measured."""
    name, sent = found.pair[0].name, found.sent / 1e6
    small = found.pair[0] is LLAMA
    most, longest = (MOST_MB, LONGEST) if small else (MOST_MB_LARGE, LONGEST_LARGE)
    said = f"{name} by ranges: at most {most} MB" + (f", {MOST_REQUESTS} requests" if small else "")
    few = not small or found.requests <= MOST_REQUESTS
    return (
        Target(
            wanted=said,
            measured=f"{sent:.0f} MB, {found.requests} requests ({found.relation})",
            reached=sent <= most and few and found.relation == "derived",
        ),
        Target(
            wanted=f"{name} by ranges: under {longest} s and 1.5 GB of memory",
            measured=f"{found.cost.wall:.0f} s, {found.cost.peak:.0f} MiB",
            reached=found.cost.wall < longest and found.cost.peak < LARGEST_MIB,
        ),
    )
