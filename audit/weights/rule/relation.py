# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The decision rule: which relation the evidence of one comparison amounts to.

Nothing else decides. The steps are asked in their order and the first that answers is followed;
``docs/methods.md`` prints their docstrings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from audit import rules
from audit.record.assurance import Detectable
from audit.record.said import Said
from audit.record.weights import Component, Evidence, PKind, Relation
from audit.weights.nulls.containment import not_contained
from audit.weights.pairing.tables import same_strings
from audit.weights.rule.judge import BLOCKS, NOT_SHARED, SHARED, TABLES, Case, Decision
from audit.weights.statistics.interface import PLAIN, Basis, false_positive_bound
from audit.weights.statistics.seen import EqualValues, Likeness, Undone, Unrotated

Answer = tuple[Relation, Said]
Step = Callable[[Case], Answer | None]
_APART = (
    "{when} the layers agree far beyond chance, but neither model contains the other's weights: "
    "the two share a random start (or a distant common ancestor), and were trained apart."
)


def decide(case: Case) -> Decision:
    """Follow the first step that answers; the last one always does."""
    relation, summary = next(answer for step in STEPS if (answer := step(case)) is not None)
    quoted = _quoted(case, relation)
    return Decision(
        relation=relation,
        summary=summary,
        components=_named(case, relation),
        log10_p=case.judge.adjusted(quoted) if quoted else None,
        effect=quoted.effect if quoted else None,
        p_kind=quoted.p_kind if quoted else PKind.NONE,
    )


def equal(case: Case) -> Answer | None:
    """Every value equal, and as many layers and experts: copy."""
    values = case.seen.of(EqualValues)
    least = case.judge.thresholds.copy_coverage
    if values is None or values.share < least or not case.same_parts:
        return None
    return Relation.COPY, Said(
        "{share} of the values are equal, after casting to the coarser type.",
        share=f"{values.share:.2%}",
    )


def dependent(case: Case) -> Answer | None:
    """Dependence as stored, by an exact bound or in two disjoint roles: derived.

    But shared initialisation, where neither model contains the other's weights in any part of
    the layers; and component reuse, where a part was tested and shares nothing, or no layer
    agrees. Exact bounds are those of equal tensors and of agreeing indices.
    """
    judge = case.judge
    rows = judge.established(judge.in_place(case.seen.rows))
    roles = {row.roles[0] for row in rows if len(row.roles) == 1}
    if not any(r.p_kind is PKind.EXACT for r in rows) and len(roles) < judge.thresholds.min_roles:
        return None
    groups: dict[str, list[Component]] = defaultdict(list)
    for part in case.components:
        inside = part.name in BLOCKS and not case.pairing.layouts[0].inferred
        groups["blocks" if inside else part.name].append(part)
    positive = {n for n, parts in groups.items() if any(c.relation in SHARED for c in parts)}
    layered = {n for n, ps in groups.items() if any(c.name in case.pairing.layered for c in ps)}
    apart = {n for n, parts in groups.items() if any(c.relation in NOT_SHARED for c in parts)}
    negative = (layered - positive) & apart
    if TABLES in apart and same_strings(case.pairing):
        negative.add(TABLES)
    if positive & layered and case.only_the_start:
        return Relation.SHARED_INITIALISATION, Said(
            "The layers agree far beyond chance, but neither model contains the other's "
            "weights: the two share a random start (or a distant common ancestor), and were "
            "trained apart."
        )
    if negative or not positive & layered:
        return Relation.COMPONENT_REUSE, _by_part(case)
    return Relation.DERIVED, _beyond_chance(case)


