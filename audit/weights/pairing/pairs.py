# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Pairs the tensors of two layouts, and reads the pairs block by block.

Pairs are made by role, layer and expert, before any value is read, so the choice costs
no multiplicity. Where the depths differ three layer maps are fixed in advance: aligned
at the first layer, aligned at the last, and by relative depth.
"""

from __future__ import annotations

import hashlib
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from audit.inventory import Inventory
from audit.progress import SILENT, Advance, Progress
from audit.record.absent import Absent
from audit.record.said import Said
from audit.weights.model.checkpoint import Checkpoint, units
from audit.weights.model.slots import Layout, Slot
from audit.weights.pairing.block import Block as Block  # noqa: PLC0414
from audit.weights.pairing.block import Pair as Pair  # noqa: PLC0414
from audit.weights.pairing.block import coarser, either_is_made, is_made, without_identity

MAX_LAYERS = 12
MAX_EXPERTS = 4
MAX_ROWS = 512
MAX_ELEMENTS = 1 << 19
"""Values of one window: of wide matrices fewer rows are read. A correlation of 0.005 in one such
window stands 3.6 standard errors from zero; many windows are read."""
MAX_TOKENS = 8192
MAX_TABLE = 1 << 24
"""Values of one embedding table that are read; more dimensions, fewer tokens."""
_FEWEST_ROWS = 64


class LayerMap(StrEnum):
    """Which layer of the reference a layer of the suspect is compared with."""

    SAME = "layer i with layer i"
    FIRST = "counted from the first layer"
    LAST = "counted from the last layer"
    RELATIVE = "by relative depth"


def layer_maps(suspect: Layout, reference: Layout) -> tuple[LayerMap, ...]:
    """Return the maps to try: one when the depths agree, otherwise three."""
    if suspect.layers == reference.layers:
        return (LayerMap.SAME,)
    return (LayerMap.FIRST, LayerMap.LAST, LayerMap.RELATIVE)


def pair_up(suspect: Layout, reference: Layout, layer_map: LayerMap) -> tuple[Pair, ...]:
    """Pair by role, mapped layer and expert; experts are paired with a dense layer too."""
    places: dict[tuple[str, int | None], dict[int | None, Slot]] = defaultdict(dict)
    for slot in reference.slots:
        places[slot.role, slot.layer][slot.expert] = slot
    pairs = []
    depths = suspect.layers, reference.layers
    for slot in suspect.slots:
        layer = _mapped(slot.layer, *depths, layer_map)
        found = places.get((slot.role, layer)) if layer != -1 else None
        other = _expert(found, slot.expert) if found else None
        if other is not None and len(other.shape) == len(slot.shape):
            pairs.append(Pair(suspect=slot, reference=other))
    return tuple(sorted(pairs, key=_order))


def pair_layers(suspect: Layout, reference: Layout, layers: Mapping[int, int]) -> tuple[Pair, ...]:
    """Pair the matrices of the layers that ``layers`` maps, by role and expert.

    For a map that was read off the values themselves: what is computed on these pairs
    describes and is no test.
    """
    there = {(s.role, s.layer, s.expert): s for s in reference.slots}
    pairs = []
    for slot in suspect.slots:
        if slot.layer is None or slot.layer not in layers or len(slot.shape) != 2:
            continue
        layer = layers[slot.layer]
        found = {e: s for e in (slot.expert, None, 0) if (s := there.get((slot.role, layer, e)))}
        other = _expert(found, slot.expert)
        if other is not None and other.shape == slot.shape:
            pairs.append(Pair(suspect=slot, reference=other))
    return tuple(sorted(pairs, key=_order))


def _order(pair: Pair) -> tuple[str, str, int, int]:
    slot = pair.suspect
    return (
        slot.component,
        slot.role,
        -1 if slot.layer is None else slot.layer,
        -1 if slot.expert is None else slot.expert,
    )


def _mapped(layer: int | None, suspect: int, reference: int, layer_map: LayerMap) -> int | None:
    """Return the reference's layer, ``None`` for tensors outside the layers, -1 for no layer."""
    if layer is None:
        return None
    if layer_map is LayerMap.LAST:
        mapped = layer + reference - suspect
    elif layer_map is LayerMap.RELATIVE and suspect > 1:
        mapped = round(layer * (reference - 1) / (suspect - 1))
    else:
        mapped = layer
    return mapped if 0 <= mapped < reference else -1


