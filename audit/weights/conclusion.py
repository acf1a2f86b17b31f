# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The decision rule: one relation, its kind and direction, and what it cannot say."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from statistics import median

from audit import rules
from audit.weights.alignment import Pair
from audit.weights.assurance import Certificate, Detectable
from audit.weights.battery import Measured
from audit.weights.calibrated import standing_out
from audit.weights.decision import Judge, established_roles
from audit.weights.derivation import NOT_SAID, Origin
from audit.weights.layout import Layout, unused_summary
from audit.weights.nulls import log10_factorial
from audit.weights.result import Component, Evidence, Outcome, PKind, Relation
from audit.weights.rows import evidence_rows
from audit.weights.setting import Setting
from audit.weights.statistics.embedding_agreement import EmbeddingAgreement

STANDING_LIMITS = (
    "The tests are symmetric: they show dependence, not which model came first.",
    "Distillation, training on the other model's outputs and complete re-initialisation "
    "leave no trace in weights and cannot be seen here.",
    "Where the basis was changed and the feed-forward layers were re-initialised, or are "
    "wider than is searched, reuse can stay hidden from this version's tests.",
)

_BLOCKS = frozenset({"attention", "feed-forward", "router"})
_SHARED = frozenset({Relation.COPY, Relation.DERIVED})
_NOT_SHARED = frozenset({Relation.NO_SHARED_WEIGHTS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """What the decision rule says; ``needs_equality`` asks for every value to be compared."""

    relation: Relation
    summary: str
    log10_p: float | None
    effect: float | None
    p_kind: PKind
    components: tuple[Component, ...]
    evidence: tuple[Evidence, ...]
    limits: tuple[str, ...]
    origin: Origin = NOT_SAID
    power: tuple[Detectable, ...] = ()
    certificate: Certificate | None = None
    needs_equality: bool = False


def undecided(reason: str) -> Conclusion:
    """Return the conclusion of a comparison that could not be made."""
    return Conclusion(
        relation=Relation.INCONCLUSIVE,
        summary=f"Nothing could be compared: {reason}.",
        log10_p=None,
        effect=None,
        p_kind=PKind.NONE,
        components=(),
        evidence=(),
        limits=(f"Not compared: {reason}.", *STANDING_LIMITS),
    )


def conclude(
    measured: Measured,
    setting: Setting,
    *,
    multiplicity: int,
    references: int = 1,
    equal_share: float | None = None,
) -> Conclusion:
    """Apply the decision rule of ``docs/methods.md``.

    ``multiplicity`` counts ``references`` and layer maps; the number of computed tests is
    multiplied in here. ``equal_share`` is given once every value has been compared.
    """
    rows = evidence_rows(measured)
    computed = [r for r in rows if r.outcome is Outcome.COMPUTED]
    judge = Judge(
        thresholds=rules.weight_thresholds(),
        multiplicity=multiplicity * max(1, len(computed)),
        references=references,
    )
    components = _components(judge, rows)
    found = _Found(
        judge=judge,
        rows=rows,
        components=components,
        measured=measured,
        pairs=setting.pairs,
        inferred=setting.layouts[0].inferred,
    )
    relation, why = decide(found, equal_share)
    if relation is Relation.DISGUISED:
        components = _with_disguise(components, judge, rows, measured)
    best = _quoted(judge, rows, relation)
    return Conclusion(
        relation=relation,
        summary=why,
        log10_p=judge.adjusted(best) if best else None,
        effect=best.effect if best else None,
        p_kind=best.p_kind if best else PKind.NONE,
        components=components,
        evidence=rows,
        limits=_limits(measured, setting.layouts, components),
        needs_equality=equal_share is None and _looks_equal(measured),
    )


def _with_disguise(
    components: tuple[Component, ...],
    judge: Judge,
    rows: tuple[Evidence, ...],
    measured: Measured,
) -> tuple[Component, ...]:
    """Give the parts that betray themselves in another basis that word."""
    clear = {(c.test, c.scope) for c in standing_out(measured.calibrated)}
    hidden = {
        row.scope: Component(
            name=row.scope,
            relation=Relation.DISGUISED,
            log10_p=judge.adjusted(row),
            effect=row.effect,
            p_kind=row.p_kind,
        )
        for row in rows
        if (row.test, row.scope) in clear
    }
    return tuple(hidden.get(c.name, c) for c in components)


def _components(judge: Judge, rows: tuple[Evidence, ...]) -> tuple[Component, ...]:
    by_component: dict[str, list[Evidence]] = defaultdict(list)
    for row in rows:
        if row.outcome is Outcome.COMPUTED and row.scope != "model":
            by_component[row.scope.partition("/")[0]].append(row)
    return tuple(judge.component(name, found) for name, found in sorted(by_component.items()))


def _looks_equal(measured: Measured) -> bool:
    found = [i for i in measured.identity.values() if i.compared]
    return bool(found) and all(i.identical == i.compared for i in found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What the numbered steps of the decision rule look at."""

    judge: Judge
    rows: tuple[Evidence, ...]
    components: tuple[Component, ...]
    measured: Measured
    pairs: tuple[Pair, ...]
    inferred: bool


def decide(found: _Found, equal_share: float | None) -> tuple[Relation, str]:
    """Choose the relation, in this order.

    1. Every value equal: copy.
    2. Dependence established by an exact bound (equal tensors, agreeing indices), or in two
       disjoint roles: shared initialisation, component reuse or derived.
    3. Dependence only after a relabelling is undone, or in another basis as read against
       controls: disguised.
    4. Everything silent, with power: no shared weights found.
    5. Otherwise inconclusive, with the reason.
    """
    judge = found.judge
    if equal_share is not None and equal_share >= judge.thresholds.copy_coverage:
        return Relation.COPY, (
            f"{equal_share:.2%} of the values are equal, after casting to the coarser type."
        )
    roles = established_roles(judge, found.rows)
    rigorous = any(r.p_kind is PKind.EXACT and judge.establishes(r) for r in found.rows)
    if rigorous or len(roles) >= judge.thresholds.min_roles:
        return _dependent(found)
    return _relabelled(found) or _rotated(found) or _silent(found, roles)


def _dependent(found: _Found) -> tuple[Relation, str]:
    """Step 2: which parts are shared, and whether it is more than the random start."""
    groups: dict[str, list[Component]] = defaultdict(list)
    for component in found.components:
        inside = component.name in _BLOCKS and not found.inferred
        groups["blocks" if inside else component.name].append(component)
    layered = {p.component for p in found.pairs if p.suspect.layer is not None and not p.is_vector}
    positive = {name for name, parts in groups.items() if _any(parts, _SHARED)}
    with_layers = {n for n, parts in groups.items() if any(c.name in layered for c in parts)}
    negative = {n for n in with_layers - positive if _any(groups[n], _NOT_SHARED)}
    if positive & with_layers and shares_only_the_start(found):
        return Relation.SHARED_INITIALISATION, (
            "The layers agree far beyond chance, but neither model contains the other's "
            "weights: the two share a random start (or a distant common ancestor), and were "
            "trained apart."
        )
    if negative or not positive & with_layers:
        return Relation.COMPONENT_REUSE, _by_part(found.components)
    shared = [c.name for c in found.components if c.relation in _SHARED]
    return Relation.DERIVED, (
        f"The weights are not independent: {', '.join(shared)} agree far beyond chance."
    )


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


def shares_only_the_start(found: _Found) -> bool:
    """Whether neither model contains the other's weights in any part of the layers."""
    most = [median(values) for values in found.measured.containment.values() if values]
    return bool(most) and max(most) < found.judge.thresholds.min_containment


def _relabelled(found: _Found) -> tuple[Relation, str] | None:
    """Step 3: whether the embeddings show a relabelling that the layers bear out."""
    confident = _confident_map(found.judge, found.measured.embedding)
    undone = any(r.test == "undone-permutation" and found.judge.establishes(r) for r in found.rows)
    if confident and undone:
        return Relation.DISGUISED, (
            "The residual dimensions were relabelled: once the relabelling that the embeddings "
            "show is undone, the layers agree far beyond chance."
        )
    if standing_out(found.measured.calibrated):
        return None  # the next step says it
    if undone:
        return Relation.INCONCLUSIVE, (
            "The layers agree beyond chance in another basis, but not as the same neurons: two "
            "trainings from one random start would look like this too."
        )
    if confident:
        return Relation.INCONCLUSIVE, (
            "The embeddings match after a relabelling of the residual dimensions, but the layers "
            "do not bear it out."
        )
    return None


def _rotated(found: _Found) -> tuple[Relation, str] | None:
    """Step 3, calibrated: the same units in another basis, order or scale."""
    clear = standing_out(found.measured.calibrated)
    if not clear:
        return None
    scopes = sorted({c.scope for c in clear})
    parts = "the feed-forward layers" if scopes == ["feed-forward"] else ", ".join(scopes)
    return Relation.DISGUISED, (
        f"The exact tests establish nothing in the stored basis, but {parts} look "
        "like the same neurons in another basis, order or scale. The likeness exceeds that of all "
        f"{min(c.controls for c in clear)} control comparisons of independently trained models; "
        "it is calibrated, not an exact probability."
    )


def _silent(found: _Found, roles: set[str]) -> tuple[Relation, str]:
    """Steps 4 and 5: nothing found with power, or not enough to say."""
    judge = found.judge
    compared = sum(p.suspect.parameters for p in found.pairs)
    silent = all(judge.is_silent(r) for r in found.rows if r.outcome is Outcome.COMPUTED)
    layered = {p.component for p in found.pairs if p.suspect.layer is not None}
    powered = any(
        c.relation is Relation.NO_SHARED_WEIGHTS for c in found.components if c.name in layered
    )
    if silent and powered and compared >= judge.thresholds.min_parameters:
        return Relation.NO_SHARED_WEIGHTS, (
            "No test found any dependence. With 99 % confidence the correlation of "
            f"corresponding weights is at most {_bound(found):.3f} in every part that was tested."
        )
    if roles:
        return Relation.INCONCLUSIVE, (
            f"Only one kind of tensor ({', '.join(sorted(roles))}) agrees beyond chance; "
            "two are needed."
        )
    if not silent:
        return Relation.INCONCLUSIVE, (
            "Some agreement is beyond chance, but not far enough for a conclusion."
        )
    return Relation.INCONCLUSIVE, "Too few weights could be compared to exclude reuse."


def _bound(found: _Found) -> float:
    """Largest upper bound over the parts whose matrices were tested together."""
    names = {c.name for c in found.components}
    bounds = [
        r.effect_upper
        for r in found.rows
        if r.test == "aligned-weights" and r.scope in names and r.effect_upper is not None
    ]
    return max(bounds, default=1.0)


def _confident_map(judge: Judge, found: EmbeddingAgreement | str) -> bool:
    if isinstance(found, str):
        return False
    best = found.column_map
    return (
        best.mutual >= judge.thresholds.min_map_fraction * found.width
        and best.correlation >= judge.thresholds.min_map_correlation
        and best.moved * 2 > best.mutual
    )


def _quoted(judge: Judge, rows: tuple[Evidence, ...], relation: Relation) -> Evidence | None:
    """Pick the row whose p-value stands for the whole comparison."""
    usable = [r for r in rows if r.outcome is Outcome.COMPUTED]
    if relation is not Relation.DISGUISED:
        return judge.best(usable)
    undone = [r for r in usable if r.test == "undone-permutation" and judge.establishes(r)]
    calibrated = [r for r in usable if r.p_kind is PKind.CALIBRATED and r.log10_p is not None]
    return next(iter(undone or sorted(calibrated, key=lambda r: r.log10_p or 0.0)), None)


def _limits(
    measured: Measured, layouts: tuple[Layout, Layout], components: tuple[Component, ...]
) -> tuple[str, ...]:
    found = []
    for layout, who in zip(layouts, ("Audited model", "Reference"), strict=True):
        if layout.inferred:
            found.append(f"{who}: no family file fits; the residual axis was inferred from shapes.")
        found.extend(f"{who}: {sentence}." for sentence in unused_summary(layout))
    if measured.dropped_rows:
        found.append(f"{measured.dropped_rows} rows with values that are not finite were left out.")
    if layouts[0].layers != layouts[1].layers:
        found.append(
            f"The depths differ ({layouts[0].layers} and {layouts[1].layers} layers); three fixed "
            "layer maps were tried and corrected for."
        )
    found.extend(
        f"{c.name}: inconclusive by itself."
        for c in components
        if c.relation is Relation.INCONCLUSIVE
    )
    if layouts[0].width is not None and log10_factorial(layouts[0].width) < 40:
        found.append(f"With {layouts[0].width} residual dimensions the tests have little room.")
    return (*found, *STANDING_LIMITS)