def rotated(case: Case) -> Answer | None:
    """Dependence once the rotation that the embeddings show is undone: disguised.

    But shared initialisation, where neither model contains the other's weights and no calibrated
    score says otherwise.
    """
    undone = case.seen.of(Unrotated)
    turned = [r for r in case.judge.elsewhere(case.seen.rows) if _basis(case, r) is Basis.TURNED]
    if undone is None or not turned:
        return None
    matched = case.alike and not case.only_alike
    if not_contained(undone.levels) and not matched:
        return Relation.SHARED_INITIALISATION, _apart_after(
            Said(
                "The residual stream was rotated. Once the rotation that the embeddings show is "
                "undone,"
            )
        )
    return Relation.DISGUISED, _besides(
        case,
        Said(
            "The residual stream was rotated: once the rotation that the embeddings show is "
            "undone, the layers agree far beyond chance."
        ),
    )


def relabelled(case: Case) -> Answer | None:
    """Dependence once the relabelling that matching tables show is undone: disguised.

    But shared initialisation, where neither model contains the other's weights. Inconclusive,
    where only the tables match or only the layers agree, and no calibrated score tells more.
    """
    undone = case.seen.of(Undone)
    if undone is None or undone.in_order:
        return None
    borne_out = bool(case.judge.elsewhere(case.seen.rows))
    confident = undone.found.columns.is_confident
    tables = Said(_TABLES.get(undone.found.source, "routers"))
    if confident and borne_out and not_contained(undone.levels):
        return Relation.SHARED_INITIALISATION, _apart_after(
            Said(
                "The residual dimensions were relabelled. Once the relabelling that the {tables} "
                "show is undone,",
                tables=tables,
            )
        )
    if confident and borne_out:
        return Relation.DISGUISED, _besides(
            case,
            Said(
                "The residual dimensions were relabelled: once the relabelling that the {tables} "
                "show is undone, the layers agree far beyond chance.",
                tables=tables,
            ),
        )
    if case.alike or any(found.contested for found in case.seen.all(Likeness)):
        return None
    if borne_out:
        return Relation.INCONCLUSIVE, Said(
            "The layers agree beyond chance in another basis, but not as the same neurons: two "
            "trainings from one random start would look like this too."
        )
    return (
        None
        if not confident
        else (
            Relation.INCONCLUSIVE,
            Said(
                "The {tables} match after a relabelling of the residual dimensions, but the layers "
                "do not bear it out.",
                tables=tables,
            ),
        )
    )


def alike(case: Case) -> Answer | None:
    """A calibrated score stands out from all controls: disguised.

    But shared initialisation, where neither model contains the other's weights.
    """
    if not case.alike:
        return None
    fewest = min(case.alike, key=lambda c: c.controls)
    own = fewest.own_controls
    said = _besides(
        case,
        Said(
            "The exact tests establish nothing in the stored basis, but {alike} in another "
            "basis, order or scale. The likeness exceeds that of all {controls} control "
            "comparisons of independently trained models ({made}), which bounds the rate of false "
            "positives at {bound} (95 % confidence); it is calibrated, not an exact probability.",
            alike=tuple(Said(c.alike) for c in sorted(case.alike, key=lambda c: c.scope)),
            controls=fewest.controls,
            made=Said("{own} of them made in this audit", own=own)
            if own
            else Said("none of them made in this audit"),
            bound=f"{false_positive_bound(fewest.controls):.1%}",
        ),
    )
    if not case.only_alike:
        return Relation.DISGUISED, said
    return Relation.SHARED_INITIALISATION, Said(
        "{alike} Neither model contains the other's weights, though: two trainings from one "
        "random start look like this, or a distant common ancestor.",
        alike=said,
    )


def contested(case: Case) -> Answer | None:
    """A calibrated score would stand out, but for a control of this audit: inconclusive.

    Such a control was given, or is another reference that shares nothing.
    """
    close = [found for found in case.seen.all(Likeness) if found.contested]
    if not close:
        return None
    return Relation.INCONCLUSIVE, Said(
        "In another basis, order or scale the {scope} layers look alike (score {score}), but so "
        "do those of a control of this audit ({best}): either models of this kind resemble each "
        "other, or the control is not independent.",
        scope=Said(close[0].scope),
        score=f"{close[0].statistic:.2f}",
        best=f"{close[0].best_control:.2f}",
    )


