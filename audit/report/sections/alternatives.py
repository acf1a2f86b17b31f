# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What else could explain the evidence, and whether it was examined."""

from audit.record.document import AuditRecord
from audit.record.said import Said
from audit.record.weights import Outcome
from audit.report.blocks import Column, Paragraph, Section, Strong, Table, Text
from audit.report.page import Page, part
from audit.report.words.texts import prose
from audit.report.words.wording import AlternativeWords, wording


def alternatives(page: Page) -> Section:
    """Say for each alternative explanation whether this audit examined it."""
    lead = Said(
        "What else could produce agreement between weights, or hide it, and whether this audit "
        "examined it. The list is the same whichever way the evidence points."
    )
    columns = (
        Column(Said("Explanation"), "explain"),
        Column(Said("Examined"), "status"),
        Column(Said("How far")),
    )
    rows = tuple(_alternative(a, page.record) for a in wording().alternatives)
    return part(
        "alternatives",
        Said("Alternative explanations"),
        Paragraph(lead, "lead"),
        Table(columns, rows),
    )


def _alternative(words: AlternativeWords, record: AuditRecord) -> tuple[Text, ...]:
    wanted, total = set(words.tested_by), len(record.comparisons)
    done = sum(
        any(e.test in wanted and e.outcome is Outcome.COMPUTED for e in c.evidence)
        for c in record.comparisons
    )
    status = Said("Not tested")
    remark = Said("No test that speaks to this gave a result in this audit.")
    if not wanted:
        status, remark = Said("Not testable from weights"), prose(words.untestable)
    elif done:
        status, remark = prose(words.examined), prose(words.tested)
        if done < total:
            status = Said(
                "{examined} for {done} of {total} references",
                examined=status,
                done=done,
                total=total,
            )
    explained = (Strong(Said("{name}.", name=prose(words.name))), prose(words.text))
    return explained, status, remark
