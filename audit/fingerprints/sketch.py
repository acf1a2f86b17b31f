# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""One matrix, drawn together while it is read: columns, digests, and answers to questions."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from math import prod
from typing import TYPE_CHECKING

from audit.fingerprints import signs
from audit.fingerprints.document import DIGEST_BYTES, LENGTHS, STEP
from audit.weights.model.checkpoint import Checkpoint, units
from audit.weights.pairing.block import ON_DIAGONAL

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

    from audit.formats.tensors import TensorHeader
    from audit.weights.model.slots import Slot

_CHUNK = 1 << 24
"""Values that are in memory at a time."""
_LEAST_DISTINCT = 16
GLANCE = 256
"""Rows that show whether anybody would write a matrix down the same."""
_VARIES = 1e-6
_SHORTEST = 1e-30
_MAGNITUDES = 1 << 15


class Digests:
    """What the values of one matrix are, for whoever has the same ones.

    In order and rounded to bfloat16 and to float16, so that a cast of either kind is found; and
    how often each magnitude occurs at bfloat16, which no order and no change of sign moves.
    """

    def __init__(self) -> None:
        import torch

        self._ordered = sha256(), sha256()
        self._counts = torch.zeros(_MAGNITUDES, dtype=torch.int64)
        self.size = 0

    def add(self, values: Tensor) -> None:
        """Take the next rows, as float32."""
        import torch

        known = torch.where(values.isnan(), torch.nan, values) + 0.0  # one zero, one NaN
        for digest, kind in zip(self._ordered, (torch.bfloat16, torch.float16), strict=True):
            digest.update(known.to(kind).contiguous().view(torch.int16).numpy().tobytes())
        bits = known.to(torch.bfloat16).contiguous().view(torch.int16).flatten()
        self._counts += torch.bincount(bits.int() & (_MAGNITUDES - 1), minlength=_MAGNITUDES)
        self.size += values.numel()

    def _distinct_as_float16(self) -> int:
        """Count the magnitudes that are left where small ones become nothing, large ones infinite.

        Layers that training gave up hold values around 1e-20: as float16 they are all the same.
        """
        import torch

        seen = torch.nonzero(self._counts).flatten().to(torch.int16).view(torch.bfloat16)
        return len(set(seen.to(torch.float16).view(torch.int16).tolist()))

    def done(self) -> np.ndarray | None:
        """Return the three digests; ``None`` of what too many matrices hold alike.

        Where float16 leaves too little of the values, its digest is one of bfloat16's.
        """
        import numpy as np

        if int((self._counts > 0).sum()) < _LEAST_DISTINCT:
            return None
        found = [d.digest() for d in self._ordered]
        if self._distinct_as_float16() < _LEAST_DISTINCT:
            found[1] = sha256(b"float16 tells nothing" + found[0]).digest()
        found.append(sha256(self._counts.numpy().tobytes()).digest())
        short = b"".join(digest[:DIGEST_BYTES] for digest in found)
        return np.frombuffer(short, np.uint8).reshape(len(found), DIGEST_BYTES)


@dataclass(slots=True)
class Columns:
    """Sums over the rows of one matrix, in float64: what is drawn, and what scales it.

    Once all rows were seen, :meth:`drawn` is what a draw of the matrix with centred columns of
    unit length would be. The identity that a matrix may have been started from is taken away.
    """

    signs: Tensor
    total: Tensor
    signed: Tensor
    squares: Tensor
    diagonal: Tensor
    rows: int = 0

    @classmethod
    def of(cls, width: int, drawn: Tensor) -> Columns:
        """Begin with ``drawn`` signs, shape (directions, rows)."""
        import torch

        zero = torch.zeros(width, dtype=torch.float64)
        many = torch.zeros(drawn.shape[0], width, dtype=torch.float64)
        return cls(
            signs=drawn, total=zero, signed=many, squares=zero.clone(), diagonal=zero.clone()
        )

    def add(self, values: Tensor) -> None:
        """Take the next rows, as float64."""
        count = values.shape[0]
        self.total = self.total + values.sum(0)
        self.signed = self.signed + self.signs[:, self.rows : self.rows + count] @ values
        self.squares = self.squares + (values * values).sum(0)
        if (side := min(count, len(self.total) - self.rows)) > 0:
            self.diagonal[self.rows : self.rows + side] = values.diagonal(self.rows)[:side]
        self.rows += count

    def raw(self) -> Tensor:
        """Return the draw with columns centred and at the scale of the matrix."""
        return self.signed - self.signs.sum(1, keepdim=True) * (self.total / self.rows)

    def drawn(self) -> Tensor:
        """Return the draw of unit columns, shape (directions, width); constant ones are zero."""
        import torch

        level, side = self._identity(), min(self.rows, len(self.total))
        signed, total, squares = self.signed.clone(), self.total.clone(), self.squares.clone()
        signed[:, :side] -= level * self.signs[:, :side]
        total[:side] -= level
        squares[:side] += level * level - 2 * level * self.diagonal[:side]
        mean = total / self.rows
        centred = (squares - self.rows * mean * mean).clamp_min(0)
        varies = centred > _VARIES**2 * squares
        unit = (signed - self.signs.sum(1, keepdim=True) * mean) / centred.clamp_min(1e-300).sqrt()
        return torch.where(varies, unit, 0.0)

    def _identity(self) -> float:
        """Mean of the diagonal, where it stands out from all values."""
        side = min(self.rows, len(self.total))
        level = float(self.diagonal[:side].mean())
        spread = float(self.squares.mean() / self.rows - (self.total.mean() / self.rows) ** 2)
        return level if abs(level) > ON_DIAGONAL * (max(spread, 0.0) / side) ** 0.5 else 0.0


