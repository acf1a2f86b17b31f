# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The page that stands alone.

The gate (what a policy makes of the findings) and the evidence (what the weights show)
are kept apart here, because a waiver or another policy changes the one and never the other.
"""

from dataclasses import dataclass, replace

from audit.record.custody import Custody, Response
from audit.record.document import AuditRecord
from audit.record.findings import Finding, FindingStatus
from audit.record.licenses import ClaimSource
from audit.record.weights import Comparison
from audit.report.inline import Prose, first_sentence, prose
from audit.report.rule_texts import RuleTexts
from audit.report.view_findings import owner_of, worst_first
from audit.report.view_question import question
from audit.report.view_relation import (
    EvidenceLine,
    evidence_line,
    main_limit,
    strongest_first,
)
from audit.report.view_review import ReviewView, review
from audit.report.wording import brief, clip, columns, quoted, relation_words, visible, words
from audit.text.numbers import count, counted, listed, share

_REFERENCES, _ACTIONS, _REASONS, _COVERED = 4, 4, 3, 3
"""What the verdict page lists; later sections list everything."""
_DENSITIES = ((900, "airy"), (1900, "roomy"), (3200, "dense"))
"""How many characters fit in which size of type; the rest is ``packed``."""
_ACTION = 360
"""Characters; a longer sentence is not begun on the verdict page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionLine:
    """One thing to do, and whose it is."""

    owner: str
    text: Prose


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictView:
    """The verdict page. ``gate_key`` and ``density`` are CSS class names.

    ``several`` asks for one paragraph per reference instead of one large conclusion.
    """

    density: str
    revision: str
    coverage: str
    review: ReviewView
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
    actions: tuple[ActionLine, ...]
    actions_more: str
    audited_at: str


def verdict(
    record: AuditRecord,
    custody: Custody | None,
    texts: RuleTexts,
    responses: tuple[Response, ...] = (),
) -> VerdictView:
    """Build the verdict page."""
    outcome, gate = record.verdict, words().gate[record.verdict.status.value]
    actions, reasons = _actions(record, texts), _gate_reasons(record)
    compared = strongest_first(record)
    lines = tuple(evidence_line(c, texts.rates) for c in compared[:_REFERENCES])
    page = VerdictView(
        density="",
        revision=_revision(record),
        coverage=_coverage(compared),
        review=review(record, responses),
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
        actions=actions[:_ACTIONS],
        actions_more=_actions_more(len(actions)),
        audited_at="Date not recorded" if custody is None else custody.audited_at,
    )
    return replace(page, density=_density(page, record.subject.name))


def _density(page: VerdictView, subject: str) -> str:
    """Choose the size of type from what the page must hold."""
    boxes = [
        (line.heading if page.several else line.sentence)
        + line.strength
        + (line.grade + line.error) * (not page.several)
        + line.details
        for line in page.evidence
    ]
    asked = [action.text for action in page.actions]
    marked = [piece.text for item in (*page.reasons, *asked) for piece in item]
    licenses = (page.declared, page.detected, page.concluded)
    printed = (
        subject[:80],
        page.coverage,
        page.review.warning,
        page.question,
        page.answer,
        page.limit,
        *licenses,
        *boxes,
        *marked,
    )
    room = sum(map(_room, printed))
    return next((name for most, name in _DENSITIES if room <= most), "packed")


def _room(text: str) -> int:
    """Count columns; see :func:`audit.report.wording.columns`."""
    return sum(map(columns, visible(text)))


def _revision(record: AuditRecord) -> str:
    revision = record.subject.revision
    return "revision not stated" if revision is None else f"revision {revision.commit}"


def _coverage(compared: tuple[Comparison, ...]) -> str:
    """Say how much of the audited model was compared, per reference."""
    said = [
        f"{_tensors(c)}{share(c.coverage)} of the parameters with {quoted(c.reference, 40)}"
        for c in compared[:_COVERED]
    ]
    left = len(compared) - _COVERED
    more = [f"{counted(left, 'more reference')} in section 4"] if left > 0 else []
    return f"Compared {'; '.join([*said, *more])}." if said else "No weights were compared."


def _tensors(comparison: Comparison) -> str:
    paired = comparison.tensors_paired
    total = paired + len(comparison.tensors_unpaired)
    return f"{count(paired)} of {counted(total, 'tensor')}, " if paired else ""


def _evidence_more(left: int) -> str:
    return f"And {counted(left, 'more reference')} in section 4. " if left > 0 else ""


def _actions_more(total: int) -> str:
    whole = "Section 10 says each in full."
    left = total - _ACTIONS
    return f"And {counted(left, 'more action')}. {whole}" if left > 0 else whole


def _gate_reasons(record: AuditRecord) -> tuple[str, ...]:
    reasons = record.verdict.reasons
    shown = tuple(brief(reason, 200) for reason in reasons[:_REASONS])
    left = len(reasons) - _REASONS
    return (*shown, f"{counted(left, 'more reason')} in section 10.") if left > 0 else shown


def answer(record: AuditRecord) -> str:
    """Answer the question in one sentence: weights first, then findings."""
    clauses = [
        relation_words(c).short.format(reference=quoted(c.reference, 40))
        for c in strongest_first(record)[:3]
    ]
    more = len(record.comparisons) - len(clauses)
    clauses += [f"{counted(more, 'more comparison')} in section 4"] if more > 0 else []
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
    return listed(levels)


def _main_limit(record: AuditRecord) -> str:
    if not record.comparisons:
        return "No reference was available, so nothing is said about where the weights come from."
    names: dict[str, list[str]] = {}
    for comparison in strongest_first(record):
        names.setdefault(main_limit(comparison), []).append(quoted(comparison.reference, 40))
    stated = (
        names if len(names) == 1 else (f"Against {_some(of)}: {text}" for text, of in names.items())
    )
    return " ".join((*stated, "Sections 12 and 13 say what else was not seen."))


def _some(names: list[str]) -> str:
    """List up to two names and count the rest."""
    left = len(names) - 2
    return listed([*names[:2], f"{left} more"]) if left > 0 else listed(names)


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


def _actions(record: AuditRecord, texts: RuleTexts) -> tuple[ActionLine, ...]:
    """Return what to do, worst first; equal sentences of one owner once."""
    open_findings = (f for f in worst_first(record.findings) if not f.waived)
    lines = ((owner_of(f, texts), _action(f)) for f in open_findings)
    return tuple(ActionLine(owner=o, text=prose(t)) for o, t in dict.fromkeys(lines))


def _action(finding: Finding) -> str:
    """Return the first whole sentence of what to do; one too long for the page is not begun."""
    sentence = first_sentence(finding.how_to_fix)
    if len(sentence) > _ACTION:
        sentence = "What to do is too long for this page."
    return f"{sentence} ({finding.check})"
