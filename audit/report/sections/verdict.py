# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The first page: the gate's answer beside the evidence, and what to do.

The gate (what a policy makes of the findings) and the evidence (what the weights show)
are kept apart here, because a waiver or another policy changes the one and never the other.
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from audit.record.document import Subject
from audit.record.findings import Finding, FindingStatus
from audit.record.licenses import ClaimSource
from audit.record.said import Said
from audit.record.weights import Comparison
from audit.report import blocks as b
from audit.report.outline import refer
from audit.report.page import Page
from audit.report.sections.findings import owner, worst_first
from audit.report.sections.question import question
from audit.report.sections.review import reviewer, unreviewed
from audit.report.words import strength
from audit.report.words.texts import (
    amount,
    brief,
    columns,
    first_sentence,
    prose,
    quoted,
    short_name,
    some,
    visible,
)
from audit.report.words.wording import gate_words, paragraph, wording

_REFERENCES, _ACTIONS, _REASONS, _COVERED, _EXPRESSIONS = 4, 2, 2, 2, 3
"""What the verdict page lists; later sections list everything."""
_DENSITIES = ((1750, "airy"), (2750, "roomy"), (4050, "dense"))
"""How many characters fit in which size of type; the rest is ``packed``."""
_ACTION = 360
"""Characters; a longer sentence is not begun on the verdict page."""
_NONE = {
    ClaimSource.DECLARED: Said("nothing declared"),
    ClaimSource.DETECTED: Said("nothing detected"),
    ClaimSource.CONCLUDED: Said("no conclusion possible"),
}


def verdict(page: Page) -> b.Section:
    """Build the verdict page."""
    record = page.record
    revision = record.subject.revision
    dated = page.custody if page.first is None else page.first.custody
    audited_at = Said("Date not recorded") if dated is None else dated.audited_at
    blocks = b.present(
        b.Paragraph((Said("Model provenance audit"), "·", f"MPA-{page.sha256[:12]}"), "kicker"),
        b.Heading(short_name(record.subject.name, 80), 1),
        b.Paragraph(
            (
                Said("Audited files, SHA-256 of the manifest"),
                b.Code(record.subject.manifest_sha256),
            ),
            "ident",
        ),
        b.Paragraph(
            (
                Said("revision not stated")
                if revision is None
                else Said("revision {commit}", commit=short_name(revision.commit, 120)),
                *_published(record.subject),
                "·",
                audited_at,
                "·",
                page.made_by,
            ),
            "ident",
        ),
        b.Paragraph(unreviewed(page, "meaning"), "mark"),
        b.Section((_gate(page), _evidence(page)), kind="pair", tag="div"),
        _facts(page),
        b.Paragraph(paragraph("verdict.standing"), "standing"),
    )
    return b.Section(
        blocks, id="verdict", title=Said("Verdict"), kind=f"verdict {_density(blocks)}"
    )


def _published(subject: Subject) -> tuple[b.Text, ...]:
    """Name the publisher, where somebody says who it is."""
    if subject.source is None or "/" not in subject.source.model:
        return ()
    owner, who = short_name(subject.source.model.partition("/")[0], 60), subject.source.said_by
    return ("·", Said("published by {owner}, says {who}", owner=owner, who=who))


def _gate(page: Page) -> b.Section:
    outcome = page.record.verdict
    words = gate_words(outcome)
    shown = [brief(reason, 200) for reason in outcome.reasons[:_REASONS]]
    left = len(outcome.reasons) - _REASONS
    reasons: list[b.Text] = [prose(reason) for reason in shown]
    if left > 0:
        more = amount(left, "more reason")
        reasons.append(refer("{reasons} in section {findings}.", reasons=more))
    policy = Said(
        "Policy “{policy}”: stops at severity {severity}.",
        policy=short_name(outcome.policy, 40),
        severity=prose(outcome.fail_on.value),
    )
    return b.Section(
        b.present(
            b.Heading(Said("Gate"), 2, "plain"),
            b.Paragraph(prose(words.label), "big"),
            b.Paragraph(prose(words.meaning)),
            b.Bullets(tuple(reasons)),
            b.note(policy),
        ),
        kind=f"box gate gate-{outcome.status.value.lower()}",
        tag="div",
    )


