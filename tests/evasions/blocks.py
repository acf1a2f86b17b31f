# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Changes inside layers: neurons (G2, G6), heads (G4, G7, G9), experts (G8) and tokens (G11)."""

import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from audit.weights.model.families import MAIN
from audit.weights.model.symmetries import (
    ExpertPermutation,
    HeadPermutation,
    NeuronScaling,
    Symmetry,
)
from tests.evasions.pieces import (
    Change,
    Checkpoint,
    NotFreeHereError,
    Piece,
    act,
    draw_factors,
    draw_order,
    draw_renumbering,
    dual,
    pieces,
)

# Neurons.


def _neurons(checkpoint: Checkpoint) -> dict[tuple[str, int | None, int | None], list[Piece]]:
    groups = defaultdict(list)
    for piece in pieces(checkpoint):
        if "inter" in piece.axes:
            block = piece.role.removesuffix(".bias").rpartition(".")[0]
            groups[(block, piece.layer, piece.expert)].append(piece)
    return groups


def permute_neurons(change: Change, symmetry: Symmetry) -> None:
    random = change.random()
    for group in _neurons(change.checkpoint).values():
        count = group[0].view.shape[group[0].axes.index("inter")]
        order = change.way(draw_order(count, random))
        for piece in group:
            act(piece.view, piece.axes.index("inter"), order)


def scale_neurons(change: Change, symmetry: Symmetry) -> None:
    assert isinstance(symmetry, NeuronScaling)
    random = change.random()
    for group in _neurons(change.checkpoint).values():
        count = group[0].view.shape[group[0].axes.index("inter")]
        by = draw_factors(count, random)
        if symmetry.sign == "any":
            by = by * torch.randn(count, generator=random, dtype=torch.double).sign()
        maps = change.way(torch.diag(by))
        for piece in group:
            if piece.letter in ("up", "down"):
                act(
                    piece.view,
                    piece.axes.index("inter"),
                    maps if piece.letter == "up" else dual(maps),
                )


# Heads.


@dataclass(frozen=True, kw_only=True)
class _Attention:
    """The pieces of one attention, and how many heads have keys and values of their own."""

    heads: int
    pieces: list[Piece]

    def size(self, letter: str) -> int:
        """Dimensions of one head of the queries, keys or values."""
        piece = next(p for p in self.pieces if p.letter == letter)
        return piece.view.shape[_head_axis(piece)] // self.heads


def _head_axis(piece: Piece) -> int:
    return next(i for i, a in enumerate(piece.axes) if a in ("head", "value"))


def _attentions(checkpoint: Checkpoint) -> dict[tuple[str, int | None], _Attention]:
    groups = defaultdict(list)
    for piece in pieces(checkpoint):
        if piece.attention and {"head", "value"} & set(piece.axes):
            groups[(piece.attention, piece.layer)].append(piece)
    found = {}
    for key, members in groups.items():
        own = next((p.rule.heads for p in members if p.rule.heads), None)
        keys = [own] if own else checkpoint.family.heads.value
        heads = checkpoint.setting(members[0].rule.stream, *keys)
        assert heads is not None
        found[key] = _Attention(heads=heads, pieces=members)
    return found


def permute_heads(change: Change, symmetry: Symmetry) -> None:
    assert isinstance(symmetry, HeadPermutation)
    random = change.random()
    joint: dict[str, Tensor] = {}
    for (name, _), attention in _attentions(change.checkpoint).items():
        order = draw_order(attention.heads, random)
        if symmetry.layers == "joint":
            order = joint.setdefault(name, order)
        order = change.way(order)
        for piece in attention.pieces:
            if not _is_shared(piece, attention):
                axis = _head_axis(piece)
                blocks = piece.view.unflatten(axis, (attention.heads, -1))
                act(blocks, axis, order)


def _is_shared(piece: Piece, attention: _Attention) -> bool:
    """Whether a gain serves the dimensions of every head alike."""
    if not piece.is_gain:
        return False
    rows = next(p for p in attention.pieces if p.letter == piece.letter and not p.is_gain)
    return piece.view.shape[0] < rows.view.shape[_head_axis(rows)]


def _mix(change: Change, first: str, second: str, draw: Callable[[int, int], Tensor]) -> None:
    """Map the dimensions of each head in one place and undo it in another."""
    for attention in _attentions(change.checkpoint).values():
        letters = {p.letter for p in attention.pieces}
        if not {first, second} <= letters:
            raise NotFreeHereError("queries, keys and values are not told apart")
        maps = change.way(draw(attention.heads, attention.size(first)))
        for piece in attention.pieces:
            if piece.letter in (first, second) and not piece.is_gain:
                act(piece.view, _head_axis(piece), maps if piece.letter == first else dual(maps))


