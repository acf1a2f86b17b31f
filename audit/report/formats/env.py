# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The answer in lines of ``name=value``, as CI hosts hand values from one step to the next."""

from audit.languages import Language
from audit.record.findings import Severity
from audit.report.formats.interface import Format
from audit.report.page import Page


def render(page: Page, _language: Language) -> bytes:
    """Return verdict, exit code, digests, and how many findings of each severity count."""
    record = page.record
    verdict = record.verdict
    counted = [f.severity for f in record.findings if not f.waived]
    values = {
        "verdict": verdict.status.value,
        "exit_code": int(verdict.status.exit_code),
        "papers_only": str(verdict.papers_only).lower(),
        **{severity.value: counted.count(severity) for severity in reversed(Severity)},
        "waived": sum(f.waived is not None for f in record.findings),
        "manifest_sha256": record.subject.manifest_sha256,
        "record_sha256": page.sha256,
    }
    return "".join(f"{name}={value}\n" for name, value in values.items()).encode()


ENV = Format(name="env", suffix=".env", signed=False, render=render, spoken=False)
