# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Makes from a family file the disguises that the family declares to be free.

Tensors are found by role and axis alone. Every change but a renumbering of whole experts is
a linear map along one axis of a tensor, and its inverse transpose along another.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

import torch
from torch import Tensor

from audit.weights import families
from audit.weights.families import MAIN, Family, TensorRule
from audit.weights.symmetries import (
    ExpertPermutation,
    HeadPermutation,
    HiddenPermutation,
    HiddenRotation,
    NeuronScaling,
    Symmetry,
)

UNITS = {"q": "query", "k": "value", "v": "value"}


class NotFreeHereError(Exception):
    """The family declares the symmetry, and this checkpoint lacks what it needs."""


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """Tensors in double precision with the family and configuration that explain them."""

    family: Family
    config: dict[str, Any]
    tensors: dict[str, Tensor]

    @property
    def prefix(self) -> str:
        return self.family.prefix(self.tensors) or ""

    def setting(self, stream: str, *keys: str) -> int | None:
        nested = self.config.get(self.family.settings.get(stream, "text_config"), {})
        settings = {**self.config, **(nested if isinstance(nested, dict) else {})}
        return next((settings[key] for key in keys if settings.get(key) is not None), None)


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One matrix or vector: a view of a stored tensor, or of one expert's or part's share."""

    name: str
    role: str
    axes: list[str]
    layer: int | None
    expert: int | None
    rule: TensorRule
    view: Tensor

    @property
    def letter(self) -> str:
        """``mlp.up.bias`` -> ``up``."""
        return self.role.removesuffix(".bias").rpartition(".")[2]

    @property
    def attention(self) -> str | None:
        """``decoder.cross.q`` -> ``decoder.cross``; norms and biases by head follow."""
        segments = self.role.split(".")
        for word in ("attn", "cross"):
            if word in segments and "norm" not in segments:
                return ".".join(segments[: segments.index(word) + 1])
        stack = "" if segments[0] in ("norm", "embed") else segments[0] + "."
        return f"{stack}attn" if "head" in self.axes else None

    @property
    def is_gain(self) -> bool:
        return "norm" in self.role.split(".") and not self.role.endswith(".bias")


def pieces(checkpoint: Checkpoint) -> list[Piece]:
    """Cut every explained tensor into views that may be written to."""
    out = []
    for name, tensor in checkpoint.tensors.items():
        match = checkpoint.family.match(name, checkpoint.prefix)
        if match is None:
            continue
        whole = Piece(
            name=name,
            role=match.rule.role or "",
            axes=list(match.rule.axes),
            layer=match.layer,
            expert=match.expert,
            rule=match.rule,
            view=tensor,
        )
        stacked = tensor.dim() == 3 and whole.axes[0] == "expert"
        for one in _experts(whole) if stacked else [whole]:
            out += list(_parts(checkpoint, one))
    return out


def _experts(whole: Piece) -> Iterator[Piece]:
    for index in range(whole.view.shape[0]):
        yield replace(whole, axes=whole.axes[1:], expert=index, view=whole.view[index])


def _parts(checkpoint: Checkpoint, whole: Piece) -> Iterator[Piece]:
    """Yield the parts of a fused matrix; a bias is cut as its matrix is."""
    rule, bias = whole.rule, ""
    if whole.name.endswith(".bias"):
        matrix = whole.name.removesuffix("bias") + "weight"
        match = checkpoint.family.match(matrix, checkpoint.prefix)
        rule, bias = (match.rule, ".bias") if match and match.rule.parts else (rule, "")
    if not rule.parts:
        yield whole
        return
    heads = checkpoint.family.heads
    counts = {
        "query": checkpoint.setting(rule.stream, *heads.query),
        "value": checkpoint.setting(rule.stream, *heads.value),
    }
    shares = [counts[p.share] if isinstance(p.share, str) else p.share for p in rule.parts]
    known = [share or 0 for share in shares]
    axis = next(i for i, a in enumerate(whole.axes) if a != "hidden")
    size = whole.view.shape[axis] // sum(known)
    starts = accumulate(known, initial=0)
    for part, share, start in zip(rule.parts, known, starts, strict=False):
        axes = list(whole.axes)
        axes[axis] = part.axis
        view = whole.view.narrow(axis, start * size, share * size)
        yield replace(whole, role=part.role + bias, axes=axes, view=view)


def act(view: Tensor, axis: int, maps: Tensor) -> None:
    """Map the blocks of an axis, in place.

    ``maps`` of shape (size, size) maps every block of that size; of shape (n, size, size) it
    maps blocks that stand in n equal runs, each run by its own map.
    """
    runs = maps if maps.dim() == 3 else maps[None]
    blocks = view.unflatten(axis, (runs.shape[0], -1, runs.shape[-1]))
    moved = blocks.movedim((axis, axis + 1, axis + 2), (-3, -2, -1))
    changed = torch.einsum("...rbd,red->...rbe", moved, runs)
    back = changed.movedim((-3, -2, -1), (axis, axis + 1, axis + 2))
    view.copy_(back.reshape(view.shape))


def dual(maps: Tensor) -> Tensor:
    """Return what undoes a map where its output is read."""
    return torch.linalg.inv(maps).mT


def _order(count: int, random: torch.Generator) -> Tensor:
    """Draw an order as a matrix; it is another than the present one wherever there are two."""
    return torch.eye(count, dtype=torch.double)[_renumbering(count, random)]


def _renumbering(count: int, random: torch.Generator) -> Tensor:
    while True:
        order = torch.randperm(count, generator=random)
        if count < 2 or not torch.equal(order, torch.arange(count)):
            return order


def _factors(count: int, random: torch.Generator) -> Tensor:
    return torch.exp(0.5 * torch.randn(count, generator=random, dtype=torch.double))


@dataclass(frozen=True, kw_only=True)
class _Change:
    """One application: random numbers by purpose, and maps that may be turned round."""

    checkpoint: Checkpoint
    seed: int
    undo: bool

    def random(self) -> torch.Generator:
        return torch.Generator().manual_seed(self.seed)

    def way(self, maps: Tensor) -> Tensor:
        return torch.linalg.inv(maps) if self.undo else maps


def disguise(
    checkpoint: Checkpoint, symmetry: Symmetry, seed: int, *, undo: bool = False
) -> Checkpoint:
    """Return the checkpoint changed by one declared symmetry.

    A rotation first moves all gains into the matrices (:func:`fold`). ``undo`` applies the
    inverse of the same draw, which gives back what the draw was applied to.

    Raises
    ------
    NotFreeHereError
        If the checkpoint lacks a tensor that the change has to make up for it in.
    """
    start = checkpoint
    if isinstance(symmetry, HiddenRotation) and not undo:
        start = fold(untie(checkpoint))
    copied = replace(start, tensors={k: v.clone() for k, v in start.tensors.items()})
    change = _Change(checkpoint=copied, seed=seed, undo=undo)
    if isinstance(symmetry, ExpertPermutation):
        return _permute_experts(change, symmetry)
    _CHANGES[symmetry.kind](change, symmetry)
    return copied


# The residual stream.


def _widths(checkpoint: Checkpoint) -> dict[str, int]:
    """The width of each stream, as its anchor shows it."""
    found = {}
    for stream, anchors in checkpoint.family.anchors.items():
        for piece in pieces(checkpoint):
            if piece.name.removeprefix(checkpoint.prefix) in anchors:
                found.setdefault(stream, piece.view.shape[piece.axes.index("hidden")])
    return found


def _on_the_stream(change: _Change, maps: dict[str, Tensor]) -> None:
    """Map every residual axis; a gain takes part in orders alone, not in signs."""
    for piece in pieces(change.checkpoint):
        if piece.rule.stream not in maps:
            continue
        turned = maps[piece.rule.stream]
        for axis, meaning in enumerate(piece.axes):
            if meaning == "hidden":
                act(piece.view, axis, turned.abs() if piece.is_gain else turned)


def _permute_hidden(change: _Change, symmetry: Symmetry) -> None:
    assert isinstance(symmetry, HiddenPermutation)
    random, maps = change.random(), {}
    for stream, width in sorted(_widths(change.checkpoint).items()):
        count = width if symmetry.sign == "each" else 1
        signs = torch.randint(2, (count,), generator=random, dtype=torch.double) * 2 - 1
        signs = signs if symmetry.sign == "each" else -torch.ones(1, dtype=torch.double)
        maps[stream] = change.way(_order(width, random) * signs)
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


def _rotate_hidden(change: _Change, symmetry: Symmetry) -> None:
    assert isinstance(symmetry, HiddenRotation)
    offset = _norms(change.checkpoint).offset
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


def _norms(checkpoint: Checkpoint) -> families.Norms:
    assert checkpoint.family.norms is not None
    return checkpoint.family.norms


def _is_tied(checkpoint: Checkpoint) -> bool:
    """Whether the embedding table also is the output table; most configurations only say no."""
    found = {p.role for p in pieces(checkpoint)}
    declared = checkpoint.setting(MAIN, "tie_word_embeddings")
    if declared is not None:
        return bool(declared)
    before = _norms(checkpoint).before
    heads = {role for role, gain in before.items() if gain == before.get("unembed")}
    return any(rule.tied for rule in checkpoint.family.head) and not heads & found


def untie(checkpoint: Checkpoint) -> Checkpoint:
    """Store the output table beside the embedding table, where there is only one for both."""
    names = [rule.name for rule in checkpoint.family.head if rule.tied]
    if not names or not _is_tied(checkpoint):
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
    before = _norms(checkpoint).before
    readers = defaultdict(list)
    known = {(p.role, p.layer): p for p in found}
    for piece in found:
        role = before.get(piece.role)
        if role is None or (piece.role == "unembed" and _is_tied(checkpoint)):
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


def _rewrite_gains(change: _Change, symmetry: Symmetry) -> None:
    random = change.random()
    offset = _norms(change.checkpoint).offset
    for gain, bias, readers in _served(change.checkpoint):
        by = _factors(gain.view.shape[0], random)
        _move_gain(gain, bias, readers, 1 / by if change.undo else by, offset)


def fold(checkpoint: Checkpoint) -> Checkpoint:
    """Make every gain one that has readers only; they take it up."""
    copied = replace(checkpoint, tensors={k: v.clone() for k, v in checkpoint.tensors.items()})
    offset = _norms(copied).offset
    for gain, bias, readers in _served(copied):
        _move_gain(gain, bias, readers, 1 / (gain.view + offset), offset)
    return copied


# Neurons.


def _neurons(checkpoint: Checkpoint) -> dict[tuple[str, int | None, int | None], list[Piece]]:
    groups = defaultdict(list)
    for piece in pieces(checkpoint):
        if "inter" in piece.axes:
            block = piece.role.removesuffix(".bias").rpartition(".")[0]
            groups[(block, piece.layer, piece.expert)].append(piece)
    return groups


def _permute_neurons(change: _Change, symmetry: Symmetry) -> None:
    random = change.random()
    for group in _neurons(change.checkpoint).values():
        count = group[0].view.shape[group[0].axes.index("inter")]
        order = change.way(_order(count, random))
        for piece in group:
            act(piece.view, piece.axes.index("inter"), order)


def _scale_neurons(change: _Change, symmetry: Symmetry) -> None:
    assert isinstance(symmetry, NeuronScaling)
    random = change.random()
    for group in _neurons(change.checkpoint).values():
        count = group[0].view.shape[group[0].axes.index("inter")]
        by = _factors(count, random)
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


def _permute_heads(change: _Change, symmetry: Symmetry) -> None:
    assert isinstance(symmetry, HeadPermutation)
    random = change.random()
    joint: dict[str, Tensor] = {}
    for (name, _), attention in _attentions(change.checkpoint).items():
        order = _order(attention.heads, random)
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


def _mix(change: _Change, first: str, second: str, draw: Callable[[int, int], Tensor]) -> None:
    """Map the dimensions of each head in one place and undo it in another."""
    for attention in _attentions(change.checkpoint).values():
        letters = {p.letter for p in attention.pieces}
        if not {first, second} <= letters:
            raise NotFreeHereError("queries, keys and values are not told apart")
        maps = change.way(draw(attention.heads, attention.size(first)))
        for piece in attention.pieces:
            if piece.letter in (first, second) and not piece.is_gain:
                act(piece.view, _head_axis(piece), maps if piece.letter == first else dual(maps))


def _mix_values(change: _Change, symmetry: Symmetry) -> None:
    _mix(change, "v", "o", _invertible(change))


def _mix_queries(change: _Change, symmetry: Symmetry) -> None:
    _mix(change, "k", "q", _invertible(change))


def _invertible(change: _Change) -> Callable[[int, int], Tensor]:
    random = change.random()

    def draw(heads: int, size: int) -> Tensor:
        noise = torch.randn(heads, size, size, generator=random, dtype=torch.double)
        return torch.eye(size, dtype=torch.double) + 0.5 * noise / math.sqrt(size)

    return draw


def _turn_frequencies(change: _Change, symmetry: Symmetry) -> None:
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
        scale = _factors(heads * half, random).view(heads, half)
        maps = torch.zeros(heads, size, size, dtype=torch.double)
        maps[:, first, first] = maps[:, second, second] = angle.cos() * scale
        maps[:, second, first], maps[:, first, second] = (
            angle.sin() * scale,
            -angle.sin() * scale,
        )
        return maps

    _mix(change, "k", "q", draw)


# Tokens and experts.


def _permute_vocabulary(change: _Change, symmetry: Symmetry) -> None:
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


def _permute_experts(change: _Change, symmetry: ExpertPermutation) -> Checkpoint:
    checkpoint = change.checkpoint
    random, out = change.random(), dict(checkpoint.tensors)
    routers = {p.layer: p for p in pieces(checkpoint) if p.role == "router"}
    if not routers:
        raise NotFreeHereError("there are no experts")
    for layer, router in routers.items():
        count = router.view.shape[0]
        groups = (checkpoint.setting(MAIN, symmetry.groups) if symmetry.groups else None) or 1
        order = torch.cat(
            [g[_renumbering(len(g), random)] for g in torch.arange(count).chunk(groups)]
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


_CHANGES: dict[str, Callable[[_Change, Symmetry], None]] = {
    "hidden-permutation": _permute_hidden,
    "hidden-rotation": _rotate_hidden,
    "neuron-permutation": _permute_neurons,
    "neuron-scaling": _scale_neurons,
    "head-permutation": _permute_heads,
    "rotary-rotation": _turn_frequencies,
    "query-key-mixing": _mix_queries,
    "value-mixing": _mix_values,
    "gain-rewriting": _rewrite_gains,
    "vocabulary-permutation": _permute_vocabulary,
}
