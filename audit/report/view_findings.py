# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Every finding in full, and who can do what about it."""

from dataclasses import dataclass

from audit.record.document import AuditRecord
from audit.record.findings import Finding, FindingStatus, Location
from audit.record.verdict import Status
from audit.report.inline import Prose, prose
from audit.report.rule_texts import RuleTexts
from audit.report.wording import clip, words
from audit.text.numbers import left_out

_UNKNOWN = "The rules installed here do not know this check."


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """One finding as the report prints it."""

    anchor: str
    check: str
    fingerprint: str
    title: Prose
    severity: str
    severity_key: str
    confidence: str
    status: str
    decides: str
    message: Prose
    evidence: tuple[Prose, ...]
    locations: tuple[str, ...]
    locations_more: str
    waived: str
    why: Prose
    how_to_fix: Prose
    long_term: Prose
    owner: str
    effort: str


def worst_first(found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Order by severity; at equal severity what the files show precedes what they cannot tell."""
    return tuple(
        sorted(
            found,
            key=lambda f: (
                -f.severity.rank,
                f.status is FindingStatus.UNDETERMINED,
                f.check,
                f.fingerprint,
            ),
        )
    )


def findings(record: AuditRecord, texts: RuleTexts) -> tuple[FindingView, ...]:
    """Return every finding, worst first."""
    ordered = worst_first(record.findings)
    return tuple(_finding(f, index, record, texts) for index, f in enumerate(ordered, start=1))


def owner_of(finding: Finding, texts: RuleTexts) -> str:
    """Name who can act on a finding; the rules say it, and these may not know the check."""
    rule = texts.checks.get(finding.check)
    return "Owner not stated" if rule is None else _capital(rule.owner)


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _finding(finding: Finding, index: int, record: AuditRecord, texts: RuleTexts) -> FindingView:
    rule = texts.checks.get(finding.check)
    places = [_place(location) for location in finding.locations]
    elsewhere = {limit for comparison in record.comparisons for limit in comparison.limits}
    observed = [item for item in finding.evidence if item not in elsewhere]
    return FindingView(
        anchor=f"finding-{index}",
        check=finding.check,
        fingerprint=finding.fingerprint,
        title=prose(clip(finding.title, 200)),
        severity=words().severities[finding.severity.value],
        severity_key=finding.severity.value,
        confidence=finding.confidence.value,
        status=words().statuses[finding.status.value],
        decides=_role_in_gate(finding, record),
        message=prose(clip(finding.message, 1200)),
        evidence=tuple(prose(clip(item, 400)) for item in observed[:12]),
        locations=tuple(places[:12]),
        locations_more=left_out(len(places), 12, "place"),
        waived=clip(finding.waived or "", 400),
        why=prose(_UNKNOWN if rule is None else rule.why),
        how_to_fix=prose(clip(finding.how_to_fix, 1200)),
        long_term=prose(_UNKNOWN if rule is None else rule.long_term),
        owner=owner_of(finding, texts),
        effort=_UNKNOWN if rule is None else _capital(rule.effort),
    )


def _place(location: Location) -> str:
    path = clip(location.path, 240)
    return path if location.line is None else f"{path}:{location.line}"


def _role_in_gate(finding: Finding, record: AuditRecord) -> str:
    if finding.waived:
        return "Waived: this finding takes no part in the gate."
    if finding.fingerprint in record.verdict.failing:
        return "This finding fails the gate."
    if finding.fingerprint in record.verdict.undetermined:
        if record.verdict.status is Status.INDETERMINATE:
            return "This finding leaves the gate undecided."
        return "By itself this finding would leave the gate undecided."
    return "This finding does not decide the gate."
