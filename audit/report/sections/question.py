# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What was asked, by whom, between which propositions, and what was not asked."""

from collections.abc import Callable

from audit.record.document import AuditRecord, ReferenceItem, Subject
from audit.record.said import Said
from audit.report import blocks as b
from audit.report.outline import refer
from audit.report.page import NOT_RECORDED, Page, part
from audit.report.sections.items import items
from audit.report.words.texts import clip, prose, quoted, short_name, some
from audit.report.words.wording import wording

_NAMED = 3


def question_section(page: Page) -> b.Section:
    """State the propositions, what was examined, and what the publisher claims."""
    record, words = page.record, wording()
    suspect, others = quoted(record.subject.name), _references(record)
    compared = bool(others)
    propositions: tuple[tuple[b.Text, b.Cell], ...] = tuple(
        (name, Said(text, suspect=suspect, reference=others))
        for name, text in words.propositions.items()
        if compared
    )
    return part(
        "question",
        Said("Question and items"),
        b.Facts(propositions, width="id"),
        b.Paragraph(refer(words.fixed)) if compared else None,
        *items(page),
    )


def question(record: AuditRecord) -> Said:
    """State the question before the answer: which models, whose, in which revision."""
    subject = _named(record.subject)
    if not record.references:
        return Said(
            "Does the release of {subject} keep the licence promises it makes?", subject=subject
        )
    return Said(
        "Do the weights of {subject} share trained values with {others}, and does the release "
        "keep the licence promises it makes?",
        subject=subject,
        others=_references(record, _named),
    )


def _named(item: Subject | ReferenceItem) -> str:
    """Name a model with its publisher and revision, as far as somebody states them."""
    name = quoted(item.name, 40)
    known = () if item.source is None or "/" not in item.source.model else (item.source.model,)
    publisher = tuple(
        Said("of {owner}", owner=short_name(model.partition("/")[0], 30)) for model in known
    )
    commit = item.revision.commit if item.revision else None
    revision = () if commit is None else (Said("revision {commit}", commit=commit[:12]),)
    if not publisher and not revision:
        return name
    return Said("{name} ({details:commas})", name=name, details=(*publisher, *revision))


def _quoted(item: Subject | ReferenceItem) -> str:
    return quoted(item.name, 40)


def _references(
    record: AuditRecord, name: Callable[[Subject | ReferenceItem], str] = _quoted
) -> tuple[str, ...]:
    """Name up to three references and count the rest."""
    names = [name(r) for r in record.references]
    shown = some(names, _NAMED)
    if len(names) == _NAMED + 1:
        return (*shown[:-1], Said("1 other reference"))
    if len(names) > _NAMED:
        return (*shown[:-1], Said("{n:count} other references", n=len(names) - _NAMED))
    return shown


def asked(page: Page) -> tuple[tuple[b.Text, b.Cell], ...]:
    """Say who asked and where answers go; a missing name is said to be missing."""
    run = page.audit_run
    who = None if run is None else run.requested_by
    where = None if run is None else run.contact
    unsaid = NOT_RECORDED if run is None else Said("Not stated by the person who ran the audit.")
    return (
        (Said("Requested by"), clip(who, 200) if who else unsaid),
        (
            Said("Corrections and answers to"),
            clip(where, 200) if where else prose(wording().no_contact),
        ),
    )
