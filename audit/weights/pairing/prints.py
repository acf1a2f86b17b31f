# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Finds equal tensors and rows wherever they lie, whatever they are called and however they stand.

Every tensor, each index of its first axis and each of its last has a print: the sum of mixed
values, which no order of the values and no change of sign moves. Prints only nominate; what
counts was compared value by value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from math import prod
from typing import TYPE_CHECKING

from audit.formats.tensors import TensorHeader
from audit.weights.model.checkpoint import Checkpoint
from audit.weights.model.constructible import constructible, few_directions
from audit.weights.model.slots import unreadable

if TYPE_CHECKING:
    from torch import Tensor, dtype

_SLAB = 1 << 18
_LEAST_ROW = 8
"""Shorter rows are equal by chance too easily."""
_LEAST_ROWS = 8
_LEAST_DISTINCT = 16
_CONFIRMED = 32
"""Rows of each tensor that are compared value by value."""
_CODES = frozenset({"I8", "U8"})
_LEAD, _TRAIL = 0, 1
_MOST_AXES = 4
_GATES = (3, 4)
_MOST_SORTED = 1 << 26


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """One tensor: prints of all of it and of the units of its first and last axis."""

    header: TensorHeader
    total: int
    units: tuple[Tensor, Tensor]

    @property
    def size(self) -> int:
        """Number of values."""
        return prod(self.header.shape)

    def row(self, axis: int) -> int:
        """How many values one unit of an axis has."""
        return self.size // max(1, len(self.units[axis]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Values of a tensor of the suspect that stand in a tensor of the reference.

    ``in_order`` says that they stand in the same order, bar a transposition and that of gates;
    ``axes`` are those of the reference's tensor (first, last) whose units stand in one order,
    where all are there.
    """

    suspect: Print
    reference: Print
    values: int
    in_order: bool
    axes: tuple[int, ...] = (_LEAD, _TRAIL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Shares of what could tell: tensors that anybody could write down are left out of both."""

    matches: tuple[Match, ...]
    suspect: int
    reference: int

    @property
    def share(self) -> float:
        """Share of the suspect's values that stand in the reference."""
        return sum(m.values for m in self.matches) / max(1, self.suspect)

    @property
    def back(self) -> float:
        """Share of the reference's values that stand in the suspect, at most."""
        used: dict[str, int] = {}
        for m in self.matches:
            key = f"{m.reference.header.file}: {m.reference.header.name}"
            used[key] = min(m.reference.size, used.get(key, 0) + m.values)
        return sum(used.values()) / max(1, self.reference)

    @property
    def matrices(self) -> tuple[Match, ...]:
        """Matches of more than one axis: vectors of a few values tell little."""
        return tuple(m for m in self.matches if len(_axes(m.suspect.header.shape)) > 1)


def equal_anywhere(
    suspect: Sequence[TensorHeader],
    reference: Sequence[TensorHeader],
    checkpoints: tuple[Checkpoint, Checkpoint],
) -> Found:
    """Look for the values of the suspect's tensors in the reference's, in the coarser type."""
    level = _level([*suspect, *reference])
    mine, theirs = (
        [p for h in headers if (p := _print(h, checkpoint, level)) is not None]
        for headers, checkpoint in zip((suspect, reference), checkpoints, strict=True)
    )
    matches = list(_whole(mine, theirs, checkpoints, level))
    matched = {id(m.suspect) for m in matches}
    left = [p for p in mine if id(p) not in matched]
    matches += _by_rows(left, theirs, checkpoints, level)
    made = {id(m.reference) for m in matches if _made(m.reference, checkpoints[1])}
    idle = {id(m.suspect) for m in matches if id(m.reference) in made}
    return Found(
        matches=tuple(m for m in matches if id(m.suspect) not in idle),
        suspect=sum(p.size for p in mine if id(p) not in idle),
        reference=sum(p.size for p in theirs if id(p) not in made),
    )


def _level(headers: Sequence[TensorHeader]) -> dtype:
    """Return the coarsest type in which matrices are stored; 8-bit floats stay what they are."""
    import torch

    types = {h.dtype for h in headers if len(_axes(h.shape)) > 1}
    if "BF16" in types:
        return torch.bfloat16
    return torch.float16 if "F16" in types else torch.float32


