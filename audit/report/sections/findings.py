# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Every finding in full, who can do what about it, and what named persons answer for."""

from collections.abc import Iterator

from audit.record.document import AuditRecord
from audit.record.findings import Finding, FindingStatus, Location
from audit.record.said import Said
from audit.record.texts import CheckText, RuleTexts
from audit.record.verdict import Status
from audit.record.waivers import Entry
from audit.report import blocks as b
from audit.report.outline import refer
from audit.report.page import Page, part
from audit.report.words.texts import clip, left_out, place, prose, told
from audit.report.words.wording import paragraph, wording

_MOST = 12
"""Observations and places of one finding."""
_UNKNOWN = Said("The record does not say it of this check.")


def worst_first(found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Order by severity; at equal severity what the files show precedes what they cannot tell."""

    def rank(finding: Finding) -> tuple[int, bool, str, str]:
        unsure = finding.status is FindingStatus.UNDETERMINED
        return -finding.severity.rank, unsure, finding.check, finding.fingerprint

    return tuple(sorted(found, key=rank))


def findings(page: Page) -> b.Section:
    """Return who has to do what, worst first, and every entry of the waiver file."""
    ordered = worst_first(page.record.findings)
    blocks: list[b.Block] = []
    if not ordered:
        nothing = "No check made a finding. Section {custody} says what was and was not looked at."
        blocks.append(b.Paragraph(refer(nothing)))
    else:
        blocks += [
            b.Paragraph(paragraph("findings.lead"), "lead"),
            _actions(ordered, page.texts),
        ]
    return part("findings", Said("Findings and actions"), *blocks, *_waivers(page.record))


def details(page: Page) -> b.Section:
    """Return every finding in full, worst first."""
    ordered = worst_first(page.record.findings)
    return part(
        "details",
        Said("Findings in full"),
        None if ordered else b.Paragraph(Said("No check made a finding.")),
        *(_finding(f, i, page) for i, f in enumerate(ordered, start=1)),
        heading=Said("findings in full"),
    )


def severity(finding: Finding) -> b.Badge:
    """Return the severity as a badge."""
    key = finding.severity.value
    return b.Badge(prose(wording().severities[key]), key)


def owner(finding: Finding, texts: RuleTexts) -> str:
    """Name who can act on a finding; the record may not say it of the check."""
    rule = _rule(finding, texts)
    return Said("Owner not stated") if rule is None else _capital(rule.owner)


def _rule(finding: Finding, texts: RuleTexts) -> CheckText | None:
    return next((rule for rule in texts.checks if rule.id == finding.check), None)


def _capital(text: str) -> Said:
    return Said("{text:sentence}", text=prose(text))


def _actions(ordered: tuple[Finding, ...], texts: RuleTexts) -> b.Table:
    rows: list[tuple[b.Cell, ...]] = []
    for index, finding in enumerate(ordered, start=1):
        rule = _rule(finding, texts)
        title = b.Link(told(finding.title, 200), f"finding-{index}")
        waived = Said("(waived)") if finding.waived else ""
        effort = _UNKNOWN if rule is None else _capital(rule.effort)
        rows.append(
            (
                severity(finding),
                b.Lines(((title, waived), b.Code(finding.fingerprint))),
                b.Opening(prose(finding.how_to_fix)),
                b.Lines((owner(finding, texts), effort)),
            )
        )
    columns = {
        "Severity": "kind",
        "Finding": "path",
        "What to do first": "",
        "Owner, effort": "kind",
    }
    return b.Table(columns, tuple(rows), "grid stack small actions")


def _finding(finding: Finding, index: int, page: Page) -> b.Section:
    meta: b.Text = (
        severity(finding),
        finding.check,
        "·",
        Said("confidence {confidence}", confidence=prose(finding.confidence.value)),
        "·",
        Said("{status}.", status=prose(wording().statuses[finding.status.value])),
        _role_in_gate(finding, page.record),
    )
    return b.Section(
        b.present(
            b.Heading(told(finding.title, 200)),
            b.Paragraph(meta, "meta"),
            b.Paragraph(told(finding.message, 1200)),
            b.Facts(tuple(_facts(finding, page)), "facts", "label"),
        ),
        id=f"finding-{index}",
        kind="finding",
        tag="article",
    )


def _facts(finding: Finding, page: Page) -> Iterator[tuple[b.Text, b.Cell]]:
    rule = _rule(finding, page.texts)
    elsewhere = {said for c in page.record.comparisons for said in (*c.limits, c.summary)}
    fresh = (item for item in finding.evidence if item not in elsewhere)
    observed = [item for item in fresh if item.rstrip(".") not in finding.message]
    places: list[b.Text] = [b.Code(_place(location)) for location in finding.locations[:_MOST]]
    if observed:
        yield Said("Observed"), b.Bullets(tuple(told(item, 400) for item in observed[:_MOST]))
    if places:
        more = left_out(len(finding.locations), _MOST, "place")
        yield Said("Where"), b.Lines((*places, *filter(None, (more,))))
    if finding.waived:
        yield Said("Waived"), told(finding.waived, 400)
    yield Said("Why it matters"), _UNKNOWN if rule is None else prose(rule.why)
    yield Said("Now"), told(finding.how_to_fix, 1200)
    yield Said("In the long term"), _UNKNOWN if rule is None else prose(rule.long_term)


def _place(location: Location) -> str:
    return place(location.path, location.line, 240)


def _role_in_gate(finding: Finding, record: AuditRecord) -> Said:
    if finding.waived:
        return Said("Waived: this finding takes no part in the gate.")
    if finding.fingerprint in record.verdict.failing:
        return Said("This finding fails the gate.")
    if finding.fingerprint in record.verdict.undetermined:
        if record.verdict.status is Status.INDETERMINATE:
            return Said("This finding leaves the gate undecided.")
        return Said("By itself this finding would leave the gate undecided.")
    return Said("This finding does not decide the gate.")


def _waivers(record: AuditRecord) -> tuple[b.Block, ...]:
    if not record.exceptions:
        return ()
    lead = Said(
        "From the file with SHA-256 {digest}, judged as of {day}. A waiver changes the gate and "
        "never what was found; a correction changes what a statement is taken for.",
        digest=record.options.waivers_sha256 or "–",
        day=record.options.as_of or Said("an unknown day"),
    )
    return (
        b.Heading(Said("Waivers, corrections and attestations")),
        b.Paragraph(lead, "lead"),
        waivers(record.exceptions),
    )


def waivers(entries: tuple[Entry, ...]) -> b.Table:
    """Return every entry of the waiver file with what came of it."""
    columns = {"Kind": "label", "What": "id", "Who, why, how long": "", "Outcome": "mid"}
    return b.Table(columns, tuple(map(_entry, entries)))


def _entry(entry: Entry) -> tuple[b.Cell, ...]:
    account = Said(
        "{by}: {reason}. {note} ({start} to {end})",
        by=clip(entry.by, 120),
        reason=clip(entry.reason, 200),
        note=clip(entry.note, 400),
        start=clip(entry.on, 20),
        end=clip(entry.expires, 20),
    )
    return prose(entry.kind), b.Code(clip(entry.target, 120)), account, prose(entry.state.value)


def brief_findings(found: tuple[Finding, ...]) -> b.Table:
    """Return a line for each finding as a terminal has room for it, the worst first."""
    rows = tuple(
        (level(f), f.fingerprint, (told(f.title, 300), _waived(f)), where(f))
        for f in worst_first(found)
    )
    return b.Table({"Severity": "", "Id": "", "Finding": "", "Where": ""}, rows)


def _waived(finding: Finding) -> str:
    return Said("({waived})", waived=finding.waived) if finding.waived else ""


def level(finding: Finding) -> Said:
    """Name the severity, and whether the files cannot tell or somebody answers for it."""
    words = prose(wording().severities[finding.severity.value])
    open_ = finding.status is FindingStatus.UNDETERMINED
    if open_ and finding.waived:
        return Said("{level}, undetermined, waived", level=words)
    if finding.waived:
        return Said("{level}, waived", level=words)
    return Said("{level}, undetermined", level=words) if open_ else words


def where(finding: Finding) -> str:
    """Name the first place, and how many more there are."""
    places = list(dict.fromkeys(map(_place, finding.locations)))
    if len(places) < 2:
        return places[0] if places else ""
    return Said("{place} and {left:count} more", place=places[0], left=len(places) - 1)


def explained(found: tuple[Finding, ...]) -> tuple[b.Block, ...]:
    """Return each finding with its message and its fix, for a terminal."""
    blocks: list[b.Block] = []
    for f in worst_first(found):
        fix = Said("Fix: {what}", what=prose(f.how_to_fix))
        blocks += [
            b.Heading((level(f), f.fingerprint, told(f.title, 300)), 4),
            b.Paragraph(prose(f.message), "indent"),
            b.Paragraph(fix, "indent"),
        ]
    return tuple(blocks)
