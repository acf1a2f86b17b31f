# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The maps of layers and experts: the record's numbers, and the words that stand beside them."""

from dataclasses import dataclass

from audit.record.agreement_map import AgreementMap, MapControl, MapKind
from audit.record.weights import Comparison
from audit.report import charts
from audit.report.wording import clip
from audit.text.numbers import count

_STEPS = (25, 50, 75)
"""Per cent from which on the darker shades stand; the lightest starts above chance."""
_MOST_NOISE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class MapView:
    """One map beside its control, and the caption that says how both were made."""

    chart: charts.HeatChart
    caption: str


def maps(comparison: Comparison, reference: str) -> tuple[MapView, ...]:
    """Return the maps that were made, in the order of the record."""
    return tuple(
        MapView(chart=_chart(found, reference), caption=_caption(found))
        for found in comparison.maps
        if found.values and found.control
    )


def no_maps(comparison: Comparison) -> str:
    """Say why there is no map; empty where there is one or nothing was compared."""
    if not comparison.maps_reason:
        return ""
    return f"No map of the layers is drawn: {clip(comparison.maps_reason, 200)}."


def _chart(found: AgreementMap, reference: str) -> charts.HeatChart:
    first = min(found.noise, _MOST_NOISE) + 1
    partners = tuple(_partner(row, found.noise) for row in found.values)
    rows, columns = _axes(found)
    what = "experts" if found.kind is MapKind.EXPERTS else "layers"
    return charts.HeatChart(
        panels=(
            charts.HeatPanel(
                heading=f"audited model and {reference}",
                rows=_numbers(found.rows),
                columns=_numbers(found.columns),
                values=found.values,
                marked=partners,
            ),
            charts.HeatPanel(
                heading=_control_heading(found),
                rows=_numbers(found.rows),
                columns=_numbers(found.control_columns),
                values=found.control,
                marked=(-1,) * len(found.rows),
            ),
        ),
        levels=(first, *_STEPS),
        legend=(
            f"up to {first - 1} %",
            f"{first} to {_STEPS[0] - 1} %",
            f"{_STEPS[0]} to {_STEPS[1] - 1} %",
            f"{_STEPS[1]} to {_STEPS[2] - 1} %",
            f"{_STEPS[2]} % and more",
        ),
        row_axis=rows,
        column_axis=columns,
        mark=f"best partner, where it exceeds everything in {count(found.draws)} random "
        "relabellings",
        title=f"Which {what} of the audited model agree with which of {reference}",
        description=f"{count(sum(j >= 0 for j in partners))} of {count(len(partners))} rows have "
        "a partner above everything in the random relabellings.",
    )


def _partner(row: tuple[int, ...], noise: int) -> int:
    """Index of the largest value if random relabellings never reach it, else -1."""
    best = max(range(len(row)), key=lambda j: row[j], default=-1)
    return best if best >= 0 and row[best] > noise else -1


def _axes(found: AgreementMap) -> tuple[str, str]:
    if found.kind is MapKind.LAYERS:
        return "layer of the audited model", "of the other"
    if found.reference_layer is None:
        return f"expert of layer {(found.layer or 0) + 1}", "layer of the other"
    return f"expert of layer {(found.layer or 0) + 1}", f"of layer {found.reference_layer + 1}"


def _numbers(places: tuple[int, ...]) -> tuple[str, ...]:
    """Count layers and experts from one, as people do."""
    return tuple(str(place + 1) for place in places)


def _control_heading(found: AgreementMap) -> str:
    if found.control_kind is MapControl.UNRELATED:
        return f"control: {clip(found.control_name, 60)}"
    return "control: dimensions relabelled at random"


def _caption(found: AgreementMap) -> str:
    partners = [_partner(row, found.noise) for row in found.values]
    known = [j for j in partners if j >= 0]
    what = "experts" if found.kind is MapKind.EXPERTS else "layers"
    how = (
        f"an unrelated model, {clip(found.control_name, 60)}"
        if found.control_kind is MapControl.UNRELATED
        else "the same two models under the first of these relabellings"
    )
    best = max((v for row in found.values for v in row), default=0)
    parts = [
        f"Agreement of the first rows of each matrix (roles: {', '.join(found.roles)}). "
        f"{count(len(known))} of {count(len(partners))} {what} of the audited model have a "
        f"partner that agrees more than anything in {count(found.draws)} random relabellings of "
        f"the reference’s internal dimensions, which reach {found.noise} %; the largest agreement "
        f"is {best} %.",
        f"Right: the control, {how}.",
    ]
    if found.undone:
        parts.append("A relabelling of the internal dimensions was undone first.")
    if found.thinned:
        parts.append(f"Evenly spread {what} are shown; there are more.")
    parts.append(
        "A picture, not a test: rotated dimensions, reordered neurons and slices of a layer do "
        "not show in it."
    )
    return " ".join(parts)