def same_start(case: Case) -> Answer | None:
    """Only rows of tokens that training never met agree: inconclusive, a start in common."""
    rows = case.judge.same_start(case.seen.rows)
    if not rows:
        return None
    return Relation.INCONCLUSIVE, Said(
        "Rows of tokens that training never met agree, in whatever basis they stand ({rows}): the "
        "two share a random start or a table of tokens. Whether trained weights were reused as "
        "well the other tests do not tell.",
        rows=_recognised(rows),
    )


def uncontrolled(case: Case) -> Answer | None:
    """Everything silent, with power, but the positive control failed: inconclusive.

    It fails where no test in the stored basis finds a child planted at a correlation of
    ``max_control_correlation`` with the reference.
    """
    if not _nothing_found(case) or case.power is None or case.pairing.across:
        return None
    if not failed(case.power):
        return None
    return Relation.INCONCLUSIVE, Said(
        "Nothing was found. The positive control failed: a child of the reference with half of "
        "its weights' variation, planted in what was read, would not have been found."
    )


def unread(case: Case) -> Answer | None:
    """Everything silent, with power, but shards were not read: inconclusive."""
    if not _nothing_found(case) or not case.tried.unread:
        return None
    return Relation.INCONCLUSIVE, Said(
        "Nothing was found in what could be read, but not all was. {which}",
        which=case.tried.unread[0],
    )


def silent(case: Case) -> Answer | None:
    """Everything silent, with power in a part of the layers: no shared weights found."""
    if not _nothing_found(case):
        return None
    return Relation.NO_SHARED_WEIGHTS, Said(
        "No test found any dependence. {power}", power=_power(case)
    )


def undecided(case: Case) -> Answer:
    """Otherwise inconclusive, with the reason."""
    judge = case.judge
    rows = judge.established(judge.in_place(case.seen.rows))
    roles = sorted({row.roles[0] for row in rows if len(row.roles) == 1})
    if roles:
        why = Said(
            "Only one kind of tensor ({roles}) agrees beyond chance; two are needed.",
            roles=", ".join(roles),
        )
    elif not _is_silent(case):
        why = Said("Some agreement is beyond chance, but not far enough for a conclusion.")
    elif case.pairing.across:
        why = Said(
            "No test found any dependence, but the residual streams differ in width, and a child "
            "pruned to these shapes would not have been found on the rows that were read."
        )
    else:
        why = Said("Too few weights could be compared to exclude reuse.")
    return Relation.INCONCLUSIVE, why


STEPS: tuple[Step, ...] = (
    equal,
    dependent,
    rotated,
    relabelled,
    alike,
    contested,
    same_start,
    uncontrolled,
    unread,
    silent,
    undecided,
)
_TABLES = {"embed": "embeddings", "unembed": "output head"}


def failed(power: Iterable[Detectable]) -> bool:
    """Whether no test in the stored basis found even a near copy."""
    bar = rules.weight_thresholds().max_control_correlation
    found = (d.planted for d in power if d.how == PLAIN and d.planted is not None)
    return not any(planted <= bar for planted in found)


def _basis(case: Case, row: Evidence) -> Basis:
    return case.judge.test(row).basis


def _is_silent(case: Case) -> bool:
    return all(case.judge.is_silent(row) for row in case.seen.computed)


def _nothing_found(case: Case) -> bool:
    least = case.judge.thresholds.min_parameters
    return _is_silent(case) and case.is_powered and case.parameters >= least


def _apart_after(when: Said) -> Said:
    return Said(_APART, when=when)


def _beyond_chance(case: Case) -> Said:
    """Say which parts agree, and which were tested and do not."""
    shared, apart = case.named(SHARED), case.named(NOT_SHARED)
    said = "The weights are not independent: {shared} agree far beyond chance."
    if apart:
        said += " No shared weights were found in {apart}."
    return Said(said, shared=", ".join(shared), apart=", ".join(apart))