def _evidence(page: Page) -> b.Section:
    compared = page.compared[:_REFERENCES]
    left = len(page.compared) - _REFERENCES
    more = (
        refer("And {more} in section {weights}.", more=amount(left, "more reference"))
        if left > 0
        else ""
    )
    found: tuple[b.Block, ...]
    if not compared:
        found = (
            b.Paragraph(Said("Not compared"), "big"),
            b.Paragraph(
                Said("No reference was available, so the weights were not compared with anything.")
            ),
        )
    elif len(compared) == 1:
        found = _only(compared[0], page)
    else:
        found = (
            *(
                b.Paragraph(
                    (b.Strong(heading(c)), *(strength.strength(c)[:1] if c is compared[0] else ()))
                )
                for c in compared
            ),
            b.note(strength.error(compared[-1], page.texts.rates)),
        )
    unchanged = b.note((more, Said("No policy and no waiver changes this box.")))
    return b.Section(
        b.present(b.Heading(Said("Evidence from the weights"), 2, "plain"), *found, unchanged),
        kind="box",
        tag="div",
    )


def heading(comparison: Comparison) -> Said:
    """Name the relation with the reference, for lists of several."""
    return Said(
        "{label}: {reference}.",
        label=strength.label(comparison),
        reference=quoted(comparison.reference, 44),
    )


def _only(comparison: Comparison, page: Page) -> tuple[b.Block, ...]:
    graded = strength.is_on_the_scale(comparison)
    said: b.Text = b.Strong(strength.grade(comparison, page.texts)) if graded else ""
    return (
        b.Paragraph(strength.label(comparison), "big"),
        b.Paragraph(strength.verdict(comparison)),
        b.Paragraph((*strength.strength(comparison), said)),
        b.Paragraph(strength.details(comparison)),
        b.note(strength.error(comparison, page.texts.rates)),
    )


def _facts(page: Page) -> b.Facts:
    how = b.Lines(
        (
            b.Code("audit verify DIR --model FOLDER", line=True),
            b.Code("pdfsig report.pdf", line=True),
            refer("Section {signature} says what each command shows."),
        )
    )
    return b.Facts(
        (
            (Said("Question"), question(page.record)),
            (Said("Finding"), _answer(page)),
            (Said("Main limit"), _main_limit(page)),
            (Said("Coverage"), _coverage(page.compared)),
            (Said("Licence"), _licences(page)),
            (Said("Actions, in order"), _actions(page)),
            (Said("Reviewer"), reviewer(page)),
            (Said("How to verify"), how),
        ),
        kind="facts three",
        width="label",
    )


def _answer(page: Page) -> b.Text:
    """Answer the question in one sentence: weights first, then findings."""
    clauses = [
        Said(strength.relation_words(c).short, reference=quoted(c.reference, 40))
        for c in page.compared[:3]
    ]
    more = len(page.compared) - len(clauses)
    if more > 0:
        comparisons = amount(more, "more comparison")
        clauses.append(refer("{comparisons} in section {weights}", comparisons=comparisons))
    return (
        Said("Weights: {clauses:semicolons}.", clauses=tuple(clauses))
        if clauses
        else Said("Weights were not compared."),
        Said("Findings: {counts}.", counts=_finding_counts(page.record.findings)),
    )


def _finding_counts(findings: tuple[Finding, ...]) -> tuple[str, ...]:
    violated = [f for f in findings if f.status is FindingStatus.VIOLATED]
    levels: list[str] = []
    for key, label in wording().severities.items():
        number = sum(f.severity.value == key for f in violated)
        if number:
            levels.append(Said("{n:count} {level}", n=number, level=prose(label.lower())))
    if len(violated) < len(findings):
        unknown = len(findings) - len(violated)
        levels.append(Said("{n:count} that the files could not settle", n=unknown))
    return tuple(levels) or (Said("none"),)


