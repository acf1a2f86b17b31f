# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Changes of the residual stream (G1, G3) and of the gains that scale it (G5)."""

import math
from collections import defaultdict
from dataclasses import replace

import torch
from torch import Tensor

from audit.weights.model.families import MAIN
from audit.weights.model.slots import Norms
from audit.weights.model.symmetries import HiddenPermutation, HiddenRotation, Symmetry
from tests.evasions.pieces import (
    Change,
    Checkpoint,
    NotFreeHereError,
    Piece,
    act,
    draw_factors,
    draw_order,
    pieces,
)

# The residual stream.


def _widths(checkpoint: Checkpoint) -> dict[str, int]:
    """The width of each stream, as its anchor shows it."""
    found = {}
    for stream, anchors in checkpoint.family.anchors.items():
        for piece in pieces(checkpoint):
            if piece.name.removeprefix(checkpoint.prefix) in anchors:
                found.setdefault(stream, piece.view.shape[piece.axes.index("hidden")])
    return found


def _on_the_stream(change: Change, maps: dict[str, Tensor]) -> None:
    """Map every residual axis; a gain takes part in orders alone, not in signs."""
    for piece in pieces(change.checkpoint):
        if piece.rule.stream not in maps:
            continue
        turned = maps[piece.rule.stream]
        for axis, meaning in enumerate(piece.axes):
            if meaning == "hidden":
                act(piece.view, axis, turned.abs() if piece.is_gain else turned)


def permute_hidden(change: Change, symmetry: Symmetry) -> None:
    assert isinstance(symmetry, HiddenPermutation)
    random, maps = change.random(), {}
    for stream, width in sorted(_widths(change.checkpoint).items()):
        count = width if symmetry.sign == "each" else 1
        signs = torch.randint(2, (count,), generator=random, dtype=torch.double) * 2 - 1
        signs = signs if symmetry.sign == "each" else -torch.ones(1, dtype=torch.double)
        maps[stream] = change.way(draw_order(width, random) * signs)
    _on_the_stream(change, maps)
    if _table_is_last_matrix(change.checkpoint):
        _before_the_table(change.checkpoint, maps[MAIN])


def _table_is_last_matrix(checkpoint: Checkpoint) -> bool:
    """Whether a head of its own ends in the embedding table, which then is not stored twice."""
    found = pieces(checkpoint)
    after = any(p.role == "unembed" and "vocab" in p.axes for p in found)
    return not after and any(p.role == "mlm.norm" for p in found)


def _before_the_table(checkpoint: Checkpoint, turned: Tensor) -> None:
    """Carry an order and a common sign through a head; its activation lets no sign through."""
    for piece in pieces(checkpoint):
        if piece.role in ("mlm.norm", "mlm.norm.bias"):
            act(piece.view, 0, turned)
        elif piece.role in ("mlm.dense", "mlm.dense.bias"):
            act(piece.view, 0, turned.abs())


def rotate_hidden(change: Change, symmetry: Symmetry) -> None:
    assert isinstance(symmetry, HiddenRotation)
    offset = norms_of(change.checkpoint).offset
    for piece in pieces(change.checkpoint):
        if piece.is_gain and "hidden" in piece.axes:
            ones = torch.full_like(piece.view, 1 - offset)
            if not torch.allclose(piece.view, ones, atol=1e-12):
                raise NotFreeHereError(f"the gain {piece.name} has nowhere to go")
    random, maps = change.random(), {}
    for stream, width in sorted(_widths(change.checkpoint).items()):
        turned = _orthogonal(width, random)
        if symmetry.mean == "fixed":
            turned = _around_the_mean(_orthogonal(width - 1, random))
        maps[stream] = turned.mT if change.undo else turned
    gains = {p.name: p.view.clone() for p in pieces(change.checkpoint) if p.is_gain}
    _on_the_stream(change, maps)
    for name, gain in gains.items():
        change.checkpoint.tensors[name].copy_(gain)


def _orthogonal(count: int, random: torch.Generator) -> Tensor:
    return torch.linalg.qr(torch.randn(count, count, generator=random, dtype=torch.double))[0]


def _around_the_mean(inner: Tensor) -> Tensor:
    """Extend an orthogonal map of one dimension less by the direction (1, ..., 1)."""
    width = inner.shape[0] + 1
    start = torch.eye(width, dtype=torch.double)
    start[:, 0] = 1 / math.sqrt(width)
    basis = torch.linalg.qr(start)[0]
    return basis @ torch.block_diag(torch.ones(1, 1, dtype=torch.double), inner) @ basis.mT


# Gains.


def norms_of(checkpoint: Checkpoint) -> Norms:
    assert checkpoint.family.norms is not None
    return checkpoint.family.norms


def is_tied(checkpoint: Checkpoint) -> bool:
    """Whether the embedding table also is the output table; most configurations only say no."""
    found = {p.role for p in pieces(checkpoint)}
    declared = checkpoint.setting(MAIN, "tie_word_embeddings")
    if declared is not None:
        return bool(declared)
    before = norms_of(checkpoint).before
    heads = {role for role, gain in before.items() if gain == before.get("unembed")}
    return any(rule.tied for rule in checkpoint.family.head) and not heads & found


def untie(checkpoint: Checkpoint) -> Checkpoint:
    """Store the output table beside the embedding table, where there is only one for both."""
    names = [rule.name for rule in checkpoint.family.head if rule.tied]
    if not names or not is_tied(checkpoint):
        return checkpoint
    if checkpoint.config.get("model_type") == "t5":
        raise NotFreeHereError("with one table the implementation also scales the output")
    (table,) = (p.view for p in pieces(checkpoint) if p.role == "embed")
    config = {**checkpoint.config, "tie_word_embeddings": False}
    tensors = checkpoint.tensors | {names[0]: table.clone()}
    return replace(checkpoint, config=config, tensors=tensors)


def _served(checkpoint: Checkpoint) -> list[tuple[Piece, Piece | None, list[Piece]]]:
    """Gains that have readers only, each with its bias and the matrices that read it."""
    found = pieces(checkpoint)
    before = norms_of(checkpoint).before
    readers = defaultdict(list)
    known = {(p.role, p.layer): p for p in found}
    for piece in found:
        role = before.get(piece.role)
        if role is None or (piece.role == "unembed" and is_tied(checkpoint)):
            continue
        key = (role, piece.layer) if (role, piece.layer) in known else (role, None)
        readers[key].append(piece)
    return [
        (known[key], known.get((key[0] + ".bias", key[1])), those) for key, those in readers.items()
    ]


def _move_gain(gain: Piece, bias: Piece | None, readers: list[Piece], by: Tensor, to: int) -> None:
    gain.view.copy_((gain.view + to) * by - to)
    if bias is not None:
        bias.view.mul_(by)
    for piece in readers:
        act(piece.view, piece.axes.index("hidden"), torch.diag(1 / by))


def rewrite_gains(change: Change, symmetry: Symmetry) -> None:
    random = change.random()
    offset = norms_of(change.checkpoint).offset
    for gain, bias, readers in _served(change.checkpoint):
        by = draw_factors(gain.view.shape[0], random)
        _move_gain(gain, bias, readers, 1 / by if change.undo else by, offset)


def fold(checkpoint: Checkpoint) -> Checkpoint:
    """Make every gain one that has readers only; they take it up."""
    copied = replace(checkpoint, tensors={k: v.clone() for k, v in checkpoint.tensors.items()})
    offset = norms_of(copied).offset
    for gain, bias, readers in _served(copied):
        _move_gain(gain, bias, readers, 1 / (gain.view + offset), offset)
    return copied
