# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit licenses``: what a folder declares and carries, without its weights."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from audit.cli import options
from audit.cli.common import plain, show, show_json
from audit.cli.drawing import observer
from audit.record.findings import Finding, FindingStatus
from audit.record.verdict import Verdict

if TYPE_CHECKING:
    from rich.console import RenderableType

    from audit.cli.tables import PlainTable
    from audit.record.licenses import LicenseEvidence
    from audit.record.obligations import Duty, ObligationEvidence
    from audit.record.waivers import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseReport:
    """What the command prints with ``--json``."""

    subject: str
    licenses: "LicenseEvidence"
    findings: tuple[Finding, ...]
    verdict: Verdict
    obligations: "ObligationEvidence"
    exceptions: "tuple[Entry, ...]" = ()


EXAMPLES = ("audit licenses ./model", "audit licenses ./model --details")


def licenses_command(
    *,
    target: options.Target,
    policy: options.Policy = "default",
    waivers: options.Waivers = None,
    json: options.Json = False,
    details: Annotated[
        bool, typer.Option("--details", help="Explain each finding, and how to fix it.")
    ] = False,
    quiet: options.Quiet = False,
) -> None:
    """Say what a folder declares and carries about licences."""
    report = license_report(target, policy=policy, waivers=waivers, quiet=quiet)
    if json:
        show_json(report)
    else:
        for part in _describe(report, details=details):
            show(part)
            show("")
    raise typer.Exit(report.verdict.status.exit_code)


def license_report(
    target: str, *, policy: str = "default", waivers: Path | None = None, quiet: bool
) -> LicenseReport:
    """Return the licence side of one folder."""
    from audit.checks import PAPERS
    from audit.checks.files import unread_files
    from audit.custody import today
    from audit.pipeline import judge
    from audit.request import Request, Stage

    request = Request.of(
        target,
        policy=policy,
        waivers=waivers,
        today=today(),
        stages=Stage.DIGESTS,
        only=(*PAPERS, unread_files.ID),  # a card that was not read is a licence that was not
    )
    found = judge(request, observer(quiet=quiet))
    return LicenseReport(
        subject=found.case.subject.name,
        licenses=found.case.licenses,
        findings=found.findings,
        verdict=found.verdict,
        obligations=found.case.obligations,
        exceptions=(*found.waivers, *found.case.answers),
    )


def _describe(report: LicenseReport, *, details: bool) -> list["RenderableType"]:
    evidence = report.licenses
    parts: list[RenderableType] = [f"{report.verdict.status.value}  {plain(report.subject)}"]
    if details:
        parts += [_explained(finding) for finding in report.findings]
    elif report.findings:
        parts.append(_findings(report.findings))
    parts.append(
        _claims(evidence) if evidence.claims else "No licence is declared, and none was detected."
    )
    if evidence.copyrights:
        parts.append(_copyrights(evidence))
    if evidence.unscanned:
        parts.append(_unscanned(evidence))
    if report.obligations.duties:
        parts.append(_owed(report.obligations))
    if report.exceptions:
        parts.append(_entries(report.exceptions))
    return [*parts, *_closing(report, details=details)]


def _closing(report: LicenseReport, *, details: bool) -> list[str]:
    """Return the sentences under the tables."""
    parts = [_scanned(report.licenses)]
    remark = _age(report)
    if remark is not None:
        parts.append(remark)
    if report.findings and not details:
        parts.append("--details explains the findings.")
    return parts


def _age(report: LicenseReport) -> str | None:
    """Return one sentence if what is known of a licence that matters here is old."""
    from audit import rules
    from audit.custody import today
    from audit.licenses.expressions import symbols
    from audit.rules.license_table import stale_facts, stale_remark

    day = today()
    stale = frozenset(stale_facts(day))
    named = {duty.license for duty in report.obligations.duties}
    named |= {symbol for claim in report.licenses.claims for symbol in symbols(claim.expression)}
    facts = (rules.license_facts(symbol) for symbol in named)
    matters = any(known is not None and known.id in stale for known in facts)
    return stale_remark(day) if matters else None


def _findings(findings: tuple[Finding, ...]) -> "PlainTable":
    """Return one row for each finding, the worst first; ``open`` is what files cannot tell."""
    table = _table("Severity", "Check", "Finding", "Where")
    for finding in findings:
        places = [_place(at.path, at.line) for at in finding.locations]
        open_ = "" if finding.status is FindingStatus.VIOLATED else ", open"
        title = f"{finding.title}{_waived(finding)}"
        table.add(finding.severity.value + open_, finding.fingerprint, title, _some(places))
    return table


