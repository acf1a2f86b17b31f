# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What was asked, by whom, between which propositions, and what was not asked."""

from audit.record.document import AuditRecord
from audit.record.said import Said
from audit.report import blocks as b
from audit.report.outline import refer
from audit.report.page import NOT_RECORDED, Page, part
from audit.report.words.texts import clip, prose, quoted, some
from audit.report.words.wording import wording

_NAMED = 3


def question_section(page: Page) -> b.Section:
    """State the question and the propositions that the evidence is weighed between."""
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
        Said("Question and propositions"),
        b.Paragraph(question(record), "lead"),
        b.Facts(propositions, width="id"),
        b.Paragraph(prose(words.fixed)) if compared else None,
        b.Facts(
            (
                (Said("Policy, SHA-256"), b.Code(record.options.policy_sha256)),
                (Said("Rules, SHA-256"), b.Code(record.tool.rules_sha256)),
                *asked(page),
            )
        ),
        b.Heading(Said("Out of scope")),
        b.Bullets(tuple(refer(line) for line in words.out_of_scope)),
    )


def question(record: AuditRecord) -> Said:
    """State the question before the answer."""
    subject = quoted(record.subject.name)
    if not record.references:
        return Said(
            "Does the release of {subject} keep the licence promises it makes?", subject=subject
        )
    return Said(
        "Do the weights of {subject} share trained values with {others}, and does the release "
        "keep the licence promises it makes?",
        subject=subject,
        others=_references(record),
    )


def _references(record: AuditRecord) -> tuple[str, ...]:
    """Name up to three references and count the rest."""
    names = [quoted(r.name, 40) for r in record.references]
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
        (Said("Asked for by"), clip(who, 200) if who else unsaid),
        (
            Said("Corrections and answers to"),
            clip(where, 200) if where else prose(wording().no_contact),
        ),
    )
