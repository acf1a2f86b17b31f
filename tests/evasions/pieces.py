# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A checkpoint cut into matrices and vectors by its family file, and maps along their axes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

import torch
from torch import Tensor

from audit.weights.model.families import Family, TensorRule


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


def draw_order(count: int, random: torch.Generator) -> Tensor:
    """Draw an order as a matrix; it is another than the present one wherever there are two."""
    return torch.eye(count, dtype=torch.double)[draw_renumbering(count, random)]


def draw_renumbering(count: int, random: torch.Generator) -> Tensor:
    while True:
        order = torch.randperm(count, generator=random)
        if count < 2 or not torch.equal(order, torch.arange(count)):
            return order


def draw_factors(count: int, random: torch.Generator) -> Tensor:
    return torch.exp(0.5 * torch.randn(count, generator=random, dtype=torch.double))


@dataclass(frozen=True, kw_only=True)
class Change:
    """One application: random numbers by purpose, and maps that may be turned round."""

    checkpoint: Checkpoint
    seed: int
    undo: bool

    def random(self) -> torch.Generator:
        return torch.Generator().manual_seed(self.seed)

    def way(self, maps: Tensor) -> Tensor:
        return torch.linalg.inv(maps) if self.undo else maps