def _expert(found: dict[int | None, Slot], expert: int | None) -> Slot | None:
    """The same expert, or the dense layer for an expert, or expert 0 for a dense layer."""
    if expert in found:
        return found[expert]
    if expert is None:
        return found.get(0)
    return found.get(None)


def sampled(pairs: tuple[Pair, ...], seed: int) -> tuple[Pair, ...]:
    """Keep at most ``MAX_LAYERS`` layers and ``MAX_EXPERTS`` experts, as ``seed`` draws them."""
    layers = drawn(
        {p.suspect.layer for p in pairs if p.suspect.layer is not None}, MAX_LAYERS, seed
    )
    experts = drawn(
        {p.suspect.expert for p in pairs if p.suspect.expert is not None}, MAX_EXPERTS, seed
    )
    return tuple(
        p
        for p in pairs
        if (p.suspect.layer is None or p.suspect.layer in layers)
        and (p.suspect.expert is None or p.suspect.expert in experts)
    )


def spread_evenly(values: set[int], most: int) -> set[int]:
    """Choose at most ``most`` of the values, the first and the last among them."""
    ordered = sorted(values)
    if len(ordered) <= most:
        return set(ordered)
    return {ordered[round(i * (len(ordered) - 1) / (most - 1))] for i in range(most)}


def drawn(values: set[int], most: int, seed: int) -> set[int]:
    """Draw at most ``most`` of the values: who made a model cannot know which."""
    if len(values) <= most:
        return set(values)
    return set(random.Random(seed).sample(sorted(values), most))  # noqa: S311 - no secret


