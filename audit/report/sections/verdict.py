# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The first page: the gate's answer beside the evidence, and what to do.

The gate (what a policy makes of the findings) and the evidence (what the weights show)
are kept apart here, because a waiver or another policy changes the one and never the other.
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace

from audit.record.document import Subject
from audit.record.findings import Finding, FindingStatus
from audit.record.licenses import ClaimSource
from audit.record.said import Said
from audit.record.verdict import Status
from audit.record.weights import Comparison
from audit.report import blocks as b
from audit.report.figures.scale import scale
from audit.report.outline import refer
from audit.report.page import Page
from audit.report.sections.covered import coverage
from audit.report.sections.findings import owner, worst_first
from audit.report.sections.question import question
from audit.report.sections.review import reviewer, unreviewed
from audit.report.words import strength
from audit.report.words.texts import (
    amount,
    brief,
    columns,
    first_sentence,
    known_as,
    prose,
    quoted,
    short_name,
    some,
    visible,
)
from audit.report.words.wording import gate_words, paragraph, wording

_REFERENCES, _ACTIONS, _REASONS, _EXPRESSIONS = 4, 3, 2, 2
"""What the verdict page lists; later sections list everything."""
_DENSITIES = ((2300, "airy"), (3300, "roomy"))
"""How many characters fit in which size of type; the rest is ``dense``, and none is smaller."""
_ACTION = 260
"""Characters; a longer sentence is not begun on the verdict page."""
_NAME = 32


def verdict(page: Page) -> b.Section:
    """Build the verdict page."""
    record = page.record
    revision = record.subject.revision
    dated = page.custody if page.first is None else page.first.custody
    audited_at = Said("Date not recorded") if dated is None else dated.audited_at
    compared = page.compared[:_REFERENCES]
    drawn = scale(compared, page.thresholds, page.texts.likeness)
    blocks = b.present(
        b.Paragraph((Said("Model provenance audit"), "·", f"MPA-{page.sha256[:12]}"), "kicker"),
        b.Heading(short_name(record.subject.name, 80), 1),
        b.Paragraph(
            (
                Said("revision not stated")
                if revision is None
                else Said("revision {commit}", commit=short_name(revision.commit, 120)),
                *_published(record.subject),
                "·",
                audited_at,
                "·",
                page.made_by,
            ),
            "ident",
        ),
        b.Paragraph(
            (Said("Audited files, SHA-256"), b.Code(record.subject.manifest_sha256)), "ident"
        ),
        b.Paragraph(unreviewed(page, "meaning"), "mark"),
        b.Paragraph(question(record), "question"),
        _gate(page),
        _evidence(page),
        None if drawn is None else b.Figure(drawn, paragraph("verdict.scale")),
        _facts(page),
        b.Paragraph(paragraph("verdict.standing"), "standing"),
    )
    return b.Section(
        blocks, id="verdict", title=Said("Verdict"), kind=f"verdict {_density(blocks)}"
    )


def _published(subject: Subject) -> tuple[b.Text, ...]:
    """Name the publisher, where somebody says who it is."""
    if subject.source is None or "/" not in subject.source.model:
        return ()
    owner, who = short_name(subject.source.model.partition("/")[0], 60), subject.source.said_by
    return ("·", Said("published by {owner}, says {who}", owner=owner, who=who))


def _gate(page: Page) -> b.Section:
    """Return the mark: a PASS without a comparison of weights has a shape of its own."""
    outcome = page.record.verdict
    if not page.compared:
        outcome = replace(outcome, papers_only=True)
    words = gate_words(outcome)
    decided = outcome.status is not Status.PASS or outcome.waived
    stated = outcome.reasons if decided else ()
    shown = [brief(reason, 160) for reason in stated[:_REASONS]]
    left = len(stated) - _REASONS
    reasons: list[b.Text] = [prose(reason) for reason in shown]
    if left > 0:
        more = amount(left, "more reason")
        reasons.append(refer("{reasons} in section {findings}.", reasons=more))
    policy = Said(
        "Policy “{policy}”: fails from severity {severity}.",
        policy=short_name(outcome.policy, 40),
        severity=prose(outcome.fail_on.value),
    )
    documents = outcome.status is Status.PASS and outcome.papers_only
    return b.Section(
        b.present(
            b.Heading(Said("Gate"), 2, "plain"),
            b.Paragraph(prose(words.label), "big"),
            b.Paragraph((prose(words.meaning), policy)),
            b.Bullets(tuple(reasons)),
        ),
        kind=f"seal gate-{'documents' if documents else outcome.status.value.lower()}",
        tag="div",
    )


def _evidence(page: Page) -> b.Section:
    """Answer in prose what the weights show; several references each get a row of their own."""
    compared = page.compared[:_REFERENCES]
    left = len(page.compared) - _REFERENCES
    more = refer("And {more} in section {weights}.", more=amount(left, "more reference"))
    found: tuple[b.Block, ...]
    if not compared:
        found = (
            b.Paragraph(Said("Not compared"), "big"),
            b.Paragraph(
                Said("No reference was available, so the weights were not compared with anything.")
            ),
        )
    elif len(compared) == 1:
        found = _only(compared[0], page)
    else:
        found = (_several(compared), b.note(more if left > 0 else ""))
    counted = Said("Findings: {counts}.", counts=_finding_counts(page.record.findings))
    unchanged = Said("No policy and no waiver changes what the weights show.")
    return b.Section(
        b.present(
            b.Heading(Said("Evidence from the weights"), 2, "plain"),
            *found,
            b.Paragraph((counted, unchanged)),
        ),
        kind="answer",
        tag="div",
    )


