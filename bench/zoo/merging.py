# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Merges of models that descend from one base, and of parts of unrelated ones."""

from collections.abc import Callable
from dataclasses import replace

import torch

from bench.zoo.recipes import EMBED, HEAD, Model, with_weights
from examples.tinylm.training import Weights


def linear(model: Model, base: Model, others: list[Model]) -> Model:
    """The mean of all (Wortsman et al. 2022)."""
    del base
    return _each(model, others, lambda values, _: torch.stack(values).mean(0))


def slerp(model: Model, base: Model, others: list[Model]) -> Model:
    """Halfway along the great circle between two (Shoemake 1985, as mergekit applies it)."""
    del base

    def between(values: list[torch.Tensor], _: str) -> torch.Tensor:
        a, b = values[0], values[1]
        cosine = (a * b).sum() / (a.norm() * b.norm()).clamp(min=1e-12)
        angle = torch.acos(cosine.clamp(-0.999999, 0.999999))
        return (a + b) * (torch.sin(angle / 2) / torch.sin(angle))

    return _each(model, others, between)


def ties(model: Model, base: Model, others: list[Model]) -> Model:
    """Trim to the largest fifth, elect a sign, average what agrees (Yadav et al. 2023)."""

    def elected(values: list[torch.Tensor], key: str) -> torch.Tensor:
        origin = base.weights[key]
        kept = torch.stack([_largest(v - origin, 0.2) for v in values])
        sign = kept.sum(0).sign()
        agrees = (kept.sign() == sign) & (kept != 0)
        return origin + (kept * agrees).sum(0) / agrees.sum(0).clamp(min=1)

    return _each(model, others, elected)


def dare(model: Model, base: Model, others: list[Model]) -> Model:
    """Drop nine tenths of each change at random, scale up the rest, average (Yu et al. 2024)."""
    random = model.random("dare")

    def thinned(values: list[torch.Tensor], key: str) -> torch.Tensor:
        origin = base.weights[key]
        drop = [(torch.rand(v.shape, generator=random) < 0.1) * (v - origin) * 10 for v in values]
        return origin + torch.stack(drop).mean(0)

    return _each(model, others, thinned)


def borrow_tables(model: Model, base: Model, others: list[Model]) -> Model:
    """The embeddings of ``base`` over the layers of another model."""
    del others
    tables = {k: v for k, v in base.weights.items() if k in (EMBED, HEAD)}
    tied = HEAD not in tables
    body = {k: v for k, v in model.weights.items() if k not in (EMBED, HEAD)}
    return with_weights(model, body | tables, replace(model.shape, tied=tied))


def borrow_layers(model: Model, base: Model, others: list[Model]) -> Model:
    """The layers of ``base`` under the embeddings and output rows of another model."""
    del others
    own = {k: v for k, v in model.weights.items() if k in (EMBED, HEAD)}
    body = {k: v for k, v in base.weights.items() if k not in (EMBED, HEAD)}
    return with_weights(model, body | own, model.shape)


def _largest(change: torch.Tensor, share: float) -> torch.Tensor:
    count = max(1, int(change.numel() * share))
    bar = change.abs().flatten().topk(count).values[-1]
    return torch.where(change.abs() >= bar, change, torch.zeros(()))


def _each(
    model: Model, others: list[Model], of: Callable[[list[torch.Tensor], str], torch.Tensor]
) -> Model:
    parents = [model, *others]
    merged: Weights = {k: of([p.weights[k] for p in parents], k) for k in model.weights}
    return with_weights(model, merged)


MERGES: dict[str, Callable[[Model, Model, list[Model]], Model]] = {
    f.__name__: f for f in (linear, slerp, ties, dare, borrow_tables, borrow_layers)
}
"""Every merge by its name; each takes the first parent, the common base, further parents."""
