# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""From measurements to evidence rows: every result, and every absence of one, becomes a row."""

from __future__ import annotations

from dataclasses import replace
from math import log10, sqrt
from typing import Protocol

from audit.record.weights import Evidence, Outcome, PKind
from audit.weights.battery import BATTERY, Measured
from audit.weights.nulls.permutation import Permutation, log10_agreement_bound
from audit.weights.pairing.across_widths import AcrossWidths
from audit.weights.pairing.rotation import Unrotated
from audit.weights.pairing.undoing import Undone
from audit.weights.rule.calibrated import CalibratedResult
from audit.weights.rule.controls import false_positive_bound
from audit.weights.statistics.aligned_weights import Alignment
from audit.weights.statistics.embedding_agreement import EmbeddingAgreement
from audit.weights.statistics.monotone_matching import MonotoneMatch
from audit.weights.statistics.reserved_rows import ReservedAgreement
from audit.weights.statistics.split_matching import SplitAgreement
from audit.weights.statistics.tensor_identity import Identity
from audit.weights.statistics.undone_permutation import UndoneAgreement

Z99 = 2.3263478740408408
"""99 % quantile of the standard normal, for upper confidence bounds."""
_NEURONS = ("mlp.gate", "mlp.up", "mlp.down")


class _Permuted(Protocol):
    """What every test with a permutation null returns."""

    @property
    def permutation(self) -> Permutation: ...
    @property
    def correlation(self) -> float: ...
    @property
    def deviation(self) -> float: ...


def evidence_rows(measured: Measured) -> tuple[Evidence, ...]:
    """Turn every measurement, and every absence of one, into a row."""
    rows = [_identity(name, found) for name, found in sorted(measured.identity.items())]
    vectors = measured.vectors
    rows.append(
        absent("norm-vectors", "norms", vectors)
        if isinstance(vectors, str)
        else _permuted("norm-vectors", "norms", vectors, n=vectors.width, roles=("norm",))
    )
    for role, (component, found) in sorted(measured.roles.items()):
        rows.append(_aligned(f"{component}/{role}", found, (role,)))
    for component, found in sorted(measured.components.items()):
        roles = tuple(sorted(r for r, (c, _) in measured.roles.items() if c == component))
        rows += [_aligned(component, found, roles), _own_index(component, found, roles)]
    rows.append(_embedding(measured.embedding, across=measured.across is not None))
    rows.extend(_split(measured.split))
    if measured.across is not None:
        rows.extend(across_rows(measured.across))
    if measured.undone is not None:
        rows.extend(_undone(measured.undone))
    if measured.unrotated is not None:
        rows.extend(_unrotated(measured.unrotated))
    rows.extend(
        _reserved(f"{component}/{role}", found, (role,))
        for role, (component, found) in sorted(measured.reserved.items())
    )
    rows.extend(_calibrated(found) for found in measured.calibrated)
    return tuple(rows)


def absent(test: str, scope: str, reason: str) -> Evidence:
    """Return the row of a test that could not be applied."""
    return Evidence(
        test=test,
        version=BATTERY[test],
        scope=scope,
        outcome=Outcome.NOT_APPLICABLE,
        p_kind=PKind.NONE,
        reason=reason,
    )


def _permuted(
    test: str, scope: str, found: _Permuted, *, n: int, roles: tuple[str, ...]
) -> Evidence:
    """Return the row of a permutation test: exact moments, normal tail."""
    return Evidence(
        test=test,
        version=BATTERY[test],
        scope=scope,
        outcome=Outcome.COMPUTED,
        p_kind=PKind.ASYMPTOTIC,
        statistic=rounded(found.permutation.z),
        log10_p=rounded(found.permutation.log10_p),
        effect=_share(found.correlation),
        effect_upper=_share(max(0.0, found.correlation) + Z99 * found.deviation),
        n=n,
        roles=roles,
    )


def _counted(
    test: str,
    scope: str,
    agreeing: int,
    *,
    log10_p: float,
    effect: float,
    n: int,
    roles: tuple[str, ...],
) -> Evidence:
    """Return the row of a count of units that agree, with its exact bound."""
    return Evidence(
        test=test,
        version=BATTERY[test],
        scope=scope,
        outcome=Outcome.COMPUTED,
        p_kind=PKind.EXACT,
        statistic=float(agreeing),
        log10_p=rounded(log10_p),
        effect=_share(effect),
        n=n,
        roles=roles,
    )


def _identity(scope: str, found: Identity) -> Evidence:
    if not found.compared:
        return absent("tensor-identity", scope, "every paired tensor here could be constructed")
    return Evidence(
        test="tensor-identity",
        version=BATTERY["tensor-identity"],
        scope=scope,
        outcome=Outcome.COMPUTED,
        p_kind=PKind.EXACT,
        statistic=rounded(found.identical / found.compared),
        log10_p=rounded(found.log10_p),
        effect=_share(found.whole / found.compared),
        n=found.compared,
    )


def _aligned(scope: str, found: Alignment | str, roles: tuple[str, ...]) -> Evidence:
    if isinstance(found, str):
        return absent("aligned-weights", scope, found)
    return _permuted("aligned-weights", scope, found, n=found.width, roles=roles)


def _own_index(scope: str, found: Alignment | str, roles: tuple[str, ...]) -> Evidence:
    test = "column-agreement"
    if isinstance(found, str):
        return absent(test, scope, found)
    return _counted(
        test,
        scope,
        found.agreeing,
        log10_p=log10_agreement_bound(found.agreeing),
        effect=found.agreeing / found.width,
        n=found.width,
        roles=roles,
    )


