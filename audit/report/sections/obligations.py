# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What the release owes for what it was made from, whether it is there, and text to paste."""

from audit.obligations.matrix import MatrixRow, matrix
from audit.record.document import LegalExtract
from audit.record.drafts import Draft
from audit.record.obligations import Duty, DutyState, Edge, Node, NodeKind, ObligationEvidence
from audit.record.said import Said
from audit.report import blocks as b
from audit.report.page import Page
from audit.report.words.texts import amount, clip, left_out, place, prose, sentence, some, told
from audit.report.words.wording import paragraph, plain, wording

_EDGES, _ROWS, _NAMES, _SHOWN = 60, 120, 6, 200
_LINES, _ITEMS, _LONGEST = 60, 20, 240
_STATES = {DutyState.MET: "Met", DutyState.NOT_MET: "Not met", DutyState.UNKNOWN: "Unknown"}


def owed_for(page: Page) -> tuple[b.Block, ...]:
    """Return the duties: nothing here is decided, they are the record's."""
    found = page.record.obligations
    nodes = {node.name: node for node in found.nodes}
    rows = matrix(found, page.texts.licenses)
    unknown = tuple(
        (clip(node.name, 120), told(node.license_from, _SHOWN))
        for node in found.nodes
        if node.kind is not NodeKind.RELEASE and not node.is_known
    )
    columns = {
        "Made from, or if so": "name",
        "How": "mid",
        "What says so": "mid",
        "Read from, and the terms there": "",
    }
    return b.present(
        b.Heading(Said("What it was made from, and what is owed for it")),
        b.Paragraph((_summary(found, rows), paragraph("obligations.lead_drafts"))),
        b.Table(columns, tuple(_edge(edge, nodes) for edge in found.edges[:_EDGES])),
        b.note(left_out(len(found.edges), _EDGES, "source")),
        b.reasons(unknown, Said("Terms not known of"), Said("Reason")),
        *_by_license(rows[:_ROWS]),
        b.note(left_out(len(rows), _ROWS, "obligation")),
    )


def _summary(found: ObligationEvidence, rows: tuple[MatrixRow, ...]) -> b.Text:
    if found.reason is not None:
        return sentence(clip(found.reason, _SHOWN))
    if not found.edges:
        return Said(
            "Nothing declares, and nothing shows, that the release was made from other work."
        )
    states = [row.duty.state for row in rows]
    return Said(
        "{sources} found or declared; {obligations} followed from there: {tally:commas}.",
        sources=amount(len(found.edges), "source"),
        obligations=amount(len(states), "obligation"),
        tally=tuple(_count(states, state) for state in _STATES),
    )


def _count(states: list[DutyState], state: DutyState) -> Said:
    word = prose(_STATES[state].lower())
    return Said("{n:count} {state}", n=states.count(state), state=word)


def _edge(edge: Edge, nodes: dict[str, Node]) -> tuple[b.Cell, ...]:
    node = nodes[edge.source]
    known = clip(node.license, 120) if node.is_known else Said("not known")
    evidence: str = prose(edge.evidence.value)
    if not edge.settled:
        evidence = Said("{evidence}, to be looked at by a person", evidence=evidence)
    terms = Said("{license} ({origin})", license=known, origin=told(node.license_from, 160))
    return (
        b.Lines((clip(edge.source, 120), Said("into {target}", target=clip(edge.target, 120)))),
        plain(edge.relation.value),
        evidence,
        b.Lines((_origin(edge), terms)),
    )


def _origin(edge: Edge) -> str:
    """Say where an edge was read, with the line where that is known."""
    path, line, said = edge.path, edge.line, prose(edge.origin)
    words = wording().relations.get(str(said.arguments.get("relation", "")))
    if words is not None:
        said = Said(said.message, relation=prose(words.label))
    if path is None or line is None or not said.startswith(path):
        return told(said, _SHOWN)
    if path not in said.arguments.values():
        return told(f"{path}:{line}{said[len(path) :]}", _SHOWN)
    at = {k: place(path, line) if v == path else v for k, v in said.arguments.items()}
    return told(Said(said.message, **at), _SHOWN)


def _by_license(rows: tuple[MatrixRow, ...]) -> tuple[b.Block, ...]:
    grouped: dict[str, list[MatrixRow]] = {}
    for row in rows:
        grouped.setdefault(row.license_name, []).append(row)
    blocks: list[b.Block] = []
    for name, group in grouped.items():
        tally = Said("{license}: {tally}", license=clip(name, 120), tally=_tally(group))
        blocks += [b.Heading(tally), duties(tuple(group))]
    return tuple(blocks)


def _tally(rows: list[MatrixRow]) -> Said:
    states = [row.duty.state for row in rows]
    tally = tuple(_count(states, state) for state in _STATES if state in states)
    if rows[0].duty.gates:
        return Said("{tally:commas}", tally=tally)
    return Said(
        "{tally:commas}; facts not checked against the text, so they decide nothing", tally=tally
    )