def window(width: int) -> int:
    """Return how many rows of a matrix are read for a test."""
    return min(MAX_ROWS, max(_FEWEST_ROWS, MAX_ELEMENTS // width))


def tokens(width: int) -> int:
    """Return how many rows of an embedding table are read."""
    return min(MAX_TOKENS, max(_FEWEST_ROWS, MAX_TABLE // width))


def _width(pair: Pair) -> int:
    slots = (pair.suspect, pair.reference)
    return max(s.shape[0] if len(s.shape) == 1 else s.shape[s.hidden_axis] for s in slots)


def read(
    pair: Pair,
    suspect: Checkpoint,
    reference: Checkpoint,
    *,
    start: int = 0,
    rows: int | None = None,
) -> Block:
    """Read corresponding rows ``start : start + rows`` of a pair; the widths may differ.

    Without ``rows``, as many as :func:`window` says.
    """
    import torch

    rows = window(_width(pair)) if rows is None else rows
    stop = min(start + rows, units(pair.suspect), units(pair.reference))
    raw_s = suspect.rows(pair.suspect, start, stop)
    raw_r = reference.rows(pair.reference, start, stop)
    identical = 0
    if raw_s.shape == raw_r.shape:
        coarse_s, coarse_r = coarser(raw_s, raw_r)
        identical = int((coarse_s == coarse_r).sum())
    finite = torch.isfinite(raw_s.float()).all(1) & torch.isfinite(raw_r.float()).all(1)
    return Block(
        pair=pair,
        suspect=raw_s.float()[finite],
        reference=raw_r.float()[finite],
        identical=identical,
        dropped=int((~finite).sum()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """Two models, described, opened and paired; the suspect first, the reference second.

    ``pairs`` are the tensors that correspond by role and place; ``seed`` draws every split,
    ``salt`` goes into what is drawn of models that are not read whole;
    ``device`` is where tensors are computed on (``"cpu"`` or ``"cuda"``). ``controls`` are
    models that are known to be independent of both.
    """

    inventories: tuple[Inventory, Inventory]
    layouts: tuple[Layout, Layout]
    checkpoints: tuple[Checkpoint, Checkpoint]
    pairs: tuple[Pair, ...] = ()
    seed: int = 0
    device: str = "cpu"
    controls: tuple[Inventory, ...] = ()
    progress: Progress = SILENT
    read_before: int = 0
    salt: str = ""
    lean: bool = False
    """Whether pairs are left out of which a window would cost a whole large tensor."""

    @property
    def draw(self) -> int:
        """Draws what is read of models that are not read whole.

        It comes from both models' values and the salt, so that neither maker can know where not
        to look; of models of which all layers and experts are read it is ``seed``.
        """
        deepest = max(layout.layers for layout in self.layouts)
        widest = max(layout.experts for layout in self.layouts)
        if deepest <= MAX_LAYERS and widest <= MAX_EXPERTS and not self.salt:
            return self.seed
        both = " ".join((self.salt, *(one.fingerprint for one in self.checkpoints)))
        return int.from_bytes(hashlib.sha256(both.encode()).digest()[:6], "big")

    @property
    def name(self) -> str:
        """The reference's name."""
        return self.inventories[1].name

    @property
    def labelled(self) -> Absent | None:
        """Why residual dimensions are distinguishable in one of the models, if they are."""
        told = next((x.labelled_axis for x in self.layouts if x.labelled_axis), None)
        if told is None:
            return None
        return Absent(Said("residual dimensions are distinguishable: {told}", told=told))

    @property
    def across(self) -> bool:
        """Whether the residual streams differ in width."""
        return self.layouts[0].width != self.layouts[1].width

    @property
    def loose(self) -> bool:
        """Whether the models have hidden units, and no residual stream that was found."""
        return bool(self.layouts[0].units)

    @property
    def bytes_read(self) -> int:
        """Bytes read from both models so far, before they were opened again among them."""
        return self.read_before + sum(checkpoint.bytes_read for checkpoint in self.checkpoints)

    @property
    def layered(self) -> frozenset[str]:
        """Components of matrices inside the layers."""
        inside = (p for p in self.pairs if p.suspect.layer is not None and not p.is_vector)
        return frozenset(p.component for p in inside)

    @property
    def tested(self) -> tuple[Pair, ...]:
        """The pairs that are read for tests.

        What is not exchangeable is left out where positions label the residual dimensions.
        """
        if self.loose:
            return ()
        if self.labelled is None:
            return self.sampled
        return tuple(p for p in self.sampled if not p.is_vector and p.suspect.layer is not None)

    @property
    def sampled(self) -> tuple[Pair, ...]:
        """The pairs of the layers and experts that are drawn."""
        some = sampled(self.pairs, self.draw)
        return tuple(p for p in some if not (self.lean and p.is_costly))

    def table(self, role: str) -> Pair | None:
        """Return the paired tables of a role outside the layers."""
        return next((p for p in self.pairs if p.role == role and not p.is_vector), None)

    def blocks(self, advance: Advance) -> Iterator[Block]:
        """Read a window of each tested pair; what could be constructed is no agreement."""
        for pair in self.tested:
            skipped = self.across and pair.is_vector
            block = None if skipped else self.block(pair)
            advance(1)
            if block and not (either_is_made(block) if self.across else is_made(block)):
                yield without_identity(block)

    def block(self, pair: Pair) -> Block:
        """Read the window of a pair: whoever asks for it gets the same, which was fetched once."""
        return read(pair, *self.checkpoints, start=self._start(pair))

    def _start(self, pair: Pair) -> int:
        """Where the window of a pair begins: anywhere, where it is less than the whole."""
        spare = min(units(pair.suspect), units(pair.reference)) - window(_width(pair))
        if spare <= 0:
            return 0
        place = f"{self.draw} {pair.suspect.header.name} {pair.suspect.expert}"
        return int.from_bytes(hashlib.sha256(place.encode()).digest()[:6], "big") % (spare + 1)