def _claims(evidence: "LicenseEvidence") -> "PlainTable":
    """Return one row for each voice, licence and kind of place."""
    grouped: dict[tuple[str, str, str], list[str]] = {}
    for claim in evidence.claims:
        words = claim.expression
        if claim.expression == "NOASSERTION":
            words = f"not identified: {claim.raw}"
        elif claim.scope is not None:
            words = f"{claim.expression} ({claim.scope})"
        place = _place(claim.path, claim.line if claim.cell is None else None)
        place += f", cell {claim.cell}" if claim.cell is not None else ""
        key = (claim.source.value.capitalize(), words, claim.stated_in)
        grouped.setdefault(key, []).append(place or claim.raw)
    table, last = _table("", "Licence", "Where"), ""
    for (source, words, origin), places in grouped.items():
        where = _some(places)
        kind = "" if source == "Concluded" else f"{origin}, "
        table.add("" if source == last else source, words, f"{kind}{where}")
        last = source
    return table


def _copyrights(evidence: "LicenseEvidence") -> "PlainTable":
    places: dict[str, list[str]] = {}
    for found in evidence.copyrights:
        line = found.line if found.cell is None else None
        places.setdefault(found.holder, []).append(_place(found.path, line))
    table = _table("Copyright holder", "Where")
    for holder in sorted(places):
        table.add(holder, _some(places[holder]))
    return table


def _unscanned(evidence: "LicenseEvidence") -> "PlainTable":
    grouped: dict[str, list[str]] = {}
    for item in evidence.unscanned:
        grouped.setdefault(item.reason, []).append(item.path)
    table = _table("Not scanned", "Why")
    for reason in sorted(grouped):
        table.add(_some(grouped[reason]), reason)
    return table


def _owed(obligations: "ObligationEvidence") -> "PlainTable":
    from audit.obligations.matrix import matrix

    table, last = _table("Owed for, under", "What, by clause", "State", "Where, or why not"), ""
    for row in matrix(obligations):
        duty = row.duty
        owed = f"{', '.join(row.ancestors)}: {row.license_name}"
        clause = f"{duty.obligation} [{duty.clause}]"
        table.add("" if owed == last else owed, clause, duty.state.value, _found(duty))
        last = owed
    return table


def _found(duty: "Duty") -> str:
    """Return the place that shows it, or the reason, or the question."""
    if duty.question is not None:
        return f"ask: {duty.question}"
    places = [_place(passage.path, passage.line) for passage in duty.passages[:1]]
    return f"{places[0]}: {duty.reason}" if places else duty.reason


def _entries(exceptions: "tuple[Entry, ...]") -> "PlainTable":
    table = _table("Waiver or correction", "By, until", "Outcome")
    for entry in exceptions:
        who = f"{entry.by}, {entry.expires}: {entry.reason}"
        table.add(f"{entry.kind}: {entry.target}", who, entry.state.value)
    return table


def _some(places: list[str]) -> str:
    """Name the first and count the rest."""
    distinct = list(dict.fromkeys(places))
    more = f" and {len(distinct) - 1:,} more" if len(distinct) > 1 else ""
    return f"{distinct[0]}{more}" if distinct else ""


def _place(path: str | None, line: int | None) -> str:
    return "" if path is None else path if line is None else f"{path}:{line}"


def _waived(finding: Finding) -> str:
    return f" (waived: {finding.waived})" if finding.waived else ""


def _explained(finding: Finding) -> "RenderableType":
    """Return a finding with its explanation and its fix, wrapped to the terminal."""
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    title = f"{plain(finding.title)}{plain(_waived(finding))}"
    head = f"{finding.severity.value.upper()} {finding.fingerprint} {title}"
    body = f"{plain(finding.message)}\nFix: {plain(finding.how_to_fix)}"
    return Group(Text(head, style="bold"), Padding(Text(body), (0, 0, 0, 4)))


def _scanned(evidence: "LicenseEvidence") -> str:
    return f"{evidence.scanned:,} files scanned by {evidence.scanner}."


def _table(*headings: str) -> "PlainTable":
    from audit.cli.tables import PlainTable

    return PlainTable(*headings)
