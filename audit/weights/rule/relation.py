# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The decision rule: which relation the evidence of one comparison amounts to.

Nothing else decides. The steps are asked in their order and the first that answers is followed;
``docs/methods.md`` prints their docstrings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace

from audit import rules
from audit.record.assurance import Detectable
from audit.record.said import Said
from audit.record.weights import Component, Evidence, PKind, Relation
from audit.weights.nulls.containment import not_contained
from audit.weights.pairing.tables import same_strings
from audit.weights.rule import words
from audit.weights.rule.by_values import Answer, equal_anywhere, few_equal
from audit.weights.rule.descent import less_than_descent
from audit.weights.rule.earned import missing
from audit.weights.rule.judge import BLOCKS, NOT_SHARED, SHARED, TABLES, Case, Decision
from audit.weights.statistics.interface import PLAIN, Basis, false_positive_bound
from audit.weights.statistics.seen import EqualValues, Likeness, Undone, Unrotated
from audit.weights.statistics.unit_alignment import Spectra

Step = Callable[[Case], Answer | None]


def decide(case: Case) -> Decision:
    """Follow the first step that answers; the last one always does."""
    step, (relation, summary) = next(
        (step, answer) for step in STEPS if (answer := step(case)) is not None
    )
    quoted = _quoted(case, relation)
    return Decision(
        relation=relation,
        summary=summary,
        components=_named(case, relation),
        log10_p=case.judge.adjusted(quoted) if quoted else None,
        effect=quoted.effect if quoted else None,
        p_kind=quoted.p_kind if quoted else PKind.NONE,
        is_dependent=step in (equal, dependent),
    )


def equal(case: Case) -> Answer | None:
    """Every value equal, and as many layers and experts: copy."""
    values = case.seen.of(EqualValues)
    least = case.judge.thresholds.copy_coverage
    if values is None or values.share < least or not case.same_parts:
        return None
    return Relation.COPY, words.copied(values.share)


def dependent(case: Case) -> Answer | None:
    """Dependence as stored, by an exact bound or in two disjoint roles: derived.

    But shared initialisation, where one model is a random start with nothing learned in it;
    inconclusive, where what was learned does not tell descent from a common start; and component
    reuse, where a part was tested and shares nothing, or no layer agrees. Exact bounds are those
    of equal tensors and of agreeing indices.
    """
    rows, roles = _established(case)
    exact = any(row.p_kind is PKind.EXACT for row in rows)
    if not exact and len(roles) < case.judge.thresholds.min_roles:
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
    if (less := less_than_descent(case, inside=bool(positive & layered))) is not None:
        return less
    shared, tested = case.named(SHARED), case.named(NOT_SHARED)
    if negative or not positive & layered:
        left = case.named(frozenset({Relation.INCONCLUSIVE}))
        return Relation.COMPONENT_REUSE, words.by_part(shared, tested, left)
    return Relation.DERIVED, words.beyond_chance(shared, tested)


def rotated(case: Case) -> Answer | None:
    """Dependence once the rotation that the embeddings show is undone: disguised.

    But inconclusive, where neither model contains the other's weights and no calibrated score
    says otherwise.
    """
    undone = case.seen.of(Unrotated)
    found = case.judge.elsewhere(case.seen.rows)
    if undone is None or not any(case.judge.test(r).basis is Basis.TURNED for r in found):
        return None
    matched = case.alike and not case.only_alike
    if not_contained(undone.levels) and not matched:
        return Relation.INCONCLUSIVE, words.ROTATED_APART
    return Relation.DISGUISED, _besides(case, words.ROTATED)


def relabelled(case: Case) -> Answer | None:
    """Dependence once the relabelling that matching tables show is undone: disguised.

    But inconclusive, where neither model contains the other's weights, and where only the tables
    match or only the layers agree, and no calibrated score tells more.
    """
    undone = case.seen.of(Undone)
    if undone is None or undone.in_order:
        return None
    borne_out = bool(case.judge.elsewhere(case.seen.rows))
    apart = not_contained(undone.levels)
    confident = undone.found.columns.is_confident
    said = words.relabelled(undone.found.source, borne_out=borne_out, apart=apart)
    if confident and borne_out and apart:
        return Relation.INCONCLUSIVE, said
    if confident and borne_out:
        return Relation.DISGUISED, _besides(case, said)
    told = case.alike or any(found.contested for found in case.seen.all(Likeness))
    if told or not (confident or borne_out):
        return None
    return Relation.INCONCLUSIVE, words.OTHER_NEURONS if borne_out else said


def alike(case: Case) -> Answer | None:
    """A calibrated score stands out from all controls: disguised.

    But inconclusive, where neither model contains the other's weights.
    """
    if not case.alike:
        return None
    fewest = min(case.alike, key=lambda c: c.controls)
    likeness = words.likeness(
        [found.alike for found in sorted(case.alike, key=lambda c: c.scope)],
        controls=fewest.controls,
        own=fewest.own_controls,
        bound=false_positive_bound(fewest.controls),
    )
    said = _besides(case, likeness)
    if case.only_alike:
        return Relation.INCONCLUSIVE, words.likeness_apart(said)
    return Relation.DISGUISED, said


def contested(case: Case) -> Answer | None:
    """A calibrated score would stand out, but for a control of this audit: inconclusive.

    Such a control was given, or is another reference that shares nothing.
    """
    close = next((found for found in case.seen.all(Likeness) if found.contested), None)
    if close is None:
        return None
    return Relation.INCONCLUSIVE, words.contested(close.scope, close.statistic, close.best_control)


