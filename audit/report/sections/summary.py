# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a command prints: the same sentences and tables, as few as a terminal has room for."""

from collections.abc import Sequence

from audit.record.document import AuditRecord
from audit.record.findings import Finding, Severity
from audit.record.licenses import LicenseEvidence
from audit.record.obligations import ObligationEvidence
from audit.record.said import Said
from audit.record.texts import RuleTexts
from audit.record.verdict import Status, Verdict
from audit.record.waivers import Entry
from audit.record.weights import Comparison, Relation
from audit.report import blocks as b
from audit.report.page import Page
from audit.report.sections import carried, licences, obligations, weighing, weights
from audit.report.sections import findings as actions
from audit.report.sections.verdict import heading
from audit.report.words import evidence, strength
from audit.report.words.texts import amount, clip, prose, short_name, told
from audit.report.words.wording import gate_words
from audit.text.numbers import count, logarithm, share

_FINDINGS, _REFERENCES = 20, 8
_MARKS = {
    Relation.COPY: Said("COPY"),
    Relation.DERIVED: Said("DERIVED"),
    Relation.COMPONENT_REUSE: Said("COMPONENT-REUSE"),
    Relation.DISGUISED: Said("DISGUISED"),
    Relation.SHARED_INITIALISATION: Said("SHARED-INITIALISATION"),
    Relation.INCONCLUSIVE: Said("INCONCLUSIVE"),
    Relation.NO_SHARED_WEIGHTS: Said("NO-SHARED-WEIGHTS"),
}


def summary(page: Page, files: Sequence[str] = ()) -> tuple[b.Block, ...]:
    """Summarise the record; ``files`` are those written, as the user should see them."""
    record, found = page.record, actions.worst_first(page.record.findings)
    written = tuple(b.Paragraph(b.Code(file, line=True), "indent") for file in files)
    return (
        *_verdict(record.verdict, record.subject.name),
        b.Heading(Said("Weights")),
        *_weights(page),
        b.Heading(amount(len(found), "finding")),
        *_indented(_findings(found[:_FINDINGS]), *_more(len(found) - _FINDINGS)),
        b.Heading(Said("Looked at")),
        *_indented(*_coverage(record)),
        *b.present(b.Heading(Said("Written")) if written else None, *written),
        b.Paragraph(""),
        b.Paragraph(_next(record, found, files)),
    )


def _indented(*blocks: b.Block) -> tuple[b.Block, ...]:
    return (b.Section(b.present(*blocks), kind="indent"),)


def _verdict(outcome: Verdict, name: str) -> tuple[b.Block, ...]:
    words, status = gate_words(outcome), outcome.status.value
    policy = Said(
        "policy {policy}, fails from {severity}",
        policy=clip(outcome.policy, 120),
        severity=prose(outcome.fail_on.value),
    )
    papers = outcome.papers_only and outcome.status is Status.PASS
    mark = b.Badge(Said("PASS (documents only)") if papers else prose(status), status.lower())
    return (
        b.Paragraph((mark, "", short_name(name), policy)),
        b.Paragraph(prose(words.meaning), "indent"),
    )


def _more(left: int) -> tuple[b.Block, ...]:
    if left <= 0:
        return ()
    return (b.Paragraph(Said("and {left:count} more in the report", left=left)),)


def _weights(page: Page) -> tuple[b.Block, ...]:
    compared = page.compared
    if not compared:
        return _indented(b.Paragraph(Said("Not compared: no reference was available.")))
    blocks: list[b.Block] = []
    for comparison in compared[:_REFERENCES]:
        paired = Said("{share:share} of the parameters paired.", share=comparison.coverage)
        texts = (strength.verdict(comparison), strength.strength(comparison))
        details = (strength.details(comparison), paired)
        blocks += [
            b.Paragraph(b.Strong(heading(comparison)), "indent"),
            b.Section(
                _indented(*(b.Paragraph(text) for text in (*texts, *details))), kind="indent"
            ),
        ]
    return (*blocks, *_indented(*_more(len(compared) - _REFERENCES)))


def _findings(found: tuple[Finding, ...]) -> b.Table:
    """Name each finding, its place, and what repairs it; what is for information is only named."""
    rows: list[tuple[b.Cell, ...]] = []
    for f in found:
        titled: b.Text = (told(f.title, 300), b.Badge(f.fingerprint, "dim"))
        fix: b.Text = (Said("Fix:"), b.Opening(prose(f.how_to_fix)))
        where = (actions.where(f),) if f.locations else ()
        cell = titled if f.severity is Severity.INFO else b.Lines((titled, *where, fix))
        rows.append((b.Badge(actions.level(f), f.severity.value), cell))
    return b.Table({}, tuple(rows))