def _main_limit(page: Page) -> b.Text:
    if not page.compared:
        return Said(
            "No reference was available, so nothing is said about where the weights come from."
        )
    names: dict[str, list[str]] = {}
    for comparison in page.compared:
        limit = strength.main_limit(comparison)
        names.setdefault(limit, []).append(quoted(comparison.reference, 40))
    stated = tuple(
        limit
        if len(names) == 1
        else Said("Against {references}: {limit}", references=some(of, 2), limit=limit)
        for limit, of in names.items()
    )
    return (*stated, refer("Sections {limits} and {custody} say what else was not seen."))


def _coverage(compared: tuple[Comparison, ...]) -> Said:
    """Say how much of the audited model was compared, per reference."""
    if not compared:
        return Said("No weights were compared.")
    said = [_share(c) for c in compared[:_COVERED]]
    left = len(compared) - _COVERED
    if left > 0:
        more = amount(left, "more reference")
        said.append(refer("{references} in section {weights}", references=more))
    return Said("Compared {shares:semicolons}.", shares=tuple(said))


def _share(comparison: Comparison) -> Said:
    paired, reference = comparison.tensors_paired, quoted(comparison.reference, 40)
    share = comparison.coverage
    if not paired:
        return Said(
            "{share:share} of the parameters with {reference}", share=share, reference=reference
        )
    return Said(
        "{paired:count} of {tensors}, {share:share} of the parameters with {reference}",
        paired=paired,
        tensors=amount(paired + len(comparison.tensors_unpaired), "tensor"),
        share=share,
        reference=reference,
    )


def _licences(page: Page) -> Said:
    voices: dict[str, str] = {}
    for source, nothing in _NONE.items():
        found = sorted({c.expression for c in page.record.licenses.of_source(source)})
        shown = ", ".join(brief(expression, 80) for expression in found[:_EXPRESSIONS])
        left = len(found) - _EXPRESSIONS
        more = Said("{shown} and {left} more", shown=shown, left=left) if left > 0 else shown
        voices[source.value] = more if found else nothing
    return Said(
        "Declared: {declared}. Detected in the files: {detected}. Concluded: {concluded}.", **voices
    )


def _actions(page: Page) -> b.Cell:
    """Say what to do, worst first; equal sentences of one owner once."""
    open_ = [f for f in worst_first(page.record.findings) if not f.waived]
    found = tuple(dict.fromkeys((owner(f, page.texts), *_action(f)) for f in open_))
    if not found:
        return Said("No finding asks for an action.")
    lines = tuple(
        (b.Strong(Said("{owner}:", owner=who)), what, f"({check})")
        for who, what, check in found[:_ACTIONS]
    )
    whole = refer("Section {findings} says each in full.")
    left = len(found) - _ACTIONS
    more = Said("And {actions}.", actions=amount(left, "more action")) if left > 0 else ""
    return b.Lines((b.Bullets(lines, numbered=True), (more, whole)))


def _action(finding: Finding) -> tuple[b.Text, str]:
    """Return the first whole sentence of what to do; one too long for the page is not begun."""
    if len(first_sentence(finding.how_to_fix)) > _ACTION:
        return Said("What to do is too long for this page."), finding.check
    return b.Opening(prose(finding.how_to_fix)), finding.check


def _density(blocks: tuple[b.Block, ...]) -> str:
    """Choose the size of type from what the page must hold."""
    room = sum(columns(c) for text in _strings(blocks) for c in visible(text))
    return next((name for most, name in _DENSITIES if room <= most), "packed")


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, b.Opening):
        yield first_sentence(value.text)
    elif isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _strings(item)
    elif is_dataclass(value) and not isinstance(value, type):
        for item in fields(value):
            if item.name not in {"kind", "tag", "id", "width"}:
                yield from _strings(getattr(value, item.name))