@dataclass(slots=True)
class Seen:
    """What was read of one slot: digests, what is drawn of its columns, its first rows."""

    digests: Digests = field(default_factory=Digests)
    draws: tuple[Columns, ...] = ()
    first: Tensor | None = None
    lengths: list[Tensor] = field(default_factory=list)


def read(slot: Slot, checkpoint: Checkpoint, seen: Seen, keep: int, gain: Tensor | float) -> None:
    """Read a slot once, from the first row to the last; ``keep`` so many rows of it.

    Lengths of neurons are those after the ``gain`` that scales what they read.
    """
    import torch

    count, width = units(slot), slot.shape[slot.hidden_axis] if len(slot.shape) == 2 else 0
    step = max(1, _CHUNK // max(1, width))
    kept: list[Tensor] = []
    for start in range(0, count, step):
        values = checkpoint.rows(slot, start, start + step).float().cpu()
        seen.digests.add(values)
        finite = torch.where(values.isfinite().all(1, keepdim=True), values, 0.0)
        if start < keep:
            kept.append(finite[: keep - start])
        whole = finite.double()
        if slot.neuron_rows:
            seen.lengths.append((whole * gain).norm(dim=1))
        for draw in seen.draws:
            draw.add(whole)
    seen.first = torch.cat(kept) if kept else None


def read_tensor(header: TensorHeader, checkpoint: Checkpoint, seen: Seen) -> None:
    """Read a tensor that is no slot, for its digests and its first rows."""
    width = prod(header.shape[1:])
    for start in range(0, header.shape[0], step := max(1, _CHUNK // max(1, width))):
        values = checkpoint.slab(header, start, start + step).float().cpu()
        seen.digests.add(values)
        if start == 0:
            seen.first = values[:GLANCE].reshape(min(GLANCE, len(values)), width)


def columns_of(slot: Slot, directions: int) -> Columns:
    """Begin a draw of a matrix whose rows are known by their number."""
    return Columns.of(slot.shape[slot.hidden_axis], signs.of_rows(0, units(slot), directions))


def coded(values: Tensor) -> np.ndarray:
    """Write numbers of about unit variance as whole ones of 1/32, within four."""
    import torch

    found: np.ndarray = (values * STEP).round().clamp(-127, 127).to(torch.int8).numpy()
    return found


def ranked(values: Tensor) -> np.ndarray | None:
    """Write the order of a vector's values, equal ones alike; ``None`` of a constant one."""
    import torch

    distinct, place = torch.unique(values, return_inverse=True)
    if len(distinct) < 3:
        return None
    spread = place.double() / (len(distinct) - 1) * 254 - 127
    ranks: np.ndarray = spread.round().to(torch.int8).numpy()
    return ranks


def quantiles(lengths: list[Tensor]) -> np.ndarray:
    """Return the quantiles of the logarithms of all lengths, in the order of size."""
    import torch

    logs = torch.cat(lengths).clamp_min(_SHORTEST).log().sort().values
    places = ((torch.arange(LENGTHS) + 0.5) / LENGTHS * (len(logs) - 1)).round().long()
    found: np.ndarray = logs[places].float().numpy()
    return found


def standard(answers: Tensor) -> np.ndarray:
    """Write answers, shape (rows, questions), each question centred and of unit variance."""
    centred = answers - answers.mean(0)
    return coded(centred / centred.pow(2).mean(0).sqrt().clamp_min(1e-300))
