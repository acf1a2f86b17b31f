# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What unrelated models give (``rules/controls/``): shown beside a result, never a threshold."""

from functools import cache
from typing import Annotated, Literal

from pydantic import Field

from audit import resources
from audit.rules.loading import Strict, Words, load_one


class DepthCurve(Strict):
    """Standard deviation of one role in each of ``layers``."""

    role: Words
    layers: tuple[int, ...]
    values: tuple[float, ...]


class SpreadControl(Strict):
    """One published model: the digest of its weights, and its curves.

    ``width`` (of the residual stream) tells which audited models may be related to it.
    """

    name: Words
    package: Words
    sha256: Words
    width: int
    layers: int
    curves: tuple[DepthCurve, ...]


class SpreadNull(Strict):
    """Correlations over pairs of unrelated models, ascending; ``models`` took part."""

    statistic: Literal["per_tensor", "per_layer"]
    population: Words
    models: int
    values: tuple[float, ...]


class NullRate(Strict):
    """The smallest uncorrected p-value of one exact test in its calibration."""

    test: Words
    scope: Words
    least_log10_p: float


class Likeness(Strict):
    """Pairs whose history is known: the correlation of the most alike part of each, ascending."""

    what: Words
    sizes: Annotated[tuple[float, ...], Field(min_length=1)]


class _Likeness(Strict):
    schema_version: Literal[1]
    groups: tuple[Likeness, ...]


class _Spread(Strict):
    schema_version: Literal[1]
    models: tuple[SpreadControl, ...]
    nulls: tuple[SpreadNull, ...]


class _LeastP(Strict):
    schema_version: Literal[1]
    rates: tuple[NullRate, ...]


def spread_controls() -> tuple[SpreadControl, ...]:
    """Return the published models whose curves are shipped."""
    return _spread().models


def spread_nulls() -> tuple[SpreadNull, ...]:
    """Return what unrelated pairs give on the statistic of the dispute."""
    return _spread().nulls


@cache
def null_rates() -> tuple[NullRate, ...]:
    """Return what independent pairs gave on each exact test (``least_p.yaml``)."""
    path = resources.tree("rules") / "controls" / "least_p.yaml"
    return load_one(path, _LeastP).rates


@cache
def likeness() -> tuple[Likeness, ...]:
    """Return how alike pairs of known history are (``likeness.yaml``)."""
    return load_one(resources.tree("rules") / "controls" / "likeness.yaml", _Likeness).groups


@cache
def _spread() -> _Spread:
    return load_one(resources.tree("rules") / "controls" / "spread.yaml", _Spread)
