# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What was asked, by whom, between which two propositions, and what was not asked."""

from dataclasses import dataclass

from audit.record.custody import Custody
from audit.record.document import AuditRecord
from audit.report.view_custody import NOT_RECORDED
from audit.report.wording import clip, quoted, words
from audit.text.numbers import counted, listed

_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionView:
    """The question, H1 and H2, what fixes them, who asked, and what is out of scope."""

    question: str
    propositions: tuple[tuple[str, str], ...]
    fixed: str
    digests: tuple[tuple[str, str], ...]
    asked: tuple[tuple[str, str], ...]
    out_of_scope: tuple[str, ...]


def question_page(record: AuditRecord, custody: Custody | None) -> QuestionView:
    """State the question and the two propositions that the evidence is weighed between."""
    subject, others = quoted(record.subject.name), references(record)
    texts = words().propositions
    return QuestionView(
        question=question(record),
        propositions=tuple(
            (name, text.format(suspect=subject, reference=others)) for name, text in texts.items()
        )
        if others
        else (),
        fixed=words().fixed,
        digests=(
            ("Policy, SHA-256", record.options.policy_sha256),
            ("Rules, SHA-256", record.tool.rules_sha256),
        ),
        asked=_asked(custody),
        out_of_scope=words().out_of_scope,
    )


def question(record: AuditRecord) -> str:
    """State the question before the answer."""
    subject, others = quoted(record.subject.name), references(record)
    if not others:
        return f"Does the release of {subject} keep the licence promises it makes?"
    return (
        f"Do the weights of {subject} share trained values with {others}, and does the "
        "release keep the licence promises it makes?"
    )


def references(record: AuditRecord) -> str:
    """Name up to three references and count the rest; empty where there is none."""
    names = [quoted(r.name, 40) for r in record.references]
    left = len(names) - _NAMED
    shown = [*names[:_NAMED], *([counted(left, "other reference")] if left > 0 else [])]
    return listed(shown) if shown else ""


def _asked(custody: Custody | None) -> tuple[tuple[str, str], ...]:
    """Say who asked and where answers go; a missing name is said to be missing."""
    who = None if custody is None else custody.requested_by
    where = None if custody is None else custody.contact
    unsaid = NOT_RECORDED if custody is None else "Not stated by the person who ran the audit."
    return (
        ("Asked for by", clip(who, 200) if who else unsaid),
        ("Corrections and answers to", clip(where, 200) if where else words().no_contact),
    )
