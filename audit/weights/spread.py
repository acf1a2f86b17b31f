# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The dispute's statistic, as context: correlation of per-layer standard deviations.

Layers are ordered and their spread follows a trend common to all networks, so no valid
null exists: 68 of 91 independently trained pairs of real models exceeded 0.927 on its
per-tensor form. It is shown because people will ask for it, and it never decides.
"""

import statistics
from collections import defaultdict
from collections.abc import Sequence

from audit.weights.result import Curve, SpreadContext

MIN_LAYERS = 4
SpreadPoint = tuple[str, int, float, float]
"""Role, layer of the suspect, standard deviation in suspect and reference."""


def spread_context(points: Sequence[SpreadPoint]) -> SpreadContext:
    """Correlate the standard deviations of paired matrices.

    ``per_layer`` needs at least four layers in common for each attention role;
    ``per_tensor`` at least eight pairs. Experts of one layer are averaged.
    """
    curves = _curves(points)
    correlations = [r for c in curves if (r := _pearson(c.suspect, c.reference)) is not None]
    layers = min((len(c.suspect) for c in curves), default=0)
    per_tensor = (
        _pearson([p[2] for p in points], [p[3] for p in points]) if len(points) >= 8 else None
    )
    reason = None
    if not correlations:
        reason = f"fewer than {MIN_LAYERS} layers with attention matrices in common"
    return SpreadContext(
        per_layer=statistics.fmean(correlations) if correlations else None,
        per_tensor=per_tensor,
        layers=layers if correlations else 0,
        tensors=len(points),
        curves=curves,
        reason=reason,
    )


def _curves(points: Sequence[SpreadPoint]) -> tuple[Curve, ...]:
    by_role: dict[str, dict[int, list[tuple[float, float]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for role, layer, suspect, reference in points:
        if role.startswith("attn."):
            by_role[role][layer].append((suspect, reference))
    return tuple(
        Curve(
            role=role,
            suspect=tuple(statistics.fmean(v[0] for v in layers[i]) for i in sorted(layers)),
            reference=tuple(statistics.fmean(v[1] for v in layers[i]) for i in sorted(layers)),
        )
        for role, layers in sorted(by_role.items())
        if len(layers) >= MIN_LAYERS
    )


def _pearson(a: Sequence[float], b: Sequence[float]) -> float | None:
    """Pearson correlation; ``None`` when one side does not vary."""
    if len(a) < 3 or len(set(a)) == 1 or len(set(b)) == 1:
        return None
    return statistics.correlation(a, b)