def _embedding(found: EmbeddingAgreement | str, *, across: bool) -> Evidence:
    test, scope = "embedding-agreement", "embeddings"
    if isinstance(found, str):
        return absent(test, scope, found)
    return _counted(
        test,
        scope,
        found.agreeing,
        log10_p=found.log10_p,
        effect=_beyond_chance(found.column_map) if across else found.agreeing / found.width,
        n=found.width,
        roles=("embed",),
    )


def across_rows(
    found: AcrossWidths, embedding: EmbeddingAgreement | str | None = None
) -> list[Evidence]:
    """Return the rows of monotone matching, one per role and one per component.

    With ``embedding`` the row of the embedding tables as well, as for a planted child.
    """
    rows = [absent("aligned-weights", "model", "the residual streams differ in width")]
    for role, (component, match) in sorted(found.roles.items()):
        rows.append(_order(f"{component}/{role}", match, (role,)))
    for component, match in sorted(found.components.items()):
        roles = tuple(sorted(r for r, (c, _) in found.roles.items() if c == component))
        rows.append(_order(component, match, roles))
    if embedding is not None:
        rows.append(_embedding(embedding, across=True))
    return rows


def _order(scope: str, match: MonotoneMatch, roles: tuple[str, ...]) -> Evidence:
    return _counted(
        "column-order",
        scope,
        match.rising,
        log10_p=match.log10_p,
        effect=_beyond_chance(match),
        n=match.width,
        roles=roles,
    )


def _beyond_chance(match: MonotoneMatch) -> float:
    """Share of the units in rising order, less what a random order gives (``2 sqrt(m)``)."""
    return max(0.0, match.rising - 2 * sqrt(match.mutual)) / match.width


def _undone(found: Undone) -> list[Evidence]:
    """Rows of the tests after a map is applied; no upper bound, as it may not be the right map."""
    heads: list[tuple[str, str, UndoneAgreement | str | None]] = [
        ("undone-permutation", component, rows) for component, rows in sorted(found.rows.items())
    ]
    heads.append(("undone-heads", "attention", found.heads))
    heads.append(("undone-experts", "router", found.experts))
    out = []
    for test, scope, result in heads:
        if isinstance(result, str):
            out.append(absent(test, scope, result))
        elif result is not None:
            row = _permuted(test, scope, result, n=result.units, roles=result.roles)
            out.append(replace(row, effect_upper=None))
    if isinstance(found.order, str):
        out.append(absent("neuron-order", "feed-forward", found.order))
    elif found.order is not None:
        out.append(
            _counted(
                "neuron-order",
                "feed-forward",
                found.order.rising,
                log10_p=found.order.log10_p,
                effect=found.order.share,
                n=found.order.mutual,
                roles=found.order.roles,
            )
        )
    return out


def _unrotated(found: Unrotated | str) -> list[Evidence]:
    """Rows of the layers once a rotation is undone; no upper bound, for the same reason."""
    test = "undone-rotation"
    if isinstance(found, str):
        return [absent(test, "feed-forward", found)]
    out = []
    for component, result in sorted(found.rows.items()):
        if isinstance(result, str):
            out.append(absent(test, component, result))
        else:
            row = _permuted(test, component, result, n=result.units, roles=result.roles)
            out.append(replace(row, effect_upper=None))
    return out


def _split(found: SplitAgreement | str) -> tuple[Evidence, Evidence]:
    """Return the held-out correlation, and the same half read by its rigorous bound."""
    first, second, scope = "split-matching", "split-agreement", "feed-forward"
    if isinstance(found, str):
        return absent(first, scope, found), absent(second, scope, found)
    size = found.correlation
    return (
        _permuted(first, scope, found, n=found.width, roles=_NEURONS),
        _counted(
            second,
            scope,
            found.agreeing,
            log10_p=log10_agreement_bound(found.agreeing),
            effect=size,
            n=found.width,
            roles=_NEURONS,
        ),
    )


def _reserved(scope: str, found: ReservedAgreement | str, roles: tuple[str, ...]) -> Evidence:
    test = "reserved-rows"
    if isinstance(found, str):
        return absent(test, scope, found)
    return _counted(
        test,
        scope,
        found.agreeing,
        log10_p=found.log10_p,
        effect=found.agreeing / found.tested,
        n=found.tested,
        roles=roles,
    )


def _calibrated(found: CalibratedResult) -> Evidence:
    """Read a result against its controls; the p-value is capped by their number."""
    if found.reason is not None:
        return absent(found.test, found.scope, found.reason)
    return Evidence(
        test=found.test,
        version=BATTERY[found.test],
        scope=found.scope,
        outcome=Outcome.COMPUTED,
        p_kind=PKind.CALIBRATED,
        statistic=rounded(found.statistic),
        log10_p=rounded(-log10(found.controls + 1)) if found.beats_controls else 0.0,
        effect=_share(found.effect),
        n=found.n,
        roles=found.roles,
        controls=found.controls,
        best_control=rounded(found.best_control),
        error_bound=rounded(false_positive_bound(found.controls)),
    )


def rounded(value: float) -> float:
    """Six significant digits: below that, machines and thread counts differ."""
    return float(f"{value:.6g}") + 0.0


def _share(value: float) -> float:
    """Clamp a correlation to 0..1; a negative one is no evidence of reuse."""
    return rounded(min(1.0, max(0.0, value)))