def _axes(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(n for n in shape if n > 1)


def _print(header: TensorHeader, checkpoint: Checkpoint, level: dtype) -> Print | None:
    """Read a tensor once; ``None`` for what has no values that could tell."""
    import torch

    if unreadable(header) is not None and header.dtype not in _CODES:
        return None
    if prod(header.shape) < _LEAST_DISTINCT or header.stored is None or not header.nbytes:
        return None
    lead, trail = [], torch.zeros(header.shape[-1], dtype=torch.int64)
    distinct: set[float] = set()
    for slab in slabs(header, checkpoint, level):
        if len(distinct) < _LEAST_DISTINCT:
            distinct.update(torch.unique(slab.reshape(-1)[:4096]).tolist())
        mixed = _mixed(slab)
        lead.append(mixed.reshape(mixed.shape[0], -1).sum(1, dtype=torch.int64))
        trail += mixed.reshape(-1, mixed.shape[-1]).sum(0, dtype=torch.int64)
    if len(distinct) < _LEAST_DISTINCT:
        return None
    units = (torch.cat(lead), trail)
    return Print(header=header, total=int(units[1].sum()), units=units)


def slabs(header: TensorHeader, checkpoint: Checkpoint, level: dtype) -> Iterator[Tensor]:
    """Read a tensor in pieces along its first axis, rounded to ``level``, as float32."""
    step = max(1, _SLAB // max(1, prod(header.shape[1:])))
    for start in range(0, header.shape[0], step):
        yield _rounded(checkpoint.slab(header, start, start + step), level)


def _rounded(values: Tensor, level: dtype) -> Tensor:
    rounded: Tensor = values.float().to(level).float() + 0.0  # both zeros are one
    return rounded


def _mixed(values: Tensor) -> Tensor:
    """Mix the bits of each value, so that sums of them hardly ever agree (murmur3's finaliser).

    Signs are left out: whole dimensions may have changed theirs.
    """
    import torch

    bits = values.abs().contiguous().view(torch.int32) * -1640531535
    bits ^= bits >> 15
    bits *= -2048144777
    bits ^= bits >> 13
    return bits


def _whole(
    mine: list[Print], theirs: list[Print], checkpoints: tuple[Checkpoint, Checkpoint], level: dtype
) -> Iterator[Match]:
    """Tensors all of whose values are those of a tensor of the reference."""
    by_total: dict[tuple[int, int], list[Print]] = {}
    for other in theirs:
        by_total.setdefault((other.total, other.size), []).append(other)
    for own in mine:
        others = by_total.get((own.total, own.size), [])
        others = sorted(others, key=lambda o: o.header.name != own.header.name)
        for other in others[:2]:
            axes = _agrees(own, other, checkpoints, level)
            if axes is not None:
                told = bool(axes)
                yield Match(suspect=own, reference=other, values=own.size, in_order=told, axes=axes)
                break


def _agrees(
    own: Print, other: Print, checkpoints: tuple[Checkpoint, Checkpoint], level: dtype
) -> tuple[int, ...] | None:
    """The axes of the reference in whose order the same values stand; ``None`` if not the same.

    Of gates in another order that is the other axis. Large tensors in another order are left to
    their rows.
    """
    import torch

    first, second = (
        slabs(p.header, checkpoint, level)
        for p, checkpoint in zip((own, other), checkpoints, strict=True)
    )
    if own.header.shape == other.header.shape and all(map(torch.equal, first, second)):
        return (_LEAD, _TRAIL)
    if own.size > _MOST_SORTED:
        return None
    a, b = (
        torch.cat(list(slabs(p.header, checkpoint, level)))
        for p, checkpoint in zip((own, other), checkpoints, strict=True)
    )
    a, b = (x.reshape(_axes(tuple(x.shape)) or (1,)) for x in (a, b))
    for order in permutations(range(b.dim())) if b.dim() <= _MOST_AXES else ():
        turned = b.permute(order)
        if a.shape == turned.shape and torch.equal(a, turned):
            return (_LEAD, _TRAIL)
        if a.shape == turned.shape and _has_gates_moved(a, turned):
            return (_LEAD,) if order[0] else (_TRAIL,)
    same = torch.equal(*(x.reshape(-1).abs().sort().values for x in (a, b)))
    return () if same else None


def _has_gates_moved(a: Tensor, b: Tensor) -> bool:
    """Whether all values would be equal with the gates of a cell in another order.

    Every library has its own order of the three or four gates, and exporters change it.
    """
    import torch

    for gates in _GATES:
        if a.dim() == 2 and len(a) % gates == 0 and len(a) >= gates * _LEAST_ROWS:
            mine, theirs = a.chunk(gates), b.chunk(gates)
            at = [next((j for j, y in enumerate(theirs) if torch.equal(x, y)), -1) for x in mine]
            if sorted(at) == list(range(gates)):
                return True
    return False


def _by_rows(
    mine: list[Print], theirs: list[Print], checkpoints: tuple[Checkpoint, Checkpoint], level: dtype
) -> Iterator[Match]:
    """Tensors that share rows or columns with tensors of the reference: split or joined ones."""
    import torch

    sides = [(p, axis) for p in theirs for axis in (_LEAD, _TRAIL) if _has_rows(p, axis)]
    if not sides:
        return
    prints = torch.cat([p.units[axis] for p, axis in sides])
    counts = torch.tensor([len(p.units[axis]) for p, axis in sides])
    owner = torch.arange(len(sides)).repeat_interleave(counts)
    starts = counts.cumsum(0) - counts
    ordered, order = prints.sort()
    for own in mine:
        best: tuple[int, list[Match]] = (0, [])
        for axis in (_LEAD, _TRAIL):
            if not _has_rows(own, axis):
                continue
            units = own.units[axis]
            at = torch.searchsorted(ordered, units).clamp_max(len(ordered) - 1)
            hit = (ordered[at] == units) & _single(units)
            place = order[at]
            found: list[Match] = []
            for side in torch.unique(owner[place[hit]]).tolist():
                other, there = sides[side]
                rows = (hit & (owner[place] == side)).nonzero().flatten()
                if other.row(there) != own.row(axis) or len(rows) < _LEAST_ROWS:
                    continue
                some = rows[:_CONFIRMED]
                told = _units_agree(
                    _units(own.header, axis, some, checkpoints[0], level),
                    _units(other.header, there, place[some] - starts[side], checkpoints[1], level),
                )
                if told is not None:
                    values = len(rows) * own.row(axis)
                    found.append(
                        Match(
                            suspect=own,
                            reference=other,
                            values=values,
                            in_order=told,
                            axes=(),
                        )
                    )
            size = sum(m.values for m in found)
            best = max(best, (size, found), key=lambda one: one[0])
        yield from best[1]


def _has_rows(one: Print, axis: int) -> bool:
    enough = len(one.units[axis]) >= _LEAST_ROWS and one.row(axis) >= _LEAST_ROW
    return enough and len(_axes(one.header.shape)) > 1


def _single(prints: Tensor) -> Tensor:
    """Which prints occur once: equal rows of one tensor (zeros, padding) tell nothing."""
    import torch

    _, inverse, counts = torch.unique(prints, return_inverse=True, return_counts=True)
    once: Tensor = counts[inverse] == 1
    return once


def _units(
    header: TensorHeader, axis: int, which: Tensor, checkpoint: Checkpoint, level: dtype
) -> Tensor:
    """Read some units of the first or the last axis, shape (units, values of one)."""
    import torch

    if axis == _LEAD:
        rows = [checkpoint.slab(header, int(i), int(i) + 1).reshape(1, -1) for i in which]
        return _rounded(torch.cat([r.float() for r in rows]), level)
    parts = [
        slab.reshape(-1, slab.shape[-1])[:, which] for slab in slabs(header, checkpoint, level)
    ]
    return torch.cat(parts).T


def _units_agree(mine: Tensor, theirs: Tensor) -> bool | None:
    """As :func:`_agrees`, of some units."""
    import torch

    if not torch.equal(*(x.abs().sort(1).values for x in (mine, theirs))):
        return None
    return torch.equal(mine, theirs)


def _made(one: Print, checkpoint: Checkpoint) -> bool:
    """Whether anybody would write the tensor down the same."""
    header = one.header
    rows = checkpoint.slab(header, 0, min(256, header.shape[0])).float()
    matrix = rows.reshape(rows.shape[0], -1)
    return constructible(matrix) is not None or few_directions(matrix)
