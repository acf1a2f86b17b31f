# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The decision rule: which relation the evidence rows of one comparison amount to."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from audit.record.weights import Component, Evidence, Outcome, PKind, Relation
from audit.weights.battery import Measured
from audit.weights.pairing.pairs import Pair
from audit.weights.rule.calibrated import only_the_start, standing_out
from audit.weights.rule.containment import not_contained
from audit.weights.rule.controls import false_positive_bound
from audit.weights.rule.decision import Judge, established_roles

ROTATION_TEST = "undone-rotation"
UNDONE_TESTS = frozenset(
    {"undone-permutation", "undone-heads", "undone-experts", "neuron-order", ROTATION_TEST}
)
"""Tests after a map of the residual dimensions was applied."""
IN_ANY_BASIS = "reserved-rows"
"""An exact test that no change of the residual basis touches, on what was never trained."""
TABLES = "embeddings"
_ALIKE = {
    "feed-forward": "the feed-forward layers look like the same neurons",
    "attention": "the attention layers look like the same heads",
}
_BLOCKS = frozenset({"attention", "feed-forward", "router"})
_SHARED = frozenset({Relation.COPY, Relation.DERIVED})
_NOT_SHARED = frozenset({Relation.NO_SHARED_WEIGHTS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the numbered steps of the decision rule look at.

    ``planted`` maps a component, across widths, to the smallest correlation at which a
    planted child would have been found in it.
    """

    judge: Judge
    rows: tuple[Evidence, ...]
    components: tuple[Component, ...]
    measured: Measured
    pairs: tuple[Pair, ...]
    inferred: bool
    planted: dict[str, float]
    same_parts: bool
    """Whether both have as many layers and experts: a copy has no more and no fewer."""
    same_strings: bool = False
    """Whether the tables have rows for the same token strings: a table could have stayed."""


def in_place(rows: tuple[Evidence, ...], measured: Measured) -> tuple[Evidence, ...]:
    """Return the rows that speak about the stored order of the residual dimensions.

    A map that only leaves dimensions out keeps that order, one that moves them does not.
    """
    kept = measured.undone is not None and measured.undone.in_order
    elsewhere = {IN_ANY_BASIS, ROTATION_TEST} if kept else {IN_ANY_BASIS, *UNDONE_TESTS}
    return tuple(r for r in rows if r.test not in elsewhere)


def same_start(judge: Judge, rows: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """Return the rows by which never-trained tokens establish a common start."""
    return tuple(r for r in rows if r.test == IN_ANY_BASIS and judge.establishes(r))


def decide(found: Found, equal_share: float | None) -> tuple[Relation, str]:
    """Choose the relation, in this order.

    1. Every value equal: copy.
    2. Dependence established by an exact bound (equal tensors, agreeing indices), or in two
       disjoint roles: shared initialisation, component reuse or derived.
    3. Dependence only after a relabelling or rotation is undone, or in another basis as read
       against controls: disguised.
    4. Everything silent, with power: no shared weights found.
    5. Otherwise inconclusive, with the reason.
    """
    judge = found.judge
    equal = equal_share is not None and equal_share >= judge.thresholds.copy_coverage
    if equal and found.same_parts:
        return Relation.COPY, (
            f"{equal_share:.2%} of the values are equal, after casting to the coarser type."
        )
    rows = in_place(found.rows, found.measured)
    roles = established_roles(judge, rows)
    rigorous = any(r.p_kind is PKind.EXACT and judge.establishes(r) for r in rows)
    if rigorous or len(roles) >= judge.thresholds.min_roles:
        return _dependent(found)
    return _unrotated(found) or _relabelled(found) or _rotated(found) or _silent(found, roles)


def _dependent(found: Found) -> tuple[Relation, str]:
    """Step 2: which parts are shared, and whether it is more than the random start."""
    groups: dict[str, list[Component]] = defaultdict(list)
    for component in found.components:
        inside = component.name in _BLOCKS and not found.inferred
        groups["blocks" if inside else component.name].append(component)
    layered = {p.component for p in found.pairs if p.suspect.layer is not None and not p.is_vector}
    positive = {name for name, parts in groups.items() if _any(parts, _SHARED)}
    with_layers = {n for n, parts in groups.items() if any(c.name in layered for c in parts)}
    negative = {n for n in with_layers - positive if _any(groups[n], _NOT_SHARED)}
    if found.same_strings and _any(groups[TABLES], _NOT_SHARED):
        negative.add(TABLES)
    if positive & with_layers and shares_only_the_start(found):
        return Relation.SHARED_INITIALISATION, (
            "The layers agree far beyond chance, but neither model contains the other's "
            "weights: the two share a random start (or a distant common ancestor), and were "
            "trained apart."
        )
    if negative or not positive & with_layers:
        return Relation.COMPONENT_REUSE, _by_part(found.components)
    return Relation.DERIVED, _beyond_chance(found.components)


def _beyond_chance(components: tuple[Component, ...]) -> str:
    """Say which parts agree, and which were tested and do not."""
    shared = ", ".join(c.name for c in components if c.relation in _SHARED)
    apart = ", ".join(c.name for c in components if c.relation in _NOT_SHARED)
    said = f"The weights are not independent: {shared} agree far beyond chance."
    return f"{said} No shared weights were found in {apart}." if apart else said


def _by_part(components: tuple[Component, ...]) -> str:
    """Say which parts are shared, which are not, and which do not say."""
    shared = [c.name for c in components if c.relation in _SHARED]
    apart = [c.name for c in components if c.relation in _NOT_SHARED]
    open_ = [c.name for c in components if c.relation is Relation.INCONCLUSIVE]
    sentences = [f"Trained weights are shared in {', '.join(shared)}."]
    if apart:
        sentences.append(f"None were found in {', '.join(apart)}.")
    if open_:
        sentences.append(f"Inconclusive: {', '.join(open_)}.")
    return " ".join(sentences)


def _any(components: list[Component], relations: frozenset[Relation]) -> bool:
    return any(c.relation in relations for c in components)


def shares_only_the_start(found: Found) -> bool:
    """Whether neither model contains the other's weights in any part of the layers."""
    measured = found.measured
    undone = measured.undone
    values = measured.containment
    if undone is not None and undone.in_order:
        values = undone.containment
    return not_contained(values, found.judge.thresholds)


def _relabelled(found: Found) -> tuple[Relation, str] | None:
    """Step 3: whether the embeddings show a relabelling that the layers bear out.

    The guard of step 2 applies to the layers as they are once the relabelling is undone.
    """
    undone = found.measured.undone
    if undone is None or undone.in_order:
        return None
    borne_out = any(r.test in UNDONE_TESTS and found.judge.establishes(r) for r in found.rows)
    tables = {"embed": "embeddings", "unembed": "output head"}.get(undone.source, "routers")
    if undone.confident and borne_out:
        if not_contained(undone.containment, found.judge.thresholds):
            return Relation.SHARED_INITIALISATION, (
                f"The residual dimensions were relabelled. Once the relabelling that the {tables} "
                "show is undone, the layers agree far beyond chance, but neither model contains "
                "the other's weights: the two share a random start (or a distant common "
                "ancestor), and were trained apart."
            )
        return Relation.DISGUISED, (
            f"The residual dimensions were relabelled: once the relabelling that the {tables} "
            f"show is undone, the layers agree far beyond chance.{_start_besides(found)}"
        )
    why = None
    if borne_out:
        why = (
            "The layers agree beyond chance in another basis, but not as the same neurons: two "
            "trainings from one random start would look like this too."
        )
    elif undone.confident:
        why = (
            f"The {tables} match after a relabelling of the residual dimensions, but the layers "
            "do not bear it out."
        )
    calibrated = found.measured.calibrated
    if why is None or standing_out(calibrated) or any(c.contested for c in calibrated):
        return None  # the next step says it, or nothing does
    return Relation.INCONCLUSIVE, why


def _unrotated(found: Found) -> tuple[Relation, str] | None:
    """Step 3: whether the layers bear out a rotation that the embeddings show.

    The guard of step 2 applies to them; what is read against controls can only speak for descent.
    """
    measured = found.measured
    if measured.unrotated is None or isinstance(measured.unrotated, str):
        return None
    if not any(r.test == ROTATION_TEST and found.judge.establishes(r) for r in found.rows):
        return None
    matched = standing_out(measured.calibrated) and not only_the_start(measured.calibrated)
    bars = found.judge.thresholds
    if not_contained(measured.unrotated.containment, bars) and not matched:
        return Relation.SHARED_INITIALISATION, (
            "The residual stream was rotated. Once the rotation that the embeddings show is "
            "undone, the layers agree far beyond chance, but neither model contains the other's "
            "weights: the two share a random start (or a distant common ancestor), and were "
            "trained apart."
        )
    return Relation.DISGUISED, (
        "The residual stream was rotated: once the rotation that the embeddings show is undone, "
        f"the layers agree far beyond chance.{_start_besides(found)}"
    )


def _rotated(found: Found) -> tuple[Relation, str] | None:
    """Step 3, calibrated: the same units in another basis, order or scale."""
    clear = standing_out(found.measured.calibrated)
    if not clear:
        return _contested(found) or _start_alone(found)
    scopes = sorted({c.scope for c in clear})
    likenesses = " and ".join(_ALIKE.get(scope, f"{scope} looks alike") for scope in scopes)
    fewest = min(clear, key=lambda c: c.controls)
    likeness = (
        f"The exact tests establish nothing in the stored basis, but {likenesses} in another "
        "basis, order or scale. The likeness exceeds that of all "
        f"{fewest.controls} control comparisons of independently trained models "
        f"({_own_controls(fewest.own_controls)}), which bounds the rate of false positives at "
        f"{false_positive_bound(fewest.controls):.1%} (95 % confidence); it is calibrated, not an "
        f"exact probability.{_start_besides(found)}"
    )
    if only_the_start(found.measured.calibrated):
        return Relation.SHARED_INITIALISATION, (
            f"{likeness} Neither model contains the other's weights, though: two trainings from "
            "one random start look like this, or a distant common ancestor."
        )
    return Relation.DISGUISED, likeness


def _own_controls(count: int) -> str:
    return f"{count} of them made in this audit" if count else "none of them made in this audit"


def _start_besides(found: Found) -> str:
    """Say that never-trained rows exclude independent starts exactly."""
    rows = same_start(found.judge, found.rows)
    if not rows:
        return ""
    return (
        " That the two were not started independently is exact: rows of tokens that training "
        f"never met agree ({_recognised(rows)})."
    )


def _start_alone(found: Found) -> tuple[Relation, str] | None:
    """Never-trained rows agree and nothing else does: a start in common, perhaps more."""
    rows = same_start(found.judge, found.rows)
    if not rows:
        return None
    return Relation.INCONCLUSIVE, (
        "Rows of tokens that training never met agree, in whatever basis they stand "
        f"({_recognised(rows)}): the two share a random start or a table of tokens. "
        "Whether trained weights were reused as well the other tests do not tell."
    )


def _recognised(rows: tuple[Evidence, ...]) -> str:
    best = min(rows, key=lambda r: r.log10_p or 0.0)
    return f"{best.statistic:.0f} of {best.n} rows recognised"


def _contested(found: Found) -> tuple[Relation, str] | None:
    """Controls of this audit that come as close: the more cautious reading counts."""
    close = [c for c in found.measured.calibrated if c.contested]
    if not close:
        return None
    return Relation.INCONCLUSIVE, (
        f"In another basis, order or scale the {close[0].scope} layers look alike (score "
        f"{close[0].statistic:.2f}), but so do those of a control of this audit "
        f"({close[0].best_control:.2f}): either models of this kind resemble each other, or the "
        "control is not independent."
    )


def _silent(found: Found, roles: set[str]) -> tuple[Relation, str]:
    """Steps 4 and 5: nothing found with power, or not enough to say."""
    judge = found.judge
    compared = sum(p.suspect.parameters for p in found.pairs)
    silent = all(judge.is_silent(r) for r in found.rows if r.outcome is Outcome.COMPUTED)
    layered = {p.component for p in found.pairs if p.suspect.layer is not None and not p.is_vector}
    powered = any(
        c.relation is Relation.NO_SHARED_WEIGHTS for c in found.components if c.name in layered
    )
    if silent and powered and compared >= judge.thresholds.min_parameters:
        return Relation.NO_SHARED_WEIGHTS, f"No test found any dependence. {_power(found)}"
    if roles:
        return Relation.INCONCLUSIVE, (
            f"Only one kind of tensor ({', '.join(sorted(roles))}) agrees beyond chance; "
            "two are needed."
        )
    if not silent:
        return Relation.INCONCLUSIVE, (
            "Some agreement is beyond chance, but not far enough for a conclusion."
        )
    if found.measured.across is not None:
        return Relation.INCONCLUSIVE, (
            "No test found any dependence, but the residual streams differ in width, and a child "
            "pruned to these shapes would not have been found on the rows that were read."
        )
    return Relation.INCONCLUSIVE, "Too few weights could be compared to exclude reuse."


def _power(found: Found) -> str:
    """Say what would have been seen in every part for which a negative is claimed."""
    if found.measured.across is None:
        return (
            "With 99 % confidence the correlation of corresponding weights is at most "
            f"{_bound(found):.3f} in every part that was tested."
        )
    apart = [c.name for c in found.components if c.relation in _NOT_SHARED]
    least = max(found.planted[name] for name in apart)
    return (
        "The residual streams differ in width: a child pruned to these shapes would have been "
        f"found in {', '.join(apart)} if its weights had kept a correlation of {least} with "
        "the wider model's; one whose dimensions were also reordered might not."
    )


def _bound(found: Found) -> float:
    """Largest upper bound over the parts whose matrices were tested together."""
    names = {c.name for c in found.components}
    bounds = [
        r.effect_upper
        for r in found.rows
        if r.test == "aligned-weights" and r.scope in names and r.effect_upper is not None
    ]
    return max(bounds, default=1.0)
