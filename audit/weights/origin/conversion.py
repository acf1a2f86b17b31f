# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Nothing but a conversion: every value within the rounding of its format, all accounted for.

A quantiser rounds a value to the nearest level that its block has. Half a step is then the most
that a value may move; where scales are codes themselves, half of what they round is added; a value
beyond the last level is cut to it, by a step at most. The quantisers of llama.cpp that search for
better scales end within 1.41 of that (measured, docs/decisions/0075), so 1.5 is allowed. Methods
that move values to make up for errors of others (GPTQ, AWQ) go beyond.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from audit.formats.levels import HIGHEST, LOWEST, ONE, coded_scales, steps, unequal
from audit.record.derivation import Derivation, DerivationKind, Origin
from audit.record.said import Said, joined
from audit.text.file_names import shortened
from audit.weights.model.checkpoint import Checkpoint, units
from audit.weights.model.layout import ACCOUNTED
from audit.weights.model.main_model import main_model
from audit.weights.model.slots import Layout, Slot
from audit.weights.model.wording import Wording, wording
from audit.weights.origin.quantised import is_codes, stored_as_codes
from audit.weights.pairing.block import Pair, coarser

if TYPE_CHECKING:
    from torch import Tensor

    from audit.formats.tensors import TensorHeader
    from audit.inventory import Inventory
    from audit.weights.pairing.pairs import Pairing

_SLAB = 1 << 19
_SLABS = 16
"""Values of a slab, and how many slabs of a tensor are read, spread evenly."""
_ALLOWED, _CUT = 1.5, 2.1
"""Largest error, in units of the format's rounding: between the levels, and beyond the last."""
_HALF_DIGITS = 2.0**-11
"""Relative rounding of scales that are half floats."""
_SMALLEST = 2.0**-24
_LEFT_OUT = 3
_NUMBER = re.compile(r"\.\d+\.")
"""In the name of a tensor of a layer."""


@dataclass(frozen=True, slots=True)
class Moved:
    """One tensor: its largest error in units of what is allowed, and how many values were read."""

    name: str
    dtype: str
    error: float
    read: int
    all: int


def verified(origin: Origin, pairing: Pairing) -> Origin:
    """Say of quantised weights whether that is all that was done, and what else, if not."""
    made = origin.derivation
    codes = stored_as_codes(pairing.pairs)
    if made is None or made.kind is not DerivationKind.QUANTISED or codes is None:
        return origin
    pairs, left, why = _everything(pairing)
    why = why or _unknown(pairs)
    found = [] if why else [_moved(p, *pairing.checkpoints) for p in pairs]
    worst = max(found, key=lambda m: m.error, default=None)
    if worst is None or worst.error > 1.0:
        why = why or _beyond(found)
        return replace(origin, derivation=_said(made, why or Said("nothing could be read")))
    papers = wording(*pairing.inventories)
    if papers in (Wording.TOKENIZER, Wording.TEMPLATE):
        return replace(origin, derivation=_said(made, papers.sentence, worst))
    return replace(origin, derivation=_conversion(codes, found, worst, (left, papers)))


def _conversion(
    codes: Derivation, found: list[Moved], worst: Moved, also: tuple[list[Slot], Wording]
) -> Derivation:
    left, papers = also
    names = [shortened(slot.header.name) for slot in left]
    kinds = [name for name, _ in Counter(m.dtype for m in found).most_common()]
    read, total = sum(m.read for m in found), sum(m.all for m in found)
    return replace(
        codes,
        kind=DerivationKind.CONVERSION,
        sentence=Said(
            "Nothing but a conversion: in all {n:count} tensors ({kinds}) no value moved by more"
            " than its format rounds ({read:count} of {all:count} values read); the worst is"
            " {worst}, at {error:decimal} of what is allowed. {left}{papers} A change smaller than"
            " the rounding would not be seen.",
            n=len(found),
            kinds=kinds,
            read=read,
            all=total,
            worst=shortened(worst.name),
            error=worst.error,
            left=Said("Left out is {names}. ", names=names) if left else "",
            papers=papers.sentence,
        ),
        fraction=round(worst.error, 4),
        detail=Said("{name}", name=shortened(worst.name)),
    )


def _said(made: Derivation, why: Said, worst: Moved | None = None) -> Derivation:
    rounding = Said("No value moved by more than its format rounds, but: {why}", why=why)
    more = Said("It is not verified as nothing but a conversion: {why}.", why=why)
    return replace(made, sentence=joined(" ", (made.sentence, rounding if worst else more)))


def _unknown(pairs: tuple[Pair, ...]) -> Said | None:
    headers = [p.suspect.header for p in pairs if is_codes(p.suspect.header)]
    kinds = sorted({h.dtype for h in headers if steps(h) is None and not unequal(h)})
    if not kinds:
        return None
    return Said("how far {kinds} may move a value is not known here", kinds=kinds)


def _beyond(found: list[Moved]) -> Said:
    worst = max(found, key=lambda m: m.error)
    return Said(
        "in {n:count} of {all:count} tensors values moved by more than their format rounds, the"
        " most in {worst} ({dtype}), by {error:decimal} times that",
        n=sum(m.error > 1.0 for m in found),
        all=len(found),
        worst=shortened(worst.name),
        dtype=worst.dtype,
        error=min(worst.error, 1e6),
    )


