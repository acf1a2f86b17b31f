# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The page that stands alone, and the findings behind it.

The gate (what a policy makes of the findings) and the evidence (what the weights show)
are kept apart here, because a waiver or another policy changes the one and never the other.
"""

from dataclasses import dataclass

from audit.findings import Finding, FindingStatus, Location
from audit.licenses.claims import ClaimSource
from audit.report.document import AuditRecord, Custody
from audit.report.wording import brief, clip, counted, quoted, words
from audit.verdict import Status

_REFERENCES, _ACTIONS, _REASONS, _ROOMY = 3, 4, 3, 1300
"""What fits on one page (``_ROOMY`` characters in large type); later sections list everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceLine:
    """One reference on the verdict page: the relation in plain words."""

    label: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictView:
    """The verdict page. ``gate_key`` and ``density`` are CSS class names."""

    density: str
    gate: str
    gate_key: str
    gate_meaning: str
    policy: str
    reasons: tuple[str, ...]
    evidence: tuple[EvidenceLine, ...]
    evidence_more: str
    question: str
    answer: str
    limit: str
    declared: str
    detected: str
    concluded: str
    actions: tuple[str, ...]
    actions_more: str
    audited_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """One finding as the report prints it."""

    anchor: str
    check: str
    fingerprint: str
    title: str
    severity: str
    severity_key: str
    confidence: str
    status: str
    decides: str
    message: str
    evidence: tuple[str, ...]
    locations: tuple[str, ...]
    locations_more: str
    why: str
    how_to_fix: str


def verdict(record: AuditRecord, custody: Custody | None) -> VerdictView:
    """Build the verdict page."""
    outcome, gate = record.verdict, words().gate[record.verdict.status.value]
    actions, lines, reasons = _actions(record), evidence_lines(record), _gate_reasons(record)
    printed = (*reasons, *actions[:_ACTIONS], *(line.sentence for line in lines[:_REFERENCES]))
    return VerdictView(
        density="roomy" if sum(map(len, printed)) <= _ROOMY else "dense",
        gate=gate.label,
        gate_key=outcome.status.value.lower(),
        gate_meaning=gate.meaning,
        policy=f"Policy “{clip(outcome.policy, 40)}”: stops at severity {outcome.fail_on.value}.",
        reasons=reasons,
        evidence=lines[:_REFERENCES],
        evidence_more=_more(len(lines) - _REFERENCES, "reference", "in section 3"),
        question=question(record),
        answer=answer(record),
        limit=_main_limit(record),
        declared=_expressions(record, ClaimSource.DECLARED),
        detected=_expressions(record, ClaimSource.DETECTED),
        concluded=_expressions(record, ClaimSource.CONCLUDED),
        actions=actions[:_ACTIONS],
        actions_more=_more(len(actions) - _ACTIONS, "action", "in section 2"),
        audited_at="Date not recorded" if custody is None else custody.audited_at,
    )


def _more(number: int, noun: str, where: str) -> str:
    return f"{counted(number, f'more {noun}')} {where}." if number > 0 else ""


def _gate_reasons(record: AuditRecord) -> tuple[str, ...]:
    reasons = record.verdict.reasons
    shown = tuple(brief(reason, 110) for reason in reasons[:_REASONS])
    more = _more(len(reasons) - _REASONS, "reason", "in section 2")
    return (*shown, more) if more else shown


def evidence_lines(record: AuditRecord) -> tuple[EvidenceLine, ...]:
    """Return one line per comparison, in record order."""
    lines = []
    for comparison in record.comparisons:
        relation = words().relations[comparison.relation.value]
        names = {
            "suspect": quoted(comparison.suspect, 44),
            "reference": quoted(comparison.reference, 44),
        }
        lines.append(
            EvidenceLine(
                label=relation.label,
                sentence=relation.verdict.format(**names),
            )
        )
    return tuple(lines)


