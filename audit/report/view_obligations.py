# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What the release owes for what it was made from, and whether it is there."""

from dataclasses import dataclass

from audit.obligations.matrix import MatrixRow, matrix
from audit.record.document import AuditRecord
from audit.record.licenses import NOASSERTION
from audit.record.obligations import Duty, DutyState, Edge, Node, NodeKind, ObligationEvidence
from audit.report.wording import clip
from audit.text.numbers import counted, left_out

_EDGES, _ROWS, _NAMES = 60, 120, 6
_STATES = {
    DutyState.MET: "Met",
    DutyState.NOT_MET: "Not met",
    DutyState.UNKNOWN: "Unknown",
}
_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenanceRow:
    """One edge: what was made from what, how, what says so, and under what terms it came."""

    source: str
    target: str
    relation: str
    evidence: str
    origin: str
    license: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyRow:
    """One obligation; ``found`` is where it is met or was nearly, ``why`` the reason."""

    obligation: str
    text: str
    owed_for: str
    state: str
    why: str
    found: str
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseRows:
    """The obligations of one licence."""

    name: str
    tally: str
    rows: tuple[DutyRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationsView:
    """Edges, then licence by obligation; ``reason`` says why there is nothing."""

    summary: str
    edges: tuple[ProvenanceRow, ...]
    edges_more: str
    licenses: tuple[LicenseRows, ...]
    rows_more: str
    unknown: tuple[tuple[str, str], ...]


def obligations(record: AuditRecord) -> ObligationsView:
    """Return the section: nothing here is decided, the duties are the record's."""
    evidence = record.obligations
    nodes = {node.name: node for node in evidence.nodes}
    rows = matrix(evidence)
    return ObligationsView(
        summary=_summary(evidence),
        edges=tuple(_edge(edge, nodes) for edge in evidence.edges[:_EDGES]),
        edges_more=left_out(len(evidence.edges), _EDGES, "edge"),
        licenses=_by_license(rows[:_ROWS]),
        rows_more=left_out(len(rows), _ROWS, "obligation"),
        unknown=tuple(
            (clip(node.name, 120), clip(node.license_from, _SHOWN))
            for node in evidence.nodes
            if node.kind is not NodeKind.RELEASE and not node.is_known
        ),
    )


def _summary(evidence: ObligationEvidence) -> str:
    if evidence.reason is not None:
        return f"{clip(evidence.reason, _SHOWN).capitalize()}."
    if not evidence.edges:
        return "Nothing declares, and nothing shows, that the release was made from other work."
    states = [row.duty.state for row in matrix(evidence)]
    tally = ", ".join(f"{states.count(state)} {_STATES[state].lower()}" for state in _STATES)
    return (
        f"{counted(len(evidence.edges), 'edge')} of provenance;"
        f" {counted(len(states), 'obligation')} followed along them: {tally}."
    )


def _edge(edge: Edge, nodes: dict[str, Node]) -> ProvenanceRow:
    node = nodes[edge.source]
    known = "not known" if node.license == NOASSERTION else node.license
    doubt = "" if edge.settled else ", to be looked at by a person"
    return ProvenanceRow(
        source=clip(edge.source, 120),
        target=clip(edge.target, 120),
        relation=edge.relation.value,
        evidence=f"{edge.evidence.value}{doubt}",
        origin=clip(_place(edge.origin, edge.path, edge.line), _SHOWN),
        license=f"{clip(known, 120)} ({clip(node.license_from, 160)})",
    )


def _place(origin: str, path: str | None, line: int | None) -> str:
    if path is None or line is None or not origin.startswith(path):
        return origin
    return f"{path}:{line}{origin[len(path) :]}"


def _by_license(rows: tuple[MatrixRow, ...]) -> tuple[LicenseRows, ...]:
    grouped: dict[str, list[MatrixRow]] = {}
    for row in rows:
        grouped.setdefault(row.license_name, []).append(row)
    return tuple(
        LicenseRows(
            name=clip(name, 120), tally=_tally(group), rows=tuple(_duty(row) for row in group)
        )
        for name, group in grouped.items()
    )


def _tally(rows: list[MatrixRow]) -> str:
    states = [row.duty.state for row in rows]
    said = [f"{states.count(s)} {_STATES[s].lower()}" for s in _STATES if s in states]
    unread = (
        "" if rows[0].duty.gates else "; facts not checked against the text, so they decide nothing"
    )
    return f"{', '.join(said)}{unread}"


def _duty(row: MatrixRow) -> DutyRow:
    duty = row.duty
    more = len(row.ancestors) - _NAMES
    named = ", ".join(clip(name, 80) for name in row.ancestors[:_NAMES])
    return DutyRow(
        obligation=f"{duty.obligation} [{clip(duty.clause, 60)}]",
        text=clip(duty.text, 400),
        owed_for=f"{named} and {more} more" if more > 0 else named,
        state=_STATES[duty.state],
        why=clip(duty.reason, 300),
        found=_found(duty),
        question=clip(duty.question, 300) if duty.question is not None else "",
    )


def _found(duty: Duty) -> str:
    """Name the place of the first passage, with its likeness if it is one of words."""
    if not duty.passages:
        return ""
    passage = duty.passages[0]
    place = passage.path if passage.line is None else f"{passage.path}:{passage.line}"
    alike = "" if passage.similarity is None else f", {passage.similarity:.0%} alike"
    return f"{clip(place, 160)}{alike}"