def _everything(pairing: Pairing) -> tuple[tuple[Pair, ...], list[Slot], Said | None]:
    """Pair every tensor of both models, or name one that has no counterpart of its shape.

    A few tensors of the reference outside its layers may be left out: heads that exporters drop.
    """
    pairs = tuple(p for p in pairing.pairs if p.suspect.shape == p.reference.shape)
    mine = _alone(pairing.layouts[0], {p.suspect for p in pairs}, pairing.inventories[0])
    theirs = _alone(pairing.layouts[1], {p.reference for p in pairs}, pairing.inventories[1])
    more: list[Pair] = []
    for slot in mine:
        fits = [o for o in theirs if o.shape == slot.shape]
        fits.sort(key=lambda o, slot=slot: _tail(o) != _tail(slot))  # type: ignore[misc]
        tried = (Pair(suspect=slot, reference=o) for o in fits)
        found = next((p for p in tried if _moved(p, *pairing.checkpoints).error <= 1.0), None)
        if found is None:
            return (), [], _no_counterpart(slot, Said("the audited model"), len(mine) - len(more))
        theirs.remove(found.reference)
        more.append(found)
    inside = [s for s in theirs if s.layer is not None or _NUMBER.search(s.header.name)]
    if inside or len(theirs) > _LEFT_OUT:
        return (), [], _no_counterpart((inside or theirs)[0], Said("the reference"), len(theirs))
    return (*pairs, *more), theirs, None


def _no_counterpart(slot: Slot, who: Said, n: int) -> Said:
    return Said(
        "{name} of {who} has no counterpart ({n:count} such tensors)",
        name=shortened(slot.header.name),
        who=who,
        n=n,
    )


def _alone(layout: Layout, paired: set[Slot], inventory: Inventory) -> list[Slot]:
    """Tensors of a model that no pair holds; what repeats or could be computed is no loss."""
    left = [slot for slot in layout.slots if slot not in paired]
    unused = {name for name, why in layout.unused.items() if why not in ACCOUNTED}
    return left + [_whole(t) for t in main_model(inventory).tensors if t.name in unused]


def _whole(header: TensorHeader) -> Slot:
    axis = max(0, len(header.shape) - 1)
    return Slot(header=header, role="", component="", layer=None, expert=None, hidden_axis=axis)


def _tail(slot: Slot) -> tuple[str, ...]:
    return tuple(slot.header.name.split(".")[-4:])


def _moved(pair: Pair, suspect: Checkpoint, reference: Checkpoint) -> Moved:
    """Read both tensors slab by slab; stop at the first that moved further than is allowed."""
    slot, rows = pair.suspect, units(pair.suspect)
    width = slot.parameters // rows
    step = max(1, _SLAB // width)
    starts = list(range(0, rows, step))
    starts = starts[:: -(-len(starts) // _SLABS)]
    error, read = 0.0, 0
    for start in starts:
        stop = min(rows, start + step)
        a, b = suspect.rows(slot, start, stop), reference.rows(pair.reference, start, stop)
        error = max(error, _error(pair, suspect, a, b, (start, stop)))
        read += a.numel()
        if error > 1.0:
            break
    return Moved(slot.header.name, slot.header.dtype, error, read, slot.parameters)


def _error(pair: Pair, suspect: Checkpoint, a: Tensor, b: Tensor, at: tuple[int, int]) -> float:
    """Return the largest error of a slab, in units of what is allowed."""
    import torch

    count = steps(pair.suspect.header)
    if unequal(pair.suspect.header):
        return _beside(a.float(), b.float(), suspect.levels(pair.suspect, *at, LOWEST, HIGHEST))
    if count is None:
        near, other = coarser(a, b)
        return 0.0 if torch.equal(near, other) else float("inf")
    low, high = suspect.levels(pair.suspect, *at, LOWEST, HIGHEST)
    value, wanted = a.float(), b.float()
    half = (high - low).abs() / (2 * count)
    blur = half + (low.abs() + high.abs() + wanted.abs()) * _HALF_DIGITS + _SMALLEST * count
    coded, has_least = coded_scales(pair.suspect.header.dtype)
    if coded:
        least, most = suspect.levels(pair.suspect, *at, ONE + LOWEST, ONE + HIGHEST)
        share = torch.where(high == low, 1.0, (value - low) / (high - low))
        own = least + share * (most - least)
        blur = blur + ((least.abs() + (own - least).abs()) if has_least else own.abs()) / 2
    bottom, top = torch.minimum(low, high), torch.maximum(low, high)
    near = (top - bottom) / (4 * count)
    cut = ((wanted < bottom) & (value <= bottom + near)) | ((wanted > top) & (value >= top - near))
    allowed = torch.where(cut, _CUT, _ALLOWED if coded else 1.0 + 1 / 64)
    return float(((value - wanted).abs() / (blur * allowed)).max())


def _beside(value: Tensor, wanted: Tensor, levels: tuple[Tensor, ...]) -> float:
    """The same where each level has its own distance to the next: half of that is allowed.

    A value beyond the last level is cut to it. Scales that are codes themselves were rounded after
    the values were, hence the more that is allowed.
    """
    import torch

    down, up = (value - levels[0]).abs(), (levels[1] - value).abs()
    gap = torch.where((wanted > value) == (levels[1] >= levels[0]), up, down)
    cut = gap == 0
    half = torch.where(cut, up + down, gap) / 2
    blur = half + (value.abs() + wanted.abs()) * _HALF_DIGITS + _SMALLEST
    return float(((value - wanted).abs() / (blur * torch.where(cut, _CUT, _ALLOWED))).max())
