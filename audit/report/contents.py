# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a report contains, in the order of its outline; a new section is a line here and there."""

from collections.abc import Callable, Mapping
from typing import Final

from audit.report.blocks import Section
from audit.report.outline import ANNEXES, BODY
from audit.report.page import Page
from audit.report.sections.annexes import glossary, inventory
from audit.report.sections.context import context
from audit.report.sections.custody import custody
from audit.report.sections.findings import details, findings
from audit.report.sections.licences import evidence, licences
from audit.report.sections.methods import limits, methods
from audit.report.sections.question import question_section
from audit.report.sections.signature import responses
from audit.report.sections.verdict import verdict
from audit.report.sections.weighing import lines
from audit.report.sections.weights import weights

SECTIONS: Final[Mapping[str, Callable[[Page], Section | None]]] = {
    "verdict": verdict,
    "question": question_section,
    "weights": weights,
    "licences": licences,
    "findings": findings,
    "limits": limits,
    "custody": custody,
    "details": details,
    "lines": lines,
    "methods": methods,
    "context": context,
    "drafts": evidence,
    "inventory": inventory,
    "glossary": glossary,
    "responses": responses,
}


def sections(page: Page) -> tuple[Section, ...]:
    """Return the sections of a report in the order of its outline."""
    built = (SECTIONS[name](page) for name in (*BODY, *ANNEXES))
    return tuple(section for section in built if section is not None)
