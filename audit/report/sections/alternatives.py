# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What else could explain the evidence, and whether it was examined."""

from audit.record.document import AuditRecord
from audit.record.said import Said
from audit.record.weights import Outcome
from audit.report import blocks as b
from audit.report.page import Page, part
from audit.report.words.texts import prose
from audit.report.words.wording import AlternativeWords, paragraph, wording


def alternatives(page: Page) -> b.Section:
    """Say for each alternative explanation whether this audit examined it."""
    columns = {"Explanation": "explain", "Examined": "status", "How far": ""}
    rows = tuple(_alternative(a, page.record) for a in wording().alternatives)
    return part(
        "alternatives",
        Said("Alternative explanations"),
        b.Paragraph(paragraph("alternatives.lead"), "lead"),
        b.Table(columns, rows),
    )


def _alternative(words: AlternativeWords, record: AuditRecord) -> tuple[b.Text, ...]:
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
    explained = (b.Strong(Said("{name}.", name=prose(words.name))), prose(words.text))
    return explained, status, remark
