# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""SARIF 2.1.0 (OASIS, 2020), which code hosts show beside the lines that findings are about."""

import json
from typing import Any, Final
from urllib.parse import quote

from audit.languages import Language
from audit.record.document import AuditRecord
from audit.record.findings import Finding, FindingStatus, Location, Severity
from audit.record.said import Said
from audit.report.formats.interface import Format
from audit.report.page import Page
from audit.report.sections.findings import worst_first
from audit.report.words.language import Words, words
from audit.report.words.texts import prose
from audit.report.words.wording import gate_words
from audit.rules import checks

LEVELS: Final = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
_RANKS: Final = {"critical": 95.0, "high": 80.0, "medium": 50.0, "low": 20.0, "info": 5.0}
_ROOT = "%SRCROOT%"


def render(page: Page, language: Language) -> bytes:
    """Return one run with a result for each finding; a waived one is suppressed, not left out."""
    record, spoken = page.record, words(language)
    found = worst_first(record.findings)
    ids = sorted({finding.check for finding in found})
    why = {rule.id: rule.why for rule in page.texts.checks}
    run = {
        "tool": {
            "driver": {
                "name": record.tool.name,
                "semanticVersion": record.tool.version,
                "rules": [_rule(check, why.get(check), spoken) for check in ids],
            }
        },
        "automationDetails": {"id": f"{record.tool.name}/"},
        "invocations": [{"executionSuccessful": True}],
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The audited folder."}}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(f, ids.index(f.check), record, spoken) for f in found],
        "properties": {
            "verdict": record.verdict.status.value,
            "papersOnly": record.verdict.papers_only,
            "meaning": spoken.say(prose(gate_words(record.verdict).meaning)),
            "manifestSha256": record.subject.manifest_sha256,
        },
    }
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return f"{json.dumps(log, ensure_ascii=False, indent=1)}\n".encode()


SARIF = Format(name="sarif", suffix=".sarif", signed=False, render=render)


def _rule(check: str, why: Said | None, spoken: Words) -> dict[str, Any]:
    text = "" if why is None else spoken.say(prose(why))
    help_ = f"{text} `audit rules show {check}` says more.".strip()
    known = checks().get(check)
    title = Said("Check {check}", check=check) if known is None else Said(known.title)
    return {
        "id": check,
        "shortDescription": {"text": spoken.say(prose(title))},
        "help": {"text": help_, "markdown": help_},
        "properties": {"tags": ["provenance" if check[:3] in ("BAS", "WGT") else "licence"]},
    }


def _result(finding: Finding, index: int, record: AuditRecord, spoken: Words) -> dict[str, Any]:
    open_ = finding.status is FindingStatus.UNDETERMINED
    sentences = [finding.title, finding.message, finding.how_to_fix]
    if open_:
        sentences.insert(1, Said("The files cannot tell."))
    result: dict[str, Any] = {
        "ruleId": finding.check,
        "ruleIndex": index,
        "level": LEVELS[finding.severity],
        "rank": _RANKS[finding.severity.value],
        "message": {"text": " ".join(_stopped(spoken.say(prose(s))) for s in sentences)},
        "locations": [_location(place) for place in finding.locations or _somewhere(record)],
        "partialFingerprints": {"auditFinding/v1": finding.fingerprint},
        "properties": {
            "severity": finding.severity.value,
            "status": finding.status.value,
            "confidence": finding.confidence.value,
        },
    }
    if finding.waived:
        said = spoken.say(prose(finding.waived))
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": said}]
    return result


def _stopped(text: str) -> str:
    return text if text.endswith((".", "。")) else f"{text}."


def _somewhere(record: AuditRecord) -> tuple[Location, ...]:
    """Return a place for a finding about the whole folder: code hosts drop results without one."""
    paths = [artifact.path for artifact in record.subject.artifacts]
    return tuple(Location(path=path) for path in ("README.md", *paths[:1]) if path in paths)[:1]


def _location(place: Location) -> dict[str, Any]:
    """Return a place; a whole file begins at its first line, since code hosts ask for one."""
    physical = {
        "artifactLocation": {"uri": quote(place.path), "uriBaseId": _ROOT},
        "region": {"startLine": place.line or 1},
    }
    return {"physicalLocation": physical}