def duties(rows: tuple[MatrixRow, ...]) -> b.Table:
    """Return obligations with their states, and where they are met or were looked for."""
    columns = {
        "Obligation [clause], owed for": "status",
        "State": "num",
        "What is asked": "name",
        "Where, or why not": "",
    }
    return b.Table(columns, tuple(map(_duty, rows)))


def _what(duty: Duty) -> Said:
    return Said("{what} [{clause}]", what=plain(clip(duty.obligation, 80)), clause=duty.clause)


def _duty(row: MatrixRow) -> tuple[b.Cell, ...]:
    duty = row.duty
    names = some([clip(name, 80) for name in row.ancestors], _NAMES)
    owed: str = Said("{names:commas}", names=names)
    if len(names) > _NAMES:
        owed = Said("{names:commas} and {left}", names=names[:-1], left=names[-1])
    asked = (
        Said("To be answered by a person: {question}", question=told(duty.question, 300))
        if duty.question is not None
        else ""
    )
    parts: list[b.Text] = [told(duty.reason, 300)]
    if duty.passages:
        parts.insert(0, b.Code(_found(duty)))
    if asked:
        parts.append(asked)
    return (
        b.Lines((_what(duty), owed)),
        prose(_STATES[duty.state]),
        told(duty.text, 400),
        b.Lines(tuple(parts)),
    )


def _found(duty: Duty) -> str:
    """Name the place of the first passage, with its likeness if it is one of words."""
    passage = duty.passages[0]
    where = place(passage.path, passage.line, 160)
    if passage.similarity is None:
        return where
    return Said("{place}, {likeness:share} alike", place=where, likeness=passage.similarity)


def owed(found: ObligationEvidence, names: dict[str, str]) -> b.Table:
    """Return one row for each duty, as a terminal has room for."""
    columns = {"Owed for, under": "", "What, by clause": "", "State": "", "Where, or why not": ""}
    rows, last = [], ""
    for row in matrix(found, names):
        duty, license_ = row.duty, row.license_name
        who = Said("{names:commas}: {license}", names=row.ancestors, license=license_)
        where: str = prose(duty.reason)
        if duty.question is not None:
            where = Said("ask: {question}", question=prose(duty.question))
        elif duty.passages:
            first = duty.passages[0]
            at = place(first.path, first.line)
            where = Said("{place}: {reason}", place=at, reason=prose(duty.reason))
        rows.append(("" if who == last else who, _what(duty), prose(_STATES[duty.state]), where))
        last = who
    return b.Table(columns, tuple(rows))


def drafts(draft: Draft | None, legal: tuple[LegalExtract, ...] = ()) -> tuple[b.Block, ...]:
    """Return what `audit notice` drafts for the same evidence, but for files that say just that."""
    if draft is None:
        return (b.Paragraph(Said("The record carries no drafts; audit notice makes them.")),)
    carried = {found.text.rstrip() for found in legal if found.whole}
    pastes, open_ = _pastes(draft, carried), Said("Not known; to be found out before the release")
    unknown = b.bulleted(open_, _items(draft.open))
    if not any((draft.texts, pastes, draft.choices)):
        return b.Paragraph(Said("Nothing has to be added or rewritten.")), *unknown
    texts = tuple(
        (
            clip(text.file, 120),
            Said(
                "{name}, asked for by {whom}. Take it unchanged from the upstream’s own "
                "repository.",
                name=clip(text.name, 120),
                whom=clip(", ".join(text.owed_for), 200),
            ),
        )
        for text in draft.texts
    )
    return (
        b.Paragraph(paragraph("obligations.lead"), "lead"),
        b.reasons(texts, Said("Text to add"), Said("Reason")),
        *pastes,
        *b.bulleted(Said("To be decided"), _items(draft.choices)),
        *unknown,
    )


def _items(found: tuple[str, ...]) -> tuple[b.Text, ...]:
    said = (told(text, 400) for text in found[:_ITEMS])
    return (*said, *filter(None, (left_out(len(found), _ITEMS, "line"),)))


def _pastes(draft: Draft, carried: set[str]) -> tuple[b.Block, ...]:
    texts = (
        (Said("NOTICE, the whole file"), draft.notice),
        (Said("Sentences for README.md or NOTICE"), "\n".join(draft.statements)),
        (Said("Words to show near the top of README.md"), "\n".join(draft.displays)),
        (
            Said("Words that the model’s name needs, wherever it is published"),
            "\n".join(draft.names),
        ),
        (Said("Patch of the model card, for patch -p1"), draft.patch),
    )
    blocks: list[b.Block] = []
    for heading, text in texts:
        if text and text.rstrip() not in carried:
            lines = text.rstrip("\n").split("\n")
            left = amount(len(lines) - _LINES, "more line")
            more = Said("{lines}: audit notice writes the whole.", lines=left)
            shown = tuple(clip(line.expandtabs(4), _LONGEST) for line in lines[:_LINES])
            blocks += [b.Heading(heading, 4), b.Quote(shown)]
            blocks += [b.note(more)] if len(lines) > _LINES else []
    return tuple(blocks)