def question(record: AuditRecord) -> str:
    """State the question before the answer."""
    subject = quoted(record.subject.name)
    names = [quoted(r.name, 40) for r in record.references]
    if not names:
        return f"Does the release of {subject} keep the licence promises it makes?"
    others = _listed(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return (
        f"Do the weights of {subject} share trained values with {others}, and does the "
        "release keep the licence promises it makes?"
    )


def answer(record: AuditRecord) -> str:
    """Answer the question in one sentence: weights first, then findings."""
    clauses = [
        words().relations[c.relation.value].short.format(reference=quoted(c.reference, 40))
        for c in record.comparisons[:3]
    ]
    more = len(record.comparisons) - len(clauses)
    clauses += [f"{counted(more, 'more comparison')} in section 3"] if more > 0 else []
    weights = f"Weights: {'; '.join(clauses)}." if clauses else "Weights were not compared."
    return f"{weights} Findings: {_finding_counts(record)}."


def _finding_counts(record: AuditRecord) -> str:
    violated = [f for f in record.findings if f.status is FindingStatus.VIOLATED]
    unknown = len(record.findings) - len(violated)
    if not record.findings:
        return "none"
    levels = [
        f"{sum(f.severity.value == key for f in violated)} {label.lower()}"
        for key, label in words().severities.items()
        if any(f.severity.value == key for f in violated)
    ]
    if unknown:
        levels.append(f"{unknown} that the files could not settle")
    return _listed(levels)


def _listed(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def _main_limit(record: AuditRecord) -> str:
    if not record.references:
        return "No reference was available, so nothing is said about where the weights come from."
    limits = dict.fromkeys(words().relations[c.relation.value].limit for c in record.comparisons)
    return " ".join((*limits, "Sections 8 and 9 say what else was not seen."))


def _expressions(record: AuditRecord, source: ClaimSource) -> str:
    found = sorted({claim.expression for claim in record.licenses.of_source(source)})
    if not found:
        return {
            ClaimSource.DECLARED: "nothing declared",
            ClaimSource.DETECTED: "nothing detected",
            ClaimSource.CONCLUDED: "no conclusion possible",
        }[source]
    more = f" and {len(found) - 4} more" if len(found) > 4 else ""
    return ", ".join(brief(expression, 80) for expression in found[:4]) + more


def _actions(record: AuditRecord) -> tuple[str, ...]:
    ordered = worst_first(record.findings)
    return tuple(dict.fromkeys(f"{brief(f.how_to_fix, 170)} ({f.check})" for f in ordered))


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


def findings(record: AuditRecord, why: dict[str, str]) -> tuple[FindingView, ...]:
    """Return every finding, worst first."""
    ordered = worst_first(record.findings)
    return tuple(_finding(f, index, record, why) for index, f in enumerate(ordered, start=1))


def _finding(finding: Finding, index: int, record: AuditRecord, why: dict[str, str]) -> FindingView:
    places = [_place(location) for location in finding.locations]
    return FindingView(
        anchor=f"finding-{index}",
        check=finding.check,
        fingerprint=finding.fingerprint,
        title=clip(finding.title, 200),
        severity=words().severities[finding.severity.value],
        severity_key=finding.severity.value,
        confidence=finding.confidence.value,
        status=words().statuses[finding.status.value],
        decides=_role_in_gate(finding, record),
        message=clip(finding.message, 1200),
        evidence=tuple(clip(item, 400) for item in finding.evidence[:12]),
        locations=tuple(places[:12]),
        locations_more=_more(len(places) - 12, "place", "in record.json"),
        why=why.get(finding.check, "This version of the rules gives no reason for this check."),
        how_to_fix=clip(finding.how_to_fix, 800),
    )


def _place(location: Location) -> str:
    path = clip(location.path, 240)
    return path if location.line is None else f"{path}:{location.line}"


def _role_in_gate(finding: Finding, record: AuditRecord) -> str:
    if finding.fingerprint in record.verdict.failing:
        return "This finding fails the gate."
    if finding.fingerprint in record.verdict.undetermined:
        if record.verdict.status is Status.INDETERMINATE:
            return "This finding leaves the gate undecided."
        return "By itself this finding would leave the gate undecided."
    return "This finding does not decide the gate."