def _next(record: AuditRecord, found: Sequence[Finding], files: Sequence[str]) -> Said:
    """Say what to do with the answer, and where to read on."""
    page = next((file for file in files if file.endswith(".html")), None)
    if found and record.verdict.status is not Status.PASS:
        again = Said("Next: mend these and run the same command again.")
        explained = Said("`audit rules show {check}` explains a check.", check=found[0].check)
        full = (
            Said("A report says each in full: `--out DIR` writes one.")
            if page is None
            else Said("`{page}` says each in full.", page=page)
        )
        return Said("{all:sentences}", all=(again, explained, full))
    if record.verdict.papers_only:
        return Said(
            "Next: compare with the models that it may come from (--against, once for each); so"
            " far nothing is known of that."
        )
    if page is None:
        return Said("Next: write a report that others can check (`--out DIR`).")
    return Said("Next: send the whole folder; `audit verify DIR` checks it wherever it arrives.")


def _coverage(record: AuditRecord) -> tuple[b.Block, ...]:
    seen = record.coverage
    looked = Said(
        "{read:count} of {files} read, {scanned} scanned for licences, {comparisons}",
        read=seen.files_read,
        files=amount(seen.files, "file"),
        scanned=amount(seen.files_license_scanned, "file"),
        comparisons=amount(seen.comparisons, "weight comparison"),
    )
    left = (
        b.Paragraph(
            Said("Not run: {what}: {reason}", what=told(n.what, 120), reason=told(n.reason, 120))
        )
        for n in record.not_run
    )
    return (b.Paragraph(looked), *left)


def compared(comparison: Comparison, texts: RuleTexts) -> tuple[b.Block, ...]:
    """Describe one comparison: the answer, what it rests on, what was not testable."""
    names = Said(
        "{suspect} against {reference}",
        suspect=short_name(comparison.suspect),
        reference=short_name(comparison.reference),
    )
    mark = b.Badge(_MARKS[comparison.relation], "fail" if comparison.relation.is_lineage else "")
    parts = weights.components(comparison)
    return b.present(
        b.Paragraph((mark, "", names)),
        b.Paragraph(strength.verdict(comparison)),
        b.Paragraph(prose(comparison.summary)),
        b.Paragraph(strength.chance(comparison)),
        b.Heading(Said("What was compared")),
        weights.facts(comparison),
        b.Heading(Said("By part of the model")) if parts.rows else None,
        parts,
        *weighing.assurance(comparison),
        b.Heading(Said("Lines of evidence")),
        _lines(comparison, texts),
        b.Paragraph(_single(comparison)),
        *weighing.absent(comparison),
        *b.bulleted(Said("What the direction rests on"), _reasons(comparison), 3),
        *b.bulleted(Said("Limits"), strength.limits(comparison), 3),
    )


def _reasons(comparison: Comparison) -> tuple[str, ...]:
    """Return everything that is said for and against a direction, where there is one."""
    return tuple(map(prose, comparison.direction_reasons)) if comparison.direction else ()


def _lines(comparison: Comparison, texts: RuleTexts) -> b.Table:
    """Return every test of a whole part with its numbers."""
    columns = {
        "Test": "",
        "Where": "",
        "log₁₀ p": " num",
        "Size": " num",
        "n": " num",
        "Evidence": "",
    }
    rows = tuple(
        (
            f"{e.test} {e.version}",
            evidence.part(e),
            evidence.number(evidence.capped(e), logarithm),
            evidence.number(e.effect, share),
            "–" if e.n is None else count(e.n),
            evidence.reading(e, comparison, texts.populations),
        )
        for e in evidence.computed(comparison)
        if not evidence.is_single_role(e)
    )
    return b.Table(columns, rows)


def _single(comparison: Comparison) -> str:
    single = sum(map(evidence.is_single_role, evidence.computed(comparison)))
    return (
        Said("and {rows} of single kinds of tensor: see --json", rows=amount(single, "test"))
        if (single)
        else ""
    )


def licensed(
    name: str,
    *,
    found: LicenseEvidence,
    findings: tuple[Finding, ...],
    verdict: Verdict,
    owed: ObligationEvidence,
    waivers: tuple[Entry, ...],
    texts: RuleTexts,
    details: bool,
) -> tuple[b.Block, ...]:
    """Describe the licence side of one folder; ``details`` explains each finding."""
    nothing = Said("No licence is declared, and none was detected.")
    claims = carried.grouped_claims(found)
    tables = (
        *(actions.explained(findings) if details else (actions.brief_findings(findings),)),
        claims if claims.rows else b.Paragraph(nothing),
        carried.holders(found),
        carried.unscanned_by_reason(found),
        obligations.owed(owed, texts.licenses),
        actions.waivers(waivers),
    )
    mark = b.Badge(prose(verdict.status.value), verdict.status.value.lower())
    more = Said("--details explains the findings.")
    return (
        b.Paragraph((mark, "", short_name(name))),
        *(block for table in b.present(*tables) for block in (b.Paragraph(""), table)),
        b.Paragraph(""),
        b.Paragraph(licences.scanned(found)),
        *((b.Paragraph(more),) if findings and not details else ()),
    )
