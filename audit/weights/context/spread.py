# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The dispute's statistic, as context: correlation of per-layer standard deviations.

Layers are ordered and their spread follows a trend common to all networks, so no valid
null exists. It is shown because people will ask for it, beside the same statistic of models
that are known to be unrelated, and it never decides.
"""

from __future__ import annotations

import statistics
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from audit import rules
from audit.record.said import Said
from audit.record.weights import Control, ControlSource, Curve, Depths, NullSample, SpreadContext
from audit.weights.model.checkpoint import Checkpoint, units
from audit.weights.model.layout import describe
from audit.weights.pairing.pairs import MAX_LAYERS, Block, Pairing, spread_evenly, window
from audit.weights.statistics.seen import Seen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor

    from audit.inventory import Inventory
    from audit.weights.model.slots import Layout, Slot

MIN_LAYERS = 4
ATTENTION = {role: role for role in ("attn.q", "attn.k", "attn.v", "attn.o")}
"""Roles whose curves are drawn, by their name in a layout."""


class SpreadPoint(NamedTuple):
    """Standard deviation of one paired matrix, and the layers that it stands in."""

    role: str
    layer: int
    reference_layer: int
    suspect: float
    reference: float


@dataclass(frozen=True, slots=True)
class SpreadPoints:
    """One per paired matrix inside the layers."""

    points: tuple[SpreadPoint, ...]


@dataclass(slots=True)
class _Noting:
    found: list[SpreadPoint] = field(default_factory=list)

    def see(self, block: Block) -> None:
        layer, other = block.pair.suspect.layer, block.pair.reference.layer
        if block.is_layer and layer is not None and other is not None and block.suspect.numel():
            sizes = spread(block.suspect), spread(block.reference)
            self.found.append(SpreadPoint(block.pair.role, layer, other, *sizes))

    def done(self) -> Seen:
        return Seen(values=(SpreadPoints(tuple(self.found)),))


def spreading(pairing: Pairing) -> _Noting:  # noqa: ARG001
    """Take part in the one pass over the pairs."""
    return _Noting()


def spread_context(seen: Seen, pairing: Pairing | None = None) -> SpreadContext:
    """Correlate the standard deviations of paired matrices, and measure the same on controls."""
    kept = seen.of(SpreadPoints)
    points = kept.points if kept else ()
    curves = _curves(points)
    per_layer = correlation_by_layer(points)
    controls, left_out = _controls(pairing) if pairing and curves else ((), ())
    depth = (pairing.layouts[0].layers, pairing.layouts[1].layers) if pairing else (0, 0)
    return SpreadContext(
        per_layer=per_layer,
        per_tensor=correlation_by_tensor(points),
        layers=0 if per_layer is None else min(len(c.suspect) for c in curves),
        tensors=len(points),
        curves=curves,
        reason=Said(
            "fewer than {least} layers with attention matrices in common",
            least=MIN_LAYERS,
        )
        if per_layer is None
        else None,
        depth=depth,
        controls=tuple(_beside(c, curves, depth[0]) for c in controls),
        controls_left_out=left_out,
        nulls=_nulls(),
    )


def correlation_by_layer(points: Sequence[SpreadPoint]) -> float | None:
    """Mean over the attention roles of the correlation over depth.

    ``None`` with fewer than four layers in common. Experts of one layer are averaged.
    """
    found = [r for c in _curves(points) if (r := _pearson(c.suspect, c.reference)) is not None]
    return statistics.fmean(found) if found else None


def correlation_by_tensor(points: Sequence[SpreadPoint]) -> float | None:
    """Correlation over all paired matrices; ``None`` with fewer than eight."""
    if len(points) < 8:
        return None
    return _pearson([p.suspect for p in points], [p.reference for p in points])


def spread(values: Tensor) -> float:
    """Standard deviation of all values of one window."""
    return float(values.double().std(correction=0))


def depth_curves(
    layout: Layout, checkpoint: Checkpoint, *, names: Mapping[str, str], most: int | None = None
) -> tuple[Depths, ...]:
    """Standard deviation of each attention role against depth, of one model alone.

    Parameters
    ----------
    names : mapping
        Role in the layout -> role of the curve.
    most : int, optional
        Layers that are read, evenly spread; all of them by default.

    Notes
    -----
    Of each matrix the rows are read that the paired tests read (:func:`~audit.weights.
    alignment.window`), so that the curves of a control and of a comparison mean the same.
    """
    found: dict[str, dict[int, list[Slot]]] = defaultdict(lambda: defaultdict(list))
    for slot in layout.slots:
        if slot.role in names and slot.layer is not None and len(slot.shape) == 2:
            found[names[slot.role]][slot.layer].append(slot)
    curves = []
    for role, layers in sorted(found.items()):
        chosen = sorted(spread_evenly(set(layers), most or len(layers)))
        if len(chosen) >= MIN_LAYERS:
            values = tuple(
                _rounded(statistics.fmean(_read(slot, checkpoint) for slot in layers[i]))
                for i in chosen
            )
            curves.append(Depths(role=role, layers=tuple(chosen), values=values))
    return tuple(curves)


def _read(slot: Slot, checkpoint: Checkpoint) -> float:
    rows = min(units(slot), window(slot.shape[slot.hidden_axis]))
    return spread(checkpoint.rows(slot, 0, rows).nan_to_num(0.0, 0.0, 0.0))


def _controls(pairing: Pairing) -> tuple[tuple[Control, ...], tuple[Said, ...]]:
    """Curves of models that are unrelated to both; given ones before those that we ship."""
    given = [_given(inventory) for inventory in pairing.controls]
    found = [control for control in given if control.curves]
    left = [
        Said(
            "{name} has fewer than {least} layers with attention matrices.",
            name=control.name,
            least=MIN_LAYERS,
        )
        for control in given
        if not control.curves
    ]
    if len(found) >= 2:
        return tuple(found), tuple(left)
    widths = {layout.width for layout in pairing.layouts}
    for model in rules.spread_controls():
        if model.width in widths:
            left.append(
                Said(
                    "{name} was left out: a model of its width may be related to it.",
                    name=model.name,
                )
            )
        else:
            curves = tuple(
                Depths(role=c.role, layers=c.layers, values=c.values) for c in model.curves
            )
            found.append(
                Control(
                    name=model.name,
                    source=ControlSource.SHIPPED,
                    layers=model.layers,
                    origin=Said(
                        "{package}, sha256 {sha256}",
                        package=model.package,
                        sha256=model.sha256[:12],
                    ),
                    curves=curves,
                )
            )
    return tuple(found), tuple(left)


def _beside(control: Control, curves: tuple[Curve, ...], depth: int) -> Control:
    """Add how well the control's curves follow the suspect's, at the suspect's depths."""
    theirs = {c.role: c for c in control.curves}
    found = [
        r
        for c in curves
        if (other := theirs.get(c.role)) is not None
        and (r := _pearson(c.suspect, _at(other, control.layers, c.layers, depth))) is not None
    ]
    return replace(control, correlation=_rounded(statistics.fmean(found)) if found else None)


