# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""One entry per line of evidence: what a test measures, what it found everywhere, what misleads it.

A test is explained once, whatever the number of references, beside its own results.
"""

from dataclasses import dataclass

from audit.record.document import AuditRecord
from audit.record.weights import Comparison, Evidence, Outcome
from audit.report.view_evidence import NO_VALUE, EvidenceRow, is_single_role, row, table_order
from audit.report.view_relation import strongest_first
from audit.report.wording import clip, method, short_name, words
from audit.text.numbers import count, share

_ROWS, _ROLES = 24, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceRows:
    """The results against one reference; ``roles`` is one sentence on single kinds of tensor."""

    reference: str
    rows: tuple[EvidenceRow, ...]
    roles: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """One test that gave a result somewhere."""

    anchor: str
    test: str
    version: str
    name: str
    null: str
    statistic: str
    effect: str
    survives: str
    blind_to: str
    warrant: str
    results: tuple[ReferenceRows, ...]
    more: str


def lines(record: AuditRecord) -> tuple[LineView, ...]:
    """Return the tests that gave a result: the strongest line of the strongest reference first."""
    compared = strongest_first(record)
    order: dict[str, None] = {}
    for comparison in compared:
        order |= dict.fromkeys(e.test for e in sorted(_computed(comparison), key=table_order))
    return tuple(_line(test, compared, record) for test in order)


def _computed(comparison: Comparison) -> list[Evidence]:
    return [e for e in comparison.evidence if e.outcome is Outcome.COMPUTED]


def _line(test: str, compared: tuple[Comparison, ...], record: AuditRecord) -> LineView:
    text = method(test)
    found = [(c, _of(test, c)) for c in compared]
    results = tuple(_results(c, rows) for c, rows in found if rows)
    left = sum(len(rows) for _, rows in found) - sum(len(r.rows) for r in results)
    rolled = sum(is_single_role(e) for _, rows in found for e in rows)
    return LineView(
        anchor=f"line-{test}",
        test=test,
        version=str(record.tool.battery.get(test, NO_VALUE)),
        name=text.name,
        null=text.null,
        statistic=text.statistic,
        effect=f"The {text.effect}.",
        survives=text.survives,
        blind_to=text.blind_to,
        warrant=_warrant([e for _, rows in found for e in rows]),
        results=results,
        more=f"{count(left - rolled)} more rows are in record.json." if left > rolled else "",
    )


def _of(test: str, comparison: Comparison) -> list[Evidence]:
    return sorted((e for e in _computed(comparison) if e.test == test), key=table_order)


def _warrant(rows: list[Evidence]) -> str:
    kinds = list(dict.fromkeys(e.p_kind.value for e in rows))
    return " ".join(f"{words().warrants[k].label.capitalize()}." for k in kinds)


def _results(comparison: Comparison, found: list[Evidence]) -> ReferenceRows:
    single = [e for e in found if is_single_role(e)]
    split = {e.scope.partition("/")[0] for e in single}
    parts = [e for e in found if not is_single_role(e)]
    return ReferenceRows(
        reference=short_name(comparison.reference),
        rows=tuple(row(e, split, comparison) for e in parts[:_ROWS]),
        roles=_roles(single),
    )


def _roles(single: list[Evidence]) -> str:
    """Say the sizes of single kinds of tensor in one sentence, the largest first."""
    sized = sorted(
        (e for e in single if e.effect is not None), key=lambda e: (-(e.effect or 0.0), e.scope)
    )
    if not sized:
        return ""
    said = [f"{clip(e.scope.partition('/')[2], 40)} {share(e.effect or 0.0)}" for e in sized]
    left = len(said) - _ROLES
    more = f" and {left} more in record.json" if left > 0 else ""
    return f"Size by kind of tensor: {', '.join(said[:_ROLES])}{more}."
