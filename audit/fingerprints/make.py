# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Makes a fingerprint of a model in one pass over its weights, tables of tokens first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import audit
from audit.fingerprints import signs
from audit.fingerprints.answers import KINDS, QUESTIONS, Answers, answers, asks
from audit.fingerprints.document import (
    FORMAT,
    MOST_COUNT,
    MOST_PARTS,
    MOST_UNITS,
    VERSION,
    Fingerprint,
    Header,
    Part,
)
from audit.fingerprints.sketch import (
    GLANCE,
    Columns,
    Seen,
    coded,
    columns_of,
    quantiles,
    ranked,
    read,
    read_tensor,
)
from audit.progress import SILENT, Progress
from audit.sources.names import WEIGHTS
from audit.weights.model.checkpoint import Checkpoint, units
from audit.weights.model.constructible import constructible, written_table
from audit.weights.model.fixed_positions import with_fixed_positions
from audit.weights.model.folding import Folding
from audit.weights.model.layout import describe
from audit.weights.model.main_model import main_model
from audit.weights.model.slots import Layout, Slot, unreadable
from audit.weights.model.vocabulary import token_ids
from audit.weights.nulls.exchangeable import structures
from audit.weights.pairing.pairs import spread_evenly, window
from audit.weights.pairing.withdrawal import MATRICES

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

    from audit.formats.tensors import TensorHeader
    from audit.inventory import Inventory

LEAST_BYTES, MOST_BYTES = 1 << 19, 12 << 20
VALUES_PER_BYTE = 512
"""A byte of columns for so many values of the model, between those bounds; for answers a half."""
MOST_DIRECTIONS, FEWEST_DIRECTIONS = 16, 4
TABLE_DIRECTIONS = 128
FEWEST_ANSWERED, MOST_ANSWERED = 64, 1024
"""Rows of a matrix whose answers are kept."""
_LEAST_ROWS = 8
_CHOICES = ((4, 1 << 20), (1, 1 << 20), (1, 48), (1, 24), (1, 12), (1, 6))
"""Experts of a layer and layers that are drawn, as many as the budget allows."""
_TABLE = "embed"
_WEIGHTS = (*WEIGHTS, ".index.json")


@dataclass(slots=True)
class _Making:
    """What is to be drawn, and what has been."""

    layout: Layout
    chosen: frozenset[Slot]
    looked_at: frozenset[Slot]
    directions: int
    words: Mapping[str, int] | None
    answers: Answers
    parts: list[Part] = field(default_factory=list)
    columns: list[np.ndarray] = field(default_factory=list)
    vectors: list[np.ndarray] = field(default_factory=list)
    digests: list[np.ndarray] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    lengths: dict[tuple[str, int | None], list[Tensor]] = field(default_factory=dict)
    """Of all neurons of a layer, those of its experts together: they can be reordered."""
    told: list[tuple[str, int | None]] = field(default_factory=list)
    gains: list[Tensor] = field(default_factory=list)
    windows: list[Tensor] = field(default_factory=list)


def make(
    inventory: Inventory, *, released: str | None = None, progress: Progress = SILENT
) -> Fingerprint:
    """Read a model once and draw it together.

    Parameters
    ----------
    released : str, optional
        A day that the caller claims; it is written down as a claim.

    Raises
    ------
    WeightsChangedError
        If a file changed while it was read.
    """
    layout = describe(inventory)
    with Checkpoint(inventory) as checkpoint:
        layout = with_fixed_positions(layout, checkpoint)
        making = _begun(inventory, layout, Folding(layout, checkpoint))
        rest = list(_others(inventory, layout))
        total = len(layout.slots) + len(rest)
        with progress.task(f"Reading {inventory.name}", total) as advance:
            for slot in sorted(layout.slots, key=_turn):
                _take(making, slot, checkpoint)
                advance(1)
            for header in rest:
                seen = Seen()
                read_tensor(header, checkpoint, seen)
                if seen.first is not None and written_table(seen.first) is None:
                    _digested(making, seen)
                advance(1)
    return Fingerprint(header=_header(inventory, making, released), arrays=_arrays(making))


