# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""One p-value is one number: in the finding, on the page and on the terminal."""

import re
from dataclasses import replace

import pytest

from audit import report
from audit.checks.lineage.words import strength
from audit.record.document import AuditRecord
from audit.record.texts import RuleTexts
from audit.record.weights import Comparison, PKind
from audit.report.formats.terminal import draw
from audit.report.sections import summary
from tests.unit.report import records

_ODDS = re.compile(r"(?:1.in.10[⁰¹²³⁴⁵⁶⁷⁸⁹]+|10\^-?\d+)")
"""A probability in words, however it is written."""


def compared(log10_p: float, kind: PKind) -> Comparison:
    (comparison, *_) = records.convicted().comparisons
    return replace(comparison, log10_p=log10_p, p_kind=kind)


def on_page(comparison: Comparison) -> str:
    record: AuditRecord = replace(
        records.convicted(), comparisons=(comparison,), findings=(), limits=()
    )
    sections = report.render_html(record, records.CUSTODY).decode()
    sentence = re.search(r"If the two had been initialised[^.]*\.", sections)
    assert sentence is not None
    return sentence[0]


def on_terminal(comparison: Comparison) -> str:
    return draw(summary.compared(comparison, RuleTexts()), 200).plain


@pytest.mark.parametrize("kind", [PKind.EXACT, PKind.ASYMPTOTIC])
def test_finding_page_and_terminal_say_one_number(kind: PKind) -> None:
    comparison = compared(-9.6, kind)
    said = (strength(comparison), on_page(comparison), on_terminal(comparison))
    odds = [{one.replace("\u00a0", " ") for one in _ODDS.findall(text)} for text in said]
    assert odds == [{"1 in 10⁹"}] * 3