def same_start(case: Case) -> Answer | None:
    """Only rows of tokens that training never met agree: inconclusive, a start in common."""
    rows = case.judge.same_start(case.seen.rows)
    return (Relation.INCONCLUSIVE, words.same_start(rows)) if rows else None


def uncontrolled(case: Case) -> Answer | None:
    """Everything silent, with power, but the positive control failed: inconclusive.

    It fails where no test in the stored basis finds a child planted at a correlation of
    ``max_control_correlation`` with the reference.
    """
    if not _nothing_found(case) or case.power is None or case.pairing.across:
        return None
    return (Relation.INCONCLUSIVE, words.UNCONTROLLED) if failed(case.power) else None


def unread(case: Case) -> Answer | None:
    """Everything silent, with power, but shards were not read: inconclusive."""
    open_ = _nothing_found(case) and case.tried.unread
    return (Relation.INCONCLUSIVE, words.unread(open_[0])) if open_ else None


def units_open(case: Case) -> Answer | None:
    """Everything silent, but hidden units were paired in a part only: inconclusive.

    Also where the layers' spectra are as alike as those of a child with reordered units, or where
    only one of the models shows a residual stream.
    """
    if not case.pairing.loose or not _nothing_found(case):
        return None
    if (suspect := case.pairing.layouts[0]).streamed:
        return Relation.INCONCLUSIVE, words.UNFOLLOWED
    told = case.parameters / max(1, suspect.parameters)
    if told < case.judge.thresholds.min_units_told:
        return Relation.INCONCLUSIVE, words.unpaired(told)
    if (spectra := case.seen.of(Spectra)) is None or spectra.alike:
        return Relation.INCONCLUSIVE, words.ALIKE_SPECTRA
    return None


def partly(case: Case) -> Answer | None:
    """Some units look alike in another basis, too few for the whole: inconclusive."""
    some = [found for found in case.seen.all(Likeness) if found.clear]
    if not some or not _is_silent(case, calibrated=False):
        return None
    return Relation.INCONCLUSIVE, words.partly(some[0].scope, some[0].clear, some[0].n)


def unearned(case: Case) -> Answer | None:
    """Everything silent, with power, but too little was tested: inconclusive.

    A negative needs ``min_tested`` of the parameters of all weight files under a test, of every
    part of the layers a test that no change of basis blinds and that found its planted child,
    and all blocks that it seeks.
    """
    if case.pairing.loose or not _nothing_found(case) or not (lacking := missing(case)):
        return None
    return Relation.INCONCLUSIVE, words.unearned(lacking)


def silent(case: Case) -> Answer | None:
    """Everything silent, with power in a part of the layers: no shared weights found."""
    if not _nothing_found(case):
        return None
    if not case.pairing.across:
        bounded = words.bounded(_bound(case))
        return Relation.NO_SHARED_WEIGHTS, (
            words.in_another_order(bounded) if case.pairing.loose else bounded
        )
    parts = case.named(NOT_SHARED)
    least = max(case.planted[name] for name in parts)
    return Relation.NO_SHARED_WEIGHTS, words.bounded_across(parts, least)


def undecided(case: Case) -> Answer:
    """Otherwise inconclusive, with the reason."""
    _, roles = _established(case)
    if roles:
        return Relation.INCONCLUSIVE, words.one_role(roles)
    if not _is_silent(case):
        return Relation.INCONCLUSIVE, words.NOT_FAR_ENOUGH
    return Relation.INCONCLUSIVE, words.NO_POWER_ACROSS if case.pairing.across else words.TOO_FEW


STEPS: tuple[Step, ...] = (
    equal,
    equal_anywhere,
    dependent,
    rotated,
    relabelled,
    alike,
    contested,
    same_start,
    few_equal,
    uncontrolled,
    unread,
    units_open,
    partly,
    unearned,
    silent,
    undecided,
)


def failed(power: Iterable[Detectable]) -> bool:
    """Whether no test in the stored basis found even a near copy."""
    bar = rules.weight_thresholds().max_control_correlation
    found = (d.planted for d in power if d.how == PLAIN and d.planted is not None)
    return not any(planted <= bar for planted in found)


def _is_silent(case: Case, *, calibrated: bool = True) -> bool:
    rows = (r for r in case.seen.computed if calibrated or r.p_kind is not PKind.CALIBRATED)
    return all(case.judge.is_silent(row) for row in rows)


def _nothing_found(case: Case) -> bool:
    least = case.judge.thresholds.min_parameters
    return _is_silent(case) and case.is_powered and case.parameters >= least


def _established(case: Case) -> tuple[tuple[Evidence, ...], list[str]]:
    """Rows in the stored order that show dependence, and the disjoint roles that do alone."""
    rows = case.judge.established(case.judge.in_place(case.seen.rows))
    return rows, sorted({row.roles[0] for row in rows if len(row.roles) == 1})


def _besides(case: Case, said: Said) -> Said:
    return words.started_together(said, case.judge.same_start(case.seen.rows))


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
    start = relation is Relation.INCONCLUSIVE and bool(case.alike)
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
    """Give the parts that betray themselves in another basis the word of the whole.

    So too those that agree as stored, where the whole is less than shared trained weights.
    """
    start = case.judge.same_start(case.seen.rows)
    if relation in (Relation.INCONCLUSIVE, Relation.SHARED_INITIALISATION):
        parts = tuple(
            replace(c, relation=relation) if c.relation in SHARED else c for c in case.components
        )
    else:
        parts = case.components
    if relation is not Relation.DISGUISED and not (relation is Relation.INCONCLUSIVE and start):
        return parts
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
    return tuple(words.get(c.name, c) for c in parts)