def _turn(slot: Slot) -> tuple[bool, int, bool]:
    """Read what asks before what answers: tables, then in each layer queries and keys."""
    return slot.role != _TABLE, -1 if slot.layer is None else slot.layer, not asks(slot)


def _begun(inventory: Inventory, layout: Layout, folding: Folding) -> _Making:
    """Choose what is drawn, and along how many directions, before a value is read."""
    width = layout.width or 0
    budget = max(LEAST_BYTES, min(MOST_BYTES, layout.parameters // VALUES_PER_BYTE))
    for experts, layers in _CHOICES:
        chosen = _some(layout, experts, layers)
        matrices = [slot for slot in layout.slots if slot in chosen and len(slot.shape) == 2]
        directions = min(MOST_DIRECTIONS, budget // max(1, len(matrices) * width))
        if directions >= FEWEST_DIRECTIONS:
            break
    rows = budget // 2 // max(1, sum(map(answers, chosen)) * KINDS * QUESTIONS)
    inside = [slot for slot in matrices if slot.layer is not None]
    directions = max(1, directions)
    return _Making(
        layout=layout,
        chosen=chosen,
        looked_at=frozenset(inside[:: -(-len(inside) // MATRICES) or 1]),
        directions=directions,
        words=_words(inventory, layout),
        answers=Answers(
            folding=folding,
            rows=max(FEWEST_ANSWERED, min(MOST_ANSWERED, rows)),
            questions=min(QUESTIONS, directions),
        ),
    )


def _words(inventory: Inventory, layout: Layout) -> Mapping[str, int] | None:
    """Return the rows of token strings, where a tokenizer lies beside the table."""
    table = next((s for s in layout.slots if s.role == _TABLE and len(s.shape) == 2), None)
    if table is None:
        return None
    return token_ids(inventory, PurePosixPath(table.header.file).parent.as_posix()) or None


def _some(layout: Layout, experts: int, layers: int) -> frozenset[Slot]:
    known = {s.layer for s in layout.slots if s.layer is not None and s.layer < MOST_COUNT}
    kept = spread_evenly(known, layers)
    return frozenset(
        slot
        for slot in layout.slots
        if (slot.expert is None or slot.expert < experts)
        and (slot.layer is None or slot.layer in kept)
    )


def _others(inventory: Inventory, layout: Layout) -> Iterator[TensorHeader]:
    """Tensors of the model that are no slot and have values."""
    known = {slot.header.name for slot in layout.slots}
    for header in main_model(inventory).tensors:
        readable = unreadable(header) is None and header.stored is not None and header.nbytes
        if header.name not in known and readable and len(header.shape) > 1:
            yield header


def _take(making: _Making, slot: Slot, checkpoint: Checkpoint) -> None:
    """Read one slot and keep what is drawn of it."""
    chosen = slot in making.chosen and len(making.parts) < MOST_PARTS
    if len(slot.shape) == 1:
        if chosen:
            _vector(making, slot, checkpoint.rows(slot, 0, 1).float().cpu()[0])
        return
    table = slot.role == _TABLE and not making.answers.has_table
    seen, rows = Seen(), window(slot.shape[slot.hidden_axis])
    if chosen and units(slot) >= _LEAST_ROWS:
        seen.draws = (columns_of(slot, TABLE_DIRECTIONS if table else making.directions),)
        seen.draws += _by_tokens(making, slot) if table else ()
    keep = max(rows, making.answers.rows if answers(slot) else 0)
    read(slot, checkpoint, seen, keep, making.answers.gain(slot))
    if seen.first is None or _is_made(slot, seen.first[:GLANCE]):
        return  # what anybody would write down the same is no sign of anything
    _digested(making, seen)
    making.lengths.setdefault((slot.role, slot.layer), []).extend(seen.lengths)
    if seen.draws:
        _matrix(making, slot, seen, seen.first)
        if table:
            making.answers.table(*seen.draws)
        if slot in making.looked_at:
            making.windows.append(seen.first[:rows])


def _matrix(making: _Making, slot: Slot, seen: Seen, first: Tensor) -> None:
    draw = seen.draws[0]
    if asks(slot):
        making.answers.ask(slot, draw)
    rows, lengths = None, None
    if answers(slot):
        rows = making.answers.take(slot, first)
        if slot.neuron_rows:
            lengths = len(making.told)
            making.told.append((slot.role, slot.layer))
    making.parts.append(_part(slot, matrix=len(making.columns), rows=rows, lengths=lengths))
    making.columns.append(coded(draw.drawn()[: making.directions]))


def _is_made(slot: Slot, rows: Tensor) -> bool:
    how = written_table if slot.layer is None else constructible
    return how(rows) is not None


def _by_tokens(making: _Making, slot: Slot) -> tuple[Columns, ...]:
    """Begin a draw of the table's rows by what they stand for; rows of no string count nothing."""
    import torch

    if making.words is None:
        return ()
    count = units(slot)
    strings = {row: text for text, row in making.words.items() if row < count}
    drawn = torch.zeros(TABLE_DIRECTIONS, count, dtype=torch.float64)
    rows = sorted(strings)
    drawn[:, rows] = signs.of_tokens((strings[r] for r in rows), TABLE_DIRECTIONS)
    return (Columns.of(slot.shape[slot.hidden_axis], drawn),)


def _vector(making: _Making, slot: Slot, values: Tensor) -> None:
    ranks = ranked(values)
    if ranks is not None:
        making.parts.append(_part(slot, vector=len(making.vectors)))
        making.vectors.append(ranks)
        making.gains.append(values)


def _part(slot: Slot, **places: Any) -> Part:
    return Part(
        name=slot.header.name[:512],
        role=slot.role[:512],
        component=slot.component[:512],
        layer=slot.layer,
        expert=slot.expert,
        units=units(slot),
        heads=slot.value_heads,
        neurons=slot.neuron_rows,
        **places,
    )


def _digested(making: _Making, seen: Seen) -> None:
    found = seen.digests.done()
    if found is not None and len(making.sizes) < MOST_UNITS:
        making.digests.append(found)
        making.sizes.append(seen.digests.size)


def _arrays(making: _Making) -> dict[str, np.ndarray]:
    import numpy as np

    found = making.answers.done()
    if making.columns:
        found["columns"] = np.stack(making.columns)
    if making.vectors:
        found["vectors"] = np.stack(making.vectors)
    if making.told:
        found["lengths"] = np.stack([quantiles(making.lengths[place]) for place in making.told])
    if making.sizes:
        found["digests"] = np.stack(making.digests)
        found["sizes"] = np.array(making.sizes, dtype=np.int64)
    return found


def _header(inventory: Inventory, making: _Making, released: str | None) -> Header:
    layout, source = making.layout, inventory.source
    revision = source.revision or inventory.revision
    found = structures(making.gains, making.windows)
    return Header(
        format=FORMAT,
        version=VERSION,
        tool=audit.__version__,
        name=inventory.name[:512],
        published=source.model,
        commit=revision.commit if revision else None,
        released=released,
        family=layout.family[:512],
        inferred=layout.inferred,
        width=layout.width,
        layers=min(layout.layers, MOST_COUNT),
        experts=min(layout.experts, MOST_COUNT),
        parameters=layout.parameters,
        problem=str(layout.problem)[:512] if layout.problem else None,
        labelled=str(layout.labelled_axis)[:512] if layout.labelled_axis else None,
        structures=tuple(sorted(found)),
        unread=sum(n.path.lower().endswith(_WEIGHTS) for n in inventory.unread),
        vocabulary=len(making.words) if making.words else None,
        vocabulary_sha256=_vocabulary(making.words) if making.words else None,
        parts=tuple(making.parts),
    )


def _vocabulary(words: Mapping[str, int]) -> str:
    """Digest token strings and their numbers, in order of number."""
    digest = sha256()
    for text, number in sorted(words.items(), key=lambda item: (item[1], item[0])):
        digest.update(f"{number} {len(text)} {text}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
