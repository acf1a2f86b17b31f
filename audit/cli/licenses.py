# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit licenses``: what a folder declares and carries, without its weights."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from audit.cli.common import plain, show, show_json
from audit.cli.drawing import observer
from audit.findings import Finding
from audit.verdict import Verdict

if TYPE_CHECKING:
    from rich.console import RenderableType

    from audit.cli.tables import PlainTable
    from audit.licenses.claims import ClaimSource, LicenseEvidence
    from audit.obligations.claims import Duty, ObligationEvidence
    from audit.waivers import Entry, Exceptions


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseReport:
    """What the command prints with ``--json``."""

    subject: str
    licenses: "LicenseEvidence"
    findings: tuple[Finding, ...]
    verdict: Verdict
    obligations: "ObligationEvidence"
    exceptions: "tuple[Entry, ...]" = ()


EXAMPLES = ("audit licenses ./model",)


def licenses_command(
    target: Annotated[str, typer.Argument(metavar="TARGET", help="The folder to look at.")],
    policy: Annotated[
        str, typer.Option("--policy", metavar="FILE|NAME", help="The policy that gates.")
    ] = "default",
    waivers: Annotated[
        Path | None,
        typer.Option("--waivers", metavar="FILE", help="What named persons answer for (TOML)."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
) -> None:
    """Say what a folder declares and carries about licences.

    Declared, detected and concluded licences are kept apart. The licence and copyright
    findings go through the policy, which sets the exit code. What a declared base model asks
    for is looked up in the table of known models and searched for here; what the weights show,
    and where the code also stands, needs `audit model-repo`.
    """
    report = license_report(target, policy=policy, waivers=waivers, quiet=quiet)
    if json:
        show_json(report)
    else:
        for part in _describe(report):
            show(part)
            show("")
    raise typer.Exit(report.verdict.status.exit_code)


def license_report(
    target: str, *, policy: str = "default", waivers: Path | None = None, quiet: bool
) -> LicenseReport:
    """Return the licence side of one folder."""
    from audit import rules
    from audit.checks import PAPERS, evaluate
    from audit.checks.case import Case
    from audit.findings import in_report_order
    from audit.inventory import take_inventory
    from audit.licenses import license_evidence
    from audit.obligations import obligation_evidence
    from audit.sources import resolve
    from audit.verdict import gate
    from audit.waivers import correct, waive

    progress = observer(quiet=quiet)
    chosen = rules.policy(policy)
    exceptions = _exceptions(waivers, chosen.waiver_days)
    subject = take_inventory(resolve(target), progress=progress)
    evidence, corrections = correct(
        license_evidence(subject, progress=progress), subject, exceptions
    )
    obligations = obligation_evidence(subject, evidence, progress=progress)
    case = Case(
        subject=subject,
        licenses=evidence,
        references=(),
        missing_parents=(),
        obligations=obligations,
    )
    found = tuple(f for f in evaluate(case, chosen) if f.check.startswith(PAPERS))
    findings, waived = waive(in_report_order(found), exceptions)
    return LicenseReport(
        subject=subject.name,
        licenses=evidence,
        findings=findings,
        verdict=gate(findings, policy=chosen.name, fail_on=chosen.fail_on),
        obligations=obligations,
        exceptions=(*waived, *corrections),
    )


def _exceptions(waivers: Path | None, longest: int) -> "Exceptions | None":
    from audit import rules
    from audit.custody import today
    from audit.waivers import Exceptions

    if waivers is None:
        return None
    return Exceptions(file=rules.waiver_file(waivers), today=today(), longest=longest)


def _describe(report: LicenseReport) -> list["RenderableType"]:
    from audit.licenses.claims import ClaimSource

    evidence = report.licenses
    parts: list[RenderableType] = [f"{report.verdict.status.value}  {plain(report.subject)}"]
    parts += [_claims(evidence, source) for source in ClaimSource if evidence.of_source(source)]
    if not evidence.claims:
        parts.append("No licence is declared, and none was detected.")
    if evidence.copyrights:
        parts.append(_copyrights(evidence))
    if evidence.unscanned:
        parts.append(_unscanned(evidence))
    if report.obligations.duties:
        parts.append(_owed(report.obligations))
    parts += [_finding(finding) for finding in report.findings]
    if report.exceptions:
        parts.append(_entries(report.exceptions))
    parts.append(_scanned(evidence))
    return parts


def _claims(evidence: "LicenseEvidence", source: "ClaimSource") -> "PlainTable":
    table = _table(source.value.capitalize(), "Where", "As written")
    for claim in evidence.of_source(source):
        table.add(claim.expression, _place(claim.path, claim.line, claim.origin), claim.raw)
    return table


def _copyrights(evidence: "LicenseEvidence") -> "PlainTable":
    places: dict[str, list[str]] = {}
    for found in evidence.copyrights:
        places.setdefault(found.holder, []).append(_place(found.path, found.line, ""))
    table = _table("Copyright holder", "Where")
    for holder in sorted(places):
        more = f" and {len(places[holder]) - 1} more" if len(places[holder]) > 1 else ""
        table.add(holder, places[holder][0] + more)
    return table


def _unscanned(evidence: "LicenseEvidence") -> "PlainTable":
    table = _table("Not scanned", "Why")
    for item in evidence.unscanned:
        table.add(item.path, item.reason)
    return table


def _owed(obligations: "ObligationEvidence") -> "PlainTable":
    from audit.obligations.matrix import matrix

    table = _table("Owed for", "Under, by clause", "State", "Where, or why not")
    for row in matrix(obligations):
        duty = row.duty
        clause = f"{row.license_name}, {duty.obligation} [{duty.clause}]"
        table.add(", ".join(row.ancestors), clause, duty.state.value, _found(duty))
    return table


def _found(duty: "Duty") -> str:
    """Return the place that shows it, or the reason, or the question."""
    if duty.question is not None:
        return f"to be answered by a person: {duty.question}"
    places = [_place(passage.path, passage.line, "") for passage in duty.passages[:1]]
    return f"{places[0]}: {duty.reason}" if places else duty.reason


def _entries(exceptions: "tuple[Entry, ...]") -> "PlainTable":
    table = _table("Waiver or correction", "By, until", "Outcome")
    for entry in exceptions:
        who = f"{entry.by}, {entry.expires}: {entry.reason}"
        table.add(f"{entry.kind}: {entry.target}", who, entry.state.value)
    return table


def _place(path: str | None, line: int | None, origin: str) -> str:
    where = "" if path is None else path if line is None else f"{path}:{line}"
    return f"{where} ({origin})" if where and origin else where or origin


def _finding(finding: Finding) -> str:
    waived = f" (waived: {plain(finding.waived)})" if finding.waived else ""
    head = f"{finding.severity.value.upper()} {finding.fingerprint} {plain(finding.title)}{waived}"
    return f"{head}\n    {plain(finding.message)}\n    Fix: {plain(finding.how_to_fix)}"


def _scanned(evidence: "LicenseEvidence") -> str:
    return f"{evidence.scanned:,} files scanned by {evidence.scanner}."


def _table(*headings: str) -> "PlainTable":
    from audit.cli.tables import PlainTable

    return PlainTable(*headings)
