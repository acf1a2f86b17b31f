# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A comparison in words and tables for a terminal; computes nothing."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from audit.cli.assurance_text import assurance
from audit.cli.common import plain
from audit.cli.tables import PlainTable
from audit.record.derivation import Derivation, Direction
from audit.record.said import Said
from audit.record.weights import Comparison, Evidence, Outcome, PKind, Relation
from audit.text.warrant import warrant

_UNSAID = "the evidence does not say"
_DIRECTIONS: dict[str, str] = {
    Direction.FROM_REFERENCE: "from the reference, or a close relative of it, to the suspect",
    Direction.TO_REFERENCE: "from the suspect, or a close relative of it, to the reference",
    Direction.SIBLINGS: "both from a third model that was compared",
}
ROLE_SEPARATOR = "/"
"""Stands in the scope of a test of one role of a component (``attention/q``)."""
_UNITS = ("bytes", "kB", "MB", "GB", "TB")


def describe(comparison: Comparison) -> RenderableType:
    """Return what a person needs: the answer, what it rests on, what was not testable."""
    tested = [e for e in comparison.evidence if e.outcome is Outcome.COMPUTED]
    whole = [e for e in tested if ROLE_SEPARATOR not in e.scope]
    untested = [e for e in comparison.evidence if e.outcome is not Outcome.COMPUTED]
    parts: list[RenderableType] = [
        _headline(comparison),
        Text(plain(comparison.summary)),
        *_strength(comparison),
        Text(),
        _facts(comparison),
    ]
    if comparison.components:
        parts += [Text(), _components(comparison)]
    parts += assurance(comparison)
    if whole:
        parts += [Text(), _evidence(whole)]
    if len(whole) < len(tested):
        parts.append(Text(f"and {len(tested) - len(whole)} tests of single roles: see --json"))
    if untested:
        parts += [Text(), _untested(untested)]
    if comparison.limits:
        parts += [Text(), Text("Limits", style="bold"), bullets(comparison.limits)]
    return Group(*parts)


def bullets(sentences: tuple[str, ...]) -> Table:
    """Return a list whose wrapped lines stay indented."""
    grid = Table.grid(padding=(0, 1, 0, 0))
    for sentence in sentences:
        grid.add_row("-", Text(plain(sentence), overflow="fold"))
    return grid


def _headline(comparison: Comparison) -> Text:
    style = "bold red" if comparison.relation.is_lineage else "bold"
    names = f"  {plain(comparison.suspect)} against {plain(comparison.reference)}"
    return Text.assemble((comparison.relation.value.upper(), style), names)


def _strength(comparison: Comparison) -> list[Text]:
    """Say what the p-value means; a comparison without one says nothing here."""
    if comparison.log10_p is None or comparison.p_kind is PKind.NONE:
        return []
    if comparison.relation is Relation.NO_SHARED_WEIGHTS:
        seen = Said(
            "The strongest agreement that was seen arises by chance in {p:chance} of cases.",
            p=comparison.log10_p,
        )
        return [Text(seen)]
    sentence = warrant(comparison.log10_p, comparison.p_kind)
    return [Text(f"{sentence} Every test, component and reference tried is counted in.")]


def size(number: int) -> str:
    """Return a number of bytes as people read it.

    Examples
    --------
    >>> size(999), size(22_700_000)
    ('999 bytes', '22.7 MB')
    """
    value, unit = float(number), 0
    while value >= 1000 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{value:.1f} {_UNITS[unit]}" if unit else f"{number} bytes"


def _facts(comparison: Comparison) -> PlainTable:
    table = PlainTable("", "")
    table.show_header = False
    if comparison.relation.is_lineage:
        table.add("Kind of change", _kind(comparison.kind))
        table.add("Direction", _direction(comparison))
    table.add("Architectures", f"{comparison.family_suspect} / {comparison.family_reference}")
    table.add("Parameters paired", f"{comparison.coverage:.1%} of the suspect's")
    table.add("Weights read", size(comparison.bytes_read))
    return table


def _kind(kind: Derivation | None) -> str:
    if kind is None:
        return _UNSAID
    also = f", also {', '.join(kind.also)}" if kind.also else ""
    return f"{kind.kind}{also}. {kind.sentence}"


def _direction(comparison: Comparison) -> str:
    """The direction and its reasons; the reasons alone where there is none."""
    said = _DIRECTIONS.get(comparison.direction or "", comparison.direction or "")
    reasons = " ".join(comparison.direction_reasons)
    return " ".join(filter(None, (f"{said}." if said else "", reasons))) or _UNSAID


def _components(comparison: Comparison) -> PlainTable:
    table = PlainTable("Component", "Relation", "log10 p", "Effect", "Warrant")
    for part in comparison.components:
        p, effect = _number(part.log10_p, 1), _number(part.effect, 3)
        table.add(part.name, part.relation.value, p, effect, part.p_kind.value)
    return table


def _evidence(tested: list[Evidence]) -> PlainTable:
    table = PlainTable("Test", "On", "log10 p", "Effect", "n", "Warrant")
    for evidence in sorted(tested, key=_strongest_first):
        table.add(
            f"{evidence.test} v{evidence.version}",
            evidence.scope,
            _number(evidence.log10_p, 1),
            _number(evidence.effect, 3),
            "-" if evidence.n is None else f"{evidence.n:,}",
            evidence.p_kind.value,
        )
    return table


def _strongest_first(evidence: Evidence) -> tuple[float, str, str]:
    return (0.0 if evidence.log10_p is None else evidence.log10_p, evidence.test, evidence.scope)


def _untested(untested: list[Evidence]) -> PlainTable:
    table = PlainTable("Not tested", "On", "Why")
    for evidence in untested:
        table.add(evidence.test, evidence.scope, evidence.reason or "no reason was recorded")
    return table


def _number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"
