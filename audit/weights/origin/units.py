# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Finds the units of one layer (neurons, value dimensions) in a layer of another model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.weights.model.checkpoint import units
from audit.weights.model.slots import Slot
from audit.weights.nulls.matching import longest_rising
from audit.weights.origin.bars import bars
from audit.weights.pairing.pairs import Pairing

if TYPE_CHECKING:
    from torch import Tensor

PARTS = {"feed-forward": ("mlp.gate", "mlp.up"), "attention": ("attn.v",)}
WIDTH = 512
"""Residual dimensions that are looked at: chance then stays below 0.2 among 10,000 units."""
LAYERS = 2
"""Layers that are looked at, spread over the depth."""
ROWS = 32
"""Rows of each expert that are looked at."""
_FEW = 16
"""Units, with so few of which a search costs nothing."""
_AT_ONCE = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitMap:
    """Where the units of one side stand on the other.

    ``found``: share of the smaller side's units with a partner that chose them too;
    ``ordered``: share of those on the longest rising run; ``copies``: share of the larger
    side's other units that resemble a unit of the smaller as partners do, and not only as
    the smaller side's own units resemble each other.
    """

    found: float
    ordered: float
    copies: float
    stay: bool


def unit_map(fewer: Tensor, more: Tensor) -> UnitMap:
    """Match units by the mean size of their roles' cosines; the side with fewer units first.

    A sign may move from one role of a unit to another at no cost, so it does not count.

    Parameters
    ----------
    fewer, more : Tensor, shapes (units, roles, width) and (other units, roles, width)
    """
    import torch

    best, places, tallest, owner = _likeness(fewer, more)
    rows = torch.arange(len(best))
    mutual = (owner[places] == rows) & (best >= bars().same_neuron)
    kept = places[mutual].tolist()
    others = torch.ones(more.shape[0], dtype=torch.bool)
    others[places[mutual]] = False
    rest = tallest[others]
    copies = float((rest >= _copied(fewer, best)).double().mean()) if rest.numel() else 0.0
    return UnitMap(
        found=float(mutual.double().mean()),
        ordered=longest_rising(kept) / max(1, len(kept)),
        copies=copies,
        stay=bool(mutual.all()) and kept == list(range(len(kept))),
    )


def in_place(mine: Tensor, theirs: Tensor) -> bool:
    """Whether nearly every unit is the one at its own place, told without a search for it.

    It must be nearer than three others are: units of a layer can be alike among themselves.
    """
    x, y, n = _unit(mine), _unit(theirs), len(mine)
    others = [_beside(x, y.roll(places, 0)) for places in (1, n // 3, n // 2)]
    clear = _beside(x, y) >= bars().same_neuron + others[0].max(others[1]).max(others[2])
    return n > _FEW and float(clear.double().mean()) >= bars().most_units


def _beside(x: Tensor, y: Tensor) -> Tensor:
    likeness: Tensor = (x * y).sum(-1).abs().mean(1)
    return likeness


def _likeness(
    a: Tensor, b: Tensor, *, itself: bool = False
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """For each unit of ``a`` its best in ``b`` and where; for each of ``b`` the same in ``a``."""
    import torch

    x, y = _unit(a).transpose(0, 1), _unit(b).transpose(0, 1)
    best, places = [], []
    tallest, owner = torch.full((b.shape[0],), -1.0), torch.zeros(b.shape[0], dtype=torch.long)
    for start in range(0, a.shape[0], _AT_ONCE):
        some = x[:, start : start + _AT_ONCE]
        likeness = sum(((u @ v.T).abs() for u, v in zip(some, y, strict=True)), torch.zeros(1))
        likeness = likeness / a.shape[1]
        if itself:
            likeness.diagonal(start).zero_()
        row, column = likeness.max(1), likeness.max(0)
        best.append(row.values)
        places.append(row.indices)
        higher = column.values > tallest
        owner[higher] = column.indices[higher] + start
        tallest = torch.maximum(tallest, column.values)
    return torch.cat(best), torch.cat(places), tallest, owner


def _copied(fewer: Tensor, partners: Tensor) -> float:
    """Likeness from which on a further unit is a copy: halfway from neighbours to partners."""
    neighbours = _likeness(fewer, fewer, itself=True)[0]
    return max(bars().same_neuron, float(neighbours.median() + partners.median()) / 2)


def read_units(
    pairing: Pairing, side: int, part: str, layer: int, expert: int | None = None
) -> Tensor | None:
    """Units of one layer, shape (units, reading roles, width), unit rows; not-finite ones zero.

    Of wide models ``WIDTH`` evenly spread residual dimensions are kept.
    """
    import torch

    chosen: dict[str, Slot] = {
        s.role: s
        for s in pairing.layouts[side].slots
        if s.layer == layer and s.expert == expert and s.role in PARTS[part] and len(s.shape) == 2
    }
    if not chosen:
        return None
    blocks = []
    for _, slot in sorted(chosen.items()):
        rows = pairing.checkpoints[side].rows(slot, 0, units(slot))
        step = max(1, rows.shape[1] // WIDTH)
        blocks.append(_unit(rows[:, ::step].float().cpu()))
    return torch.stack(blocks, 1) if len({b.shape[0] for b in blocks}) == 1 else None


def read_experts(pairing: Pairing, side: int, layer: int) -> Tensor | None:
    """Experts of one layer as units, shape (experts, roles, values): a window of each."""
    import torch

    found: dict[int, list[Tensor]] = {}
    for slot in sorted(pairing.layouts[side].slots, key=lambda s: s.role):
        if slot.layer != layer or slot.expert is None or slot.role not in PARTS["feed-forward"]:
            continue
        rows = pairing.checkpoints[side].rows(slot, 0, min(ROWS, units(slot)))
        step = max(1, rows.shape[1] // WIDTH)
        found.setdefault(slot.expert, []).append(rows[:, ::step].float().cpu().flatten())
    sizes = {tuple(x.numel() for x in parts) for parts in found.values()}
    if len(found) < 2 or len(sizes) != 1 or len(set(*sizes)) != 1:
        return None
    return torch.stack([torch.stack(parts) for _, parts in sorted(found.items())])


def _unit(rows: Tensor) -> Tensor:
    finite = rows.nan_to_num(0.0, 0.0, 0.0)
    unit: Tensor = finite / finite.norm(dim=-1, keepdim=True).clamp_min(1e-12)
    return unit