def _at(curve: Depths, depth: int, layers: Sequence[int], other_depth: int) -> list[float]:
    """Interpolate a curve linearly at the relative depths of another model's layers."""
    places = [i / max(1, depth - 1) for i in curve.layers]
    values = []
    for layer in layers:
        x = layer / max(1, other_depth - 1)
        right = min(max(1, bisect_left(places, x)), len(places) - 1)
        low, high = places[right - 1], places[right]
        part = min(1.0, max(0.0, (x - low) / (high - low)))
        values.append(curve.values[right - 1] * (1 - part) + curve.values[right] * part)
    return values


def _given(inventory: Inventory) -> Control:
    layout = describe(inventory)
    with Checkpoint(inventory) as checkpoint:
        curves = depth_curves(layout, checkpoint, names=ATTENTION, most=MAX_LAYERS)
    return Control(
        name=inventory.name,
        source=ControlSource.GIVEN,
        layers=layout.layers,
        origin=Said("given with --control"),
        curves=curves,
    )


def _nulls() -> tuple[NullSample, ...]:
    return tuple(
        NullSample(
            statistic=null.statistic,
            population=Said.plain(null.population),
            models=null.models,
            values=null.values,
        )
        for null in rules.spread_nulls()
    )


def _curves(points: Sequence[SpreadPoint]) -> tuple[Curve, ...]:
    by_role: dict[str, dict[int, list[SpreadPoint]]] = defaultdict(lambda: defaultdict(list))
    for point in points:
        if point.role.startswith("attn."):
            by_role[point.role][point.layer].append(point)
    return tuple(
        Curve(
            role=role,
            suspect=tuple(_mean(layers[i], "suspect") for i in sorted(layers)),
            reference=tuple(_mean(layers[i], "reference") for i in sorted(layers)),
            layers=tuple(sorted(layers)),
            reference_layers=tuple(layers[i][0].reference_layer for i in sorted(layers)),
        )
        for role, layers in sorted(by_role.items())
        if len(layers) >= MIN_LAYERS
    )


def _mean(points: list[SpreadPoint], side: str) -> float:
    return _rounded(statistics.fmean(getattr(p, side) for p in points))


def _rounded(value: float) -> float:
    return float(f"{value:.5g}")


def _pearson(a: Sequence[float], b: Sequence[float]) -> float | None:
    """Pearson correlation; ``None`` when one side does not vary."""
    if len(a) < 3 or len(set(a)) == 1 or len(set(b)) == 1:
        return None
    return statistics.correlation(a, b)
