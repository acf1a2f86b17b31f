# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""How the lines of evidence are weighed: the strongest of each, what repeats what, both sides."""

from dataclasses import dataclass

from audit.record.weights import Comparison, Evidence, Relation
from audit.report.view_evidence import NO_VALUE, capped, is_graded, is_single_role, part, reading
from audit.report.wording import band, method, words
from audit.text.numbers import logarithm, share, upper_share

_NOTHING = "No test that gave a number supports this side."


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryRow:
    """The strongest result of one line, with the tensors it reads."""

    anchor: str
    test: str
    scope: str
    log10_p: str
    effect: str
    warrant: str
    reading: str
    reads: str


def summary_rows(computed: list[Evidence], comparison: Comparison) -> tuple[SummaryRow, ...]:
    """Return one row per line: its strongest result, parts before single kinds of tensor."""
    first: dict[str, Evidence] = {}
    for evidence in computed:
        first.setdefault(evidence.test, evidence)
    return tuple(
        SummaryRow(
            anchor=f"line-{e.test}",
            test=method(e.test).name,
            scope=part(e),
            log10_p=NO_VALUE if (p := capped(e)) is None else logarithm(p),
            effect=NO_VALUE if e.effect is None else share(e.effect),
            warrant=words().warrants[e.p_kind.value].label,
            reading=reading(e, comparison),
            reads=method(e.test).reads,
        )
        for e in first.values()
    )


def dependence(computed: list[Evidence]) -> tuple[str, ...]:
    """Name the lines that read the same tensors, then how lines become one figure."""
    reading_same: dict[str, dict[str, None]] = {}
    for evidence in computed:
        text = method(evidence.test)
        reading_same.setdefault(text.reads, {})[text.name] = None
    repeated = tuple(
        f"These lines read the same tensors ({reads}) and repeat each other: {'; '.join(names)}."
        for reads, names in reading_same.items()
        if len(names) > 1
    )
    return (*words().combination, *repeated)


def speaking(computed: list[Evidence]) -> tuple[str, ...]:
    """List what is improbable under H2: it supports H1."""
    chosen = [e for e in computed if is_graded(e) and not band(e.log10_p or 0.0).silent]
    return _per_test(chosen) or (_NOTHING,)


def silent(comparison: Comparison, computed: list[Evidence]) -> tuple[str, ...]:
    """List what stayed within chance, then what bounds the agreement: it supports H2."""
    chosen = [e for e in computed if is_graded(e) and band(e.log10_p or 0.0).silent]
    parts = [e for e in chosen if not is_single_role(e)]
    bounds = [e.effect_upper for e in parts if e.effect_upper is not None]
    said = _per_test(chosen)
    if bounds and comparison.relation is Relation.NO_SHARED_WEIGHTS:
        said += (f"Where a test bounds the agreement, it is at most {upper_share(max(bounds))}.",)
    return said or (_NOTHING,)


def _per_test(chosen: list[Evidence]) -> tuple[str, ...]:
    """Say in one line per test and grade where it gave that grade.

    A part speaks for its own kinds of tensor where they gave the same grade.
    """
    places: dict[tuple[str, str], list[str]] = {}
    for evidence in chosen:
        key = (method(evidence.test).name, band(evidence.log10_p or 0.0).grade)
        listed = places.setdefault(key, [])
        if evidence.scope.partition("/")[0] not in listed:
            listed.append(part(evidence))
    return tuple(
        f"{name} ({', '.join(where)}): {grade}." for (name, grade), where in places.items()
    )