def heading(comparison: Comparison) -> Said:
    """Name the relation with the reference, for lists of several."""
    return Said(
        "{label}: {reference}.",
        label=strength.label(comparison),
        reference=quoted(comparison.reference, 44),
    )


def _only(comparison: Comparison, page: Page) -> tuple[b.Block, ...]:
    graded = strength.is_on_the_scale(comparison)
    said: b.Text = b.Strong(strength.grade(comparison, page.texts)) if graded else ""
    return (
        b.Paragraph(strength.label(comparison), "big"),
        b.Paragraph((strength.verdict(comparison), *strength.strength(comparison), said)),
        b.Paragraph(strength.details(comparison)),
    )


def _several(compared: tuple[Comparison, ...]) -> b.Table:
    columns = {
        "Reference": "name",
        "Found": "status",
        "How sure": "",
        "Which came first": "status",
    }
    rows = tuple(
        (
            quoted(c.reference, _NAME),
            b.Strong(strength.label(c)),
            strength.briefly(c),
            strength.direction(c) or Said("not known"),
        )
        for c in compared
    )
    return b.Table(columns, rows, "grid stack")


def _facts(page: Page) -> b.Facts:
    how = b.Lines(
        (
            b.Code("audit verify DIR --model FOLDER", line=True),
            refer("Annex {inventory} says what it shows, and how to check without it."),
        )
    )
    return b.Facts(
        (
            (Said("Compared"), coverage(page)),
            (Said("How sure"), _how_sure(page)),
            (Said("Why not surer"), _main_limit(page)),
            (Said("Licence"), _licences(page)),
            (Said("Next, and who"), _actions(page)),
            (Said("Reviewer"), reviewer(page)),
            (Said("How to verify"), how),
        ),
        kind="facts three",
        width="label",
    )


def _how_sure(page: Page) -> b.Text:
    """Say how often the method was wrong about such conclusions, once for all references."""
    said = (strength.error(c, page.texts.rates) for c in page.compared[:_REFERENCES])
    found = tuple(dict.fromkeys(filter(None, said)))
    return found[:2] or Said("Nothing was concluded from the weights.")


def _finding_counts(findings: tuple[Finding, ...]) -> tuple[str, ...]:
    violated = [f for f in findings if f.status is FindingStatus.VIOLATED]
    levels: list[str] = []
    for key, label in wording().severities.items():
        number = sum(f.severity.value == key for f in violated)
        if number:
            levels.append(Said("{n:count} {level}", n=number, level=prose(label.lower())))
    if len(violated) < len(findings):
        unknown = len(findings) - len(violated)
        levels.append(Said("{n:count} that the files could not settle", n=unknown))
    return tuple(levels) or (Said("none"),)


def _main_limit(page: Page) -> b.Text:
    if not page.compared:
        return Said(
            "No reference was available, so nothing is said about where the weights come from."
        )
    names: dict[str, list[str]] = {}
    for comparison in page.compared:
        limit = strength.main_limit(comparison)
        names.setdefault(limit, []).append(quoted(comparison.reference, _NAME))
    stated = tuple(
        limit
        if len(names) == 1
        else Said("Against {references}: {limit}", references=some(of, 2), limit=limit)
        for limit, of in tuple(names.items())[:2]
    )
    return (*stated, refer("Section {limits} says what else was not seen."))


def _licences(page: Page) -> Said:
    """Say what the release states and what its files say; what follows stands in its section."""
    voices: dict[str, str] = {}
    for source in (ClaimSource.DECLARED, ClaimSource.DETECTED):
        found = sorted({c.expression for c in page.record.licenses.of_source(source)})
        shown = tuple(brief(known_as(e), 60) for e in found[:_EXPRESSIONS])
        left = len(found) - _EXPRESSIONS
        more = (Said("{n:count} more", n=left),) if left > 0 else ()
        voices[source.value] = (
            Said("{shown:commas}", shown=(*shown, *more)) if found else Said("nothing")
        )
    return refer(
        "The release states: {declared}. Found in its files: {detected}. What each upstream asks"
        " stands in section {licences}.",
        **voices,
    )


def _actions(page: Page) -> b.Cell:
    """Say what to do and who can, worst first; equal sentences of one owner once."""
    open_ = [f for f in worst_first(page.record.findings) if not f.waived]
    found = tuple(dict.fromkeys((owner(f, page.texts), *_action(f)) for f in open_))
    if not found:
        return Said("No finding asks for an action.")
    lines = tuple(
        (b.Strong(Said("{owner}:", owner=who)), what, f"({check})")
        for who, what, check in found[:_ACTIONS]
    )
    whole = refer("Section {findings} says each in full.")
    left = len(found) - _ACTIONS
    more = Said("And {actions}.", actions=amount(left, "more action")) if left > 0 else ""
    return b.Lines((b.Bullets(lines, numbered=True), (more, whole)))


def _action(finding: Finding) -> tuple[b.Text, str]:
    """Return the first whole sentence of what to do; one too long for the page is not begun."""
    if len(first_sentence(finding.how_to_fix)) > _ACTION:
        return Said("What to do is too long for this page."), finding.check
    return b.Opening(prose(finding.how_to_fix)), finding.check


def _density(blocks: tuple[b.Block, ...]) -> str:
    """Choose the size of type from what the page must hold."""
    room = sum(columns(c) for text in _strings(blocks) for c in visible(text))
    return next((name for most, name in _DENSITIES if room <= most), "dense")


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, b.Opening):
        yield first_sentence(value.text)
    elif isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _strings(item)
    elif is_dataclass(value) and not isinstance(value, type):
        for item in fields(value):
            if item.name not in {"kind", "tag", "id", "width"}:
                yield from _strings(getattr(value, item.name))