def _by_part(case: Case) -> Said:
    """Say which parts are shared, which are not, and which do not say."""
    shared, apart = case.named(SHARED), case.named(NOT_SHARED)
    left = case.named(frozenset({Relation.INCONCLUSIVE}))
    said = "Trained weights are shared in {shared}."
    if apart:
        said += " None were found in {apart}."
    if left:
        said += " Inconclusive: {left}."
    return Said(said, shared=", ".join(shared), apart=", ".join(apart), left=", ".join(left))


def _besides(case: Case, said: Said) -> Said:
    """Add that never-trained rows exclude independent starts exactly."""
    rows = case.judge.same_start(case.seen.rows)
    if not rows:
        return said
    return Said(
        "{said} That the two were not started independently is exact: rows of tokens that training "
        "never met agree ({rows}).",
        said=said,
        rows=_recognised(rows),
    )


def _recognised(rows: tuple[Evidence, ...]) -> Said:
    best = min(rows, key=lambda r: r.log10_p or 0.0)
    return Said(
        "{found} of {rows} rows recognised", found=f"{best.statistic:.0f}", rows=best.n or 0
    )


def _power(case: Case) -> Said:
    """Say what would have been seen in every part for which a negative is claimed."""
    if not case.pairing.across:
        return Said(
            "With 99 % confidence the correlation of corresponding weights is at most {bound} in "
            "every part that was tested.",
            bound=f"{_bound(case):.3f}",
        )
    apart = case.named(NOT_SHARED)
    return Said(
        "The residual streams differ in width: a child pruned to these shapes would have been "
        "found in {parts} if its weights had kept a correlation of {least} with the wider model's; "
        "one whose dimensions were also reordered might not.",
        parts=", ".join(apart),
        least=max(case.planted[name] for name in apart),
    )


def _bound(case: Case) -> float:
    """Largest upper bound over the parts whose matrices were tested together."""
    names = {c.name for c in case.components}
    bounds = [
        row.effect_upper
        for row in case.seen.rows
        if case.judge.test(row).bounds and row.scope in names and row.effect_upper is not None
    ]
    return max(bounds, default=1.0)


def _quoted(case: Case, relation: Relation) -> Evidence | None:
    """Pick the row whose p-value stands for the whole comparison.

    Reserved rows exclude independent starts only; that a disguise hides trained weights rests
    on tests of the layers, so one of those is what a disguise quotes.
    """
    usable = case.seen.computed
    start = relation is Relation.SHARED_INITIALISATION and case.only_alike
    if relation is not Relation.DISGUISED and not start:
        return case.judge.best(usable)
    established = case.judge.elsewhere(usable)
    if start:
        established += case.judge.same_start(usable)
    if established:
        return case.judge.best(established)
    calibrated = [r for r in usable if r.p_kind is PKind.CALIBRATED and r.log10_p is not None]
    return min(calibrated, key=lambda r: r.log10_p or 0.0, default=None)


def _named(case: Case, relation: Relation) -> tuple[Component, ...]:
    """Give the parts that betray themselves in another basis the word of the whole."""
    start = case.judge.same_start(case.seen.rows)
    hidden = relation in (Relation.DISGUISED, Relation.SHARED_INITIALISATION)
    if not hidden and not (relation is Relation.INCONCLUSIVE and start):
        return case.components
    clear = {(found.test, found.scope) for found in case.alike}
    speaking = [*case.judge.elsewhere(case.seen.rows)]
    speaking += [r for r in case.seen.rows if (r.test, r.scope) in clear]
    speaking += start
    words = {
        row.where.component: Component(
            name=row.where.component,
            relation=relation,
            log10_p=case.judge.adjusted(row),
            effect=row.effect,
            p_kind=row.p_kind,
        )
        for row in sorted(speaking, key=lambda r: r.log10_p or 0.0, reverse=True)
    }
    return tuple(words.get(c.name, c) for c in case.components)
