# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The answer in one line, for logs: ``verdict: FAIL (1 critical, 3 high) heron``."""

from audit.languages import Language
from audit.record.findings import Severity
from audit.report.formats.interface import Format
from audit.report.page import Page
from audit.report.words.texts import visible


def render(page: Page, _language: Language) -> bytes:
    """Return the verdict, how many findings of each severity count, and the model's name."""
    record = page.record
    counted = [f.severity for f in record.findings if not f.waived]
    said = [f"{n} {s.value}" for s in reversed(Severity) if (n := counted.count(s))]
    said += ["papers only"] if record.verdict.papers_only else []
    why = f" ({', '.join(said)})" if said else ""
    return f"verdict: {record.verdict.status.value}{why} {visible(record.subject.name)}\n".encode()


LINE = Format(name="line", suffix=".line", signed=False, render=render, spoken=False)
