# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a comparison has established so far: evidence rows, and values that statistics hand on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from audit.record.weights import Evidence
from audit.weights.nulls.containment import Window
from audit.weights.nulls.matching import ColumnMap, MonotoneMatch
from audit.weights.nulls.neuron_shapes import Place

_Value = TypeVar("_Value")
Levels = Mapping[str, tuple[Window, ...]]
"""Component -> the windows of the layers; see :func:`outside` for tables."""


def outside(component: str) -> str:
    """Name the tables of a component outside the layers, whose windows are kept apart."""
    return f"{component} outside the layers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """It only grows. ``values`` are frozen, and asked for by their type."""

    rows: tuple[Evidence, ...] = ()
    values: tuple[object, ...] = ()

    def __add__(self, more: Seen) -> Seen:
        return Seen(rows=self.rows + more.rows, values=self.values + more.values)

    def all(self, kind: type[_Value]) -> tuple[_Value, ...]:
        """Return every value of one type, in the order in which they came."""
        return tuple(value for value in self.values if isinstance(value, kind))

    def of(self, kind: type[_Value]) -> _Value | None:
        """Return the value of one type; of several the last, which was made knowing the others."""
        return next(reversed(self.all(kind)), None)

    @property
    def computed(self) -> tuple[Evidence, ...]:
        """The rows of tests that gave a number."""
        return tuple(row for row in self.rows if row.is_computed)


@dataclass(frozen=True, slots=True, kw_only=True)
class EqualValues:
    """Every value of both models was compared: ``share`` of them is equal."""

    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EqualParts:
    """Equal values, whatever the layout: shares of each side, and where they lie.

    ``matrices`` counts tensors of more than one axis, ``values`` what they hold; ``in_order``
    says that most of them stand in the reference's order.
    """

    share: float
    back: float
    matrices: int
    values: int
    in_order: bool
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InPlace:
    """Component -> log10 p-value of its rows, compared where they stand."""

    log10_p: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contained:
    """How much of one model the other contains, rows as they are stored."""

    levels: Levels


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """Share of the values of paired matrices that are the reference's, rounded or set to zero."""

    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GainsMoved:
    """Whether gains of the suspect, of the reference, vary as training makes them vary.

    Those of a random start are all one.
    """

    sides: tuple[bool, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidualMap:
    """Which residual dimension is which, where they do not stand where they stood.

    ``source`` is the role of the tables that show it.
    """

    columns: ColumnMap
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """What the layers say once ``found`` is applied.

    ``correlations`` of rows, by component; ``levels`` on rows that agree in place or, where
    they do not, on matched rows.
    """

    found: ResidualMap
    correlations: Mapping[str, float]
    levels: Levels

    @property
    def in_order(self) -> bool:
        """Whether the map only left dimensions out."""
        return self.found.columns.in_order


@dataclass(frozen=True, slots=True, kw_only=True)
class Unrotated:
    """What the layers contain once a rotation of the residual stream is undone."""

    levels: Levels


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """Across widths: residual dimensions that choose each other, by the component that shows it."""

    components: Mapping[str, MonotoneMatch]


@dataclass(frozen=True, slots=True, kw_only=True)
class NeuronOrder:
    """``rising`` of ``mutual`` matched neurons keep their order, over all blocks.

    ``share`` relates that to the neurons that could have.
    """

    log10_p: float
    rising: int
    mutual: int
    share: float
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Children:
    """Rows of planted children, by their correlation with the parent: one tuple per child."""

    rows: Mapping[float, tuple[tuple[Evidence, ...], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitMatch:
    """A unit of the suspect under a change of basis that was fitted to others.

    ``score`` is the held-out correlation with the reference's unit that corresponds, at most 1;
    ``runner_up`` that with the best in another layer, 0 if there is none. ``contained`` estimates
    which share of one side's weights is present in the other's.
    """

    suspect: Place
    reference: Place
    score: float
    runner_up: float
    contained: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """A calibrated score beside the controls.

    ``controls`` independent comparisons were made, ``own_controls`` of them in this audit;
    ``best_control`` is the best score among all. ``stands_out`` says that every condition of
    the test holds, ``contested`` that it would but for a control of this audit. ``contained`` is
    the largest share, over the units that stand out, of one side's weights that the other's
    contain; ``None`` where none does. ``alike`` puts it in words.
    """

    test: str
    scope: str
    statistic: float
    n: int
    controls: int
    best_control: float
    beats_controls: bool
    stands_out: bool
    alike: str
    contained: float | None = None
    own_controls: int = 0
    contested: bool = False
    clear: int = 0
    """Units that look alike, each by itself."""
    sought: int = 0
    """Units that had to be searched for; ``n`` of them could be."""