def mix_values(change: Change, symmetry: Symmetry) -> None:
    _mix(change, "v", "o", _invertible(change))


def mix_queries(change: Change, symmetry: Symmetry) -> None:
    _mix(change, "k", "q", _invertible(change))


def _invertible(change: Change) -> Callable[[int, int], Tensor]:
    random = change.random()

    def draw(heads: int, size: int) -> Tensor:
        noise = torch.randn(heads, size, size, generator=random, dtype=torch.double)
        return torch.eye(size, dtype=torch.double) + 0.5 * noise / math.sqrt(size)

    return draw


def turn_frequencies(change: Change, symmetry: Symmetry) -> None:
    random = change.random()
    found = pieces(change.checkpoint)
    if any(p.is_gain and "head" in p.axes for p in found):
        raise NotFreeHereError("queries and keys are normalised")
    apart = not any(p.rule.interleaved for p in found)

    def draw(heads: int, size: int) -> Tensor:
        half = size // 2
        first = torch.arange(half) if apart else torch.arange(half) * 2
        second = first + half if apart else first + 1
        angle = torch.rand(heads, half, generator=random, dtype=torch.double) * math.tau
        scale = draw_factors(heads * half, random).view(heads, half)
        maps = torch.zeros(heads, size, size, dtype=torch.double)
        maps[:, first, first] = maps[:, second, second] = angle.cos() * scale
        maps[:, second, first], maps[:, first, second] = (
            angle.sin() * scale,
            -angle.sin() * scale,
        )
        return maps

    _mix(change, "k", "q", draw)


# Tokens and experts.


def permute_vocabulary(change: Change, symmetry: Symmetry) -> None:
    order = change.way(_tokens(change.checkpoint, change.seed))
    for piece in pieces(change.checkpoint):
        for axis, meaning in enumerate(piece.axes):
            if meaning == "vocab":
                act(piece.view, axis, order)


def new_ids(checkpoint: Checkpoint, seed: int) -> Tensor:
    """Map each old token id to its number in the disguised checkpoint."""
    return _tokens(checkpoint, seed).argmax(0)


def _tokens(checkpoint: Checkpoint, seed: int) -> Tensor:
    table = next((p for p in pieces(checkpoint) if p.role == "embed"), None)
    if table is None:
        raise NotFreeHereError("there is no embedding table")
    count = table.view.shape[table.axes.index("vocab")]
    named = {
        checkpoint.setting(table.rule.stream, f"{word}_token_id")
        for word in ("pad", "bos", "eos", "decoder_start")
    }
    free = torch.tensor([i for i in range(count) if i not in named])
    order = torch.arange(count)
    random = torch.Generator().manual_seed(seed)
    order[free] = free[torch.randperm(len(free), generator=random)]
    return torch.eye(count, dtype=torch.double)[order]


def permute_experts(change: Change, symmetry: ExpertPermutation) -> Checkpoint:
    checkpoint = change.checkpoint
    random, out = change.random(), dict(checkpoint.tensors)
    routers = {p.layer: p for p in pieces(checkpoint) if p.role == "router"}
    if not routers:
        raise NotFreeHereError("there are no experts")
    for layer, router in routers.items():
        count = router.view.shape[0]
        groups = (checkpoint.setting(MAIN, symmetry.groups) if symmetry.groups else None) or 1
        order = torch.cat(
            [g[draw_renumbering(len(g), random)] for g in torch.arange(count).chunk(groups)]
        )
        _renumber(checkpoint, layer, order.argsort() if change.undo else order, out)
    return replace(checkpoint, tensors=out)


def _renumber(
    checkpoint: Checkpoint, layer: int | None, order: Tensor, out: dict[str, Tensor]
) -> None:
    """Write one layer's experts in another order, stacked or each under its own name."""
    places = {old: new for new, old in enumerate(order.tolist())}
    for name, tensor in checkpoint.tensors.items():
        match = checkpoint.family.match(name, checkpoint.prefix)
        if match is None or match.layer != layer:
            continue
        if match.expert is not None:
            start, end = match.rule.pattern.fullmatch(name.removeprefix(checkpoint.prefix)).span(
                "expert"
            )  # type: ignore[union-attr]
            at = len(name) - len(name.removeprefix(checkpoint.prefix))
            moved = name[: at + start] + str(places[match.expert]) + name[at + end :]
            out[moved] = tensor
        elif "expert" in match.rule.axes:
            axis = match.rule.axes.index("expert")
            if tensor.shape[axis] == len(order):
                out[name] = tensor.index_select(axis, order)
