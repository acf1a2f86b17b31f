# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""From measurements to one conclusion: its relation, its evidence, and what it cannot say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from audit import rules
from audit.record.assurance import Certificate, Detectable
from audit.record.derivation import NOT_SAID, Origin
from audit.record.weights import Component, Evidence, Outcome, PKind, Relation
from audit.weights.battery import Measured
from audit.weights.model.layout import unused_summary
from audit.weights.model.slots import Layout
from audit.weights.nulls.permutation import log10_factorial
from audit.weights.pairing.pairs import Pairing
from audit.weights.pairing.tables import same_strings
from audit.weights.rule.calibrated import only_the_start, standing_out
from audit.weights.rule.decision import Judge
from audit.weights.rule.relations import TABLES, UNDONE_TESTS, Found, decide, in_place, same_start
from audit.weights.rule.rows import across_rows, evidence_rows
from audit.weights.rule.uncontrolled import across_controls

STANDING_LIMITS = (
    "The tests are symmetric: they show dependence, not which model came first.",
    "Distillation, training on the other model's outputs and complete re-initialisation "
    "leave no trace in weights and cannot be seen here.",
    "Where the basis was changed, reuse can stay hidden from this version's tests if both the "
    "feed-forward and the attention layers were re-initialised, or are wider than is searched.",
)


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
    pairing: Pairing,
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
    planted = _planted(judge, measured)
    components = _components(judge, in_place(rows, measured), planted)
    found = Found(
        judge=judge,
        rows=rows,
        components=components,
        measured=measured,
        pairs=pairing.pairs,
        inferred=pairing.layouts[0].inferred,
        planted=planted,
        same_parts=_parts(pairing.layouts[0]) == _parts(pairing.layouts[1]),
        same_strings=_tables_apart(components) and same_strings(pairing),
    )
    relation, why = decide(found, equal_share)
    hidden = relation in (Relation.DISGUISED, Relation.SHARED_INITIALISATION)
    if hidden or (relation is Relation.INCONCLUSIVE and same_start(judge, rows)):
        components = _with_word(components, judge, rows, measured, relation)
    best = _quoted(judge, rows, relation, measured)
    return Conclusion(
        relation=relation,
        summary=why,
        log10_p=judge.adjusted(best) if best else None,
        effect=best.effect if best else None,
        p_kind=best.p_kind if best else PKind.NONE,
        components=components,
        evidence=rows,
        limits=_limits(measured, pairing.layouts, components),
        power=across_controls(planted, components) if measured.across is not None else (),
        needs_equality=equal_share is None and _looks_equal(measured),
    )


def _tables_apart(components: tuple[Component, ...]) -> bool:
    return any(c.name == TABLES and c.relation is Relation.NO_SHARED_WEIGHTS for c in components)


def _parts(layout: Layout) -> tuple[int, int]:
    return layout.layers, layout.experts


def _with_word(
    components: tuple[Component, ...],
    judge: Judge,
    rows: tuple[Evidence, ...],
    measured: Measured,
    word: Relation,
) -> tuple[Component, ...]:
    """Give the parts that betray themselves in another basis the word of the whole."""
    clear = {(c.test, c.scope) for c in standing_out(measured.calibrated)}
    speaking = [
        row
        for row in rows
        if (row.test, row.scope) in clear or (row.test in UNDONE_TESTS and judge.establishes(row))
    ] + list(same_start(judge, rows))
    hidden = {
        row.scope.partition("/")[0]: Component(
            name=row.scope.partition("/")[0],
            relation=word,
            log10_p=judge.adjusted(row),
            effect=row.effect,
            p_kind=row.p_kind,
        )
        for row in sorted(speaking, key=lambda r: r.log10_p or 0.0, reverse=True)
    }
    return tuple(hidden.get(c.name, c) for c in components)


def _components(
    judge: Judge, rows: tuple[Evidence, ...], planted: dict[str, float]
) -> tuple[Component, ...]:
    by_component = _by_component(rows)
    return tuple(
        judge.component(name, found, planted.get(name))
        for name, found in sorted(by_component.items())
    )


def _by_component(rows: Iterable[Evidence]) -> dict[str, list[Evidence]]:
    found: dict[str, list[Evidence]] = defaultdict(list)
    for row in rows:
        if row.outcome is Outcome.COMPUTED and row.scope != "model":
            found[row.scope.partition("/")[0]].append(row)
    return found


def _planted(judge: Judge, measured: Measured) -> dict[str, float]:
    """Find, by component, the smallest correlation at which all planted children are found.

    The children went through the same tests on the rows that were read, and their rows are
    judged as the real ones are. A child that is missed hides the weaker ones.
    """
    least: dict[str, float] = {}
    missed: set[str] = set()
    for rho in sorted(measured.planted, reverse=True):
        tables = measured.planted_embedding.get(rho)
        seen: set[str] = set()
        for i, child in enumerate(measured.planted[rho]):
            rows = across_rows(child, tables[i] if tables else None)
            for name, found in _by_component(rows).items():
                seen.add(name)
                if not any(judge.establishes(row) for row in found):
                    missed.add(name)
        least |= dict.fromkeys(seen - missed, rho)
    return least


def _looks_equal(measured: Measured) -> bool:
    found = [i for i in measured.identity.values() if i.compared]
    return bool(found) and all(i.identical == i.compared for i in found)


def _quoted(
    judge: Judge, rows: tuple[Evidence, ...], relation: Relation, measured: Measured
) -> Evidence | None:
    """Pick the row whose p-value stands for the whole comparison.

    Reserved rows exclude independent starts only; that a disguise hides trained weights rests
    on tests of the layers, so one of those is what a disguise quotes.
    """
    usable = [r for r in rows if r.outcome is Outcome.COMPUTED]
    start = relation is Relation.SHARED_INITIALISATION and only_the_start(measured.calibrated)
    if relation is not Relation.DISGUISED and not start:
        return judge.best(usable)
    undone = [r for r in usable if r.test in UNDONE_TESTS and judge.establishes(r)]
    established = undone + (list(same_start(judge, rows)) if start else [])
    if established:
        return judge.best(established)
    calibrated = [r for r in usable if r.p_kind is PKind.CALIBRATED and r.log10_p is not None]
    return min(calibrated, key=lambda r: r.log10_p or 0.0, default=None)


def _limits(
    measured: Measured, layouts: tuple[Layout, Layout], components: tuple[Component, ...]
) -> tuple[str, ...]:
    found = []
    for layout, who in zip(layouts, ("Audited model", "Reference"), strict=True):
        if layout.inferred:
            found.append(f"{who}: no family file fits; the residual axis was inferred from shapes.")
        found.extend(f"{who}: {sentence}." for sentence in unused_summary(layout))
    if layouts[0].width != layouts[1].width:
        found.append(
            f"The residual streams are {layouts[0].width} and {layouts[1].width} wide: only "
            "what keeps the order of the dimensions, or matches on the tables outside the "
            "layers, was looked for."
        )
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
