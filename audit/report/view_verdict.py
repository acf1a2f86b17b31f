# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The page that stands alone, and the findings behind it.

The gate (what a policy makes of the findings) and the evidence (what the weights show)
are kept apart here, because a waiver or another policy changes the one and never the other.
"""

from dataclasses import dataclass, replace

from audit.findings import Finding, FindingStatus, Location
from audit.licenses.claims import ClaimSource
from audit.report.document import AuditRecord, Custody
from audit.report.inline import Prose, first_sentence, prose
from audit.report.view_relation import (
    EvidenceLine,
    evidence_line,
    main_limit,
    strongest_first,
)
from audit.report.wording import (
    brief,
    clip,
    columns,
    counted,
    quoted,
    relation_words,
    visible,
    words,
)
from audit.verdict import Status

_REFERENCES, _ACTIONS, _REASONS = 4, 4, 3
"""What the verdict page lists; later sections list everything."""
_DENSITIES = ((900, "airy"), (1900, "roomy"), (3200, "dense"))
"""How many characters fit in which size of type; the rest is ``packed``."""
_ACTION = 360
"""Characters; a longer sentence is not begun on the verdict page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictView:
    """The verdict page. ``gate_key`` and ``density`` are CSS class names.

    ``several`` asks for one paragraph per reference instead of one large conclusion.
    """

    density: str
    gate: str
    gate_key: str
    gate_meaning: str
    policy: str
    reasons: tuple[Prose, ...]
    evidence: tuple[EvidenceLine, ...]
    several: bool
    evidence_more: str
    question: str
    answer: str
    limit: str
    declared: str
    detected: str
    concluded: str
    actions: tuple[Prose, ...]
    actions_more: str
    audited_at: str


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


def verdict(record: AuditRecord, custody: Custody | None) -> VerdictView:
    """Build the verdict page."""
    outcome, gate = record.verdict, words().gate[record.verdict.status.value]
    actions, reasons = _actions(record), _gate_reasons(record)
    compared = strongest_first(record)
    lines = tuple(evidence_line(c) for c in compared[:_REFERENCES])
    page = VerdictView(
        density="",
        gate=gate.label,
        gate_key=outcome.status.value.lower(),
        gate_meaning=gate.meaning,
        policy=f"Policy “{clip(outcome.policy, 40)}”: stops at severity {outcome.fail_on.value}.",
        reasons=tuple(prose(reason) for reason in reasons),
        evidence=lines,
        several=len(lines) > 1,
        evidence_more=_evidence_more(len(compared) - _REFERENCES),
        question=question(record),
        answer=answer(record),
        limit=_main_limit(record),
        declared=_expressions(record, ClaimSource.DECLARED),
        detected=_expressions(record, ClaimSource.DETECTED),
        concluded=_expressions(record, ClaimSource.CONCLUDED),
        actions=tuple(prose(action) for action in actions[:_ACTIONS]),
        actions_more=_actions_more(len(actions)),
        audited_at="Date not recorded" if custody is None else custody.audited_at,
    )
    return replace(page, density=_density(page, record.subject.name))


def _density(page: VerdictView, subject: str) -> str:
    """Choose the size of type from what the page must hold."""
    boxes = [
        (line.heading if page.several else line.sentence) + line.strength + line.details
        for line in page.evidence
    ]
    marked = [piece.text for item in (*page.reasons, *page.actions) for piece in item]
    licenses = (page.declared, page.detected, page.concluded)
    printed = (subject[:80], page.question, page.answer, page.limit, *licenses, *boxes, *marked)
    room = sum(map(_room, printed))
    return next((name for most, name in _DENSITIES if room <= most), "packed")


def _room(text: str) -> int:
    """Count columns; see :func:`audit.report.wording.columns`."""
    return sum(map(columns, visible(text)))


def _more(number: int, noun: str, where: str) -> str:
    return f"{counted(number, f'more {noun}')} {where}." if number > 0 else ""


def _evidence_more(left: int) -> str:
    return f"And {counted(left, 'more reference')} in section 3. " if left > 0 else ""


def _actions_more(total: int) -> str:
    whole = "Section 2 says each in full."
    left = total - _ACTIONS
    return f"And {counted(left, 'more action')}. {whole}" if left > 0 else whole


def _gate_reasons(record: AuditRecord) -> tuple[str, ...]:
    reasons = record.verdict.reasons
    shown = tuple(brief(reason, 200) for reason in reasons[:_REASONS])
    more = _more(len(reasons) - _REASONS, "reason", "in section 2")
    return (*shown, more) if more else shown


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
        relation_words(c).short.format(reference=quoted(c.reference, 40))
        for c in strongest_first(record)[:3]
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
    if not record.comparisons:
        return "No reference was available, so nothing is said about where the weights come from."
    names: dict[str, list[str]] = {}
    for comparison in strongest_first(record):
        names.setdefault(main_limit(comparison), []).append(quoted(comparison.reference, 40))
    stated = (
        names if len(names) == 1 else (f"Against {_some(of)}: {text}" for text, of in names.items())
    )
    return " ".join((*stated, "Sections 8 and 9 say what else was not seen."))


def _some(names: list[str]) -> str:
    """List up to two names and count the rest."""
    left = len(names) - 2
    return _listed([*names[:2], f"{left} more"]) if left > 0 else _listed(names)


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
    return tuple(dict.fromkeys(_action(f) for f in worst_first(record.findings) if not f.waived))


def _action(finding: Finding) -> str:
    """Return the first whole sentence of what to do; one too long for the page is not begun."""
    sentence = first_sentence(finding.how_to_fix)
    if len(sentence) > _ACTION:
        sentence = "What to do is too long for this page."
    return f"{sentence} ({finding.check})"


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
        locations_more=_more(len(places) - 12, "place", "in record.json"),
        waived=clip(finding.waived, 400),
        why=prose(
            why.get(finding.check, "This version of the rules gives no reason for this check.")
        ),
        how_to_fix=prose(clip(finding.how_to_fix, 1200)),
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
