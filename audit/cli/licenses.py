# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit licenses``: what a folder declares and carries, without its weights."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from audit.cli.common import show_blocks, show_json
from audit.cli.drawing import observer
from audit.record.findings import Finding
from audit.record.verdict import Verdict

if TYPE_CHECKING:
    from audit.record.licenses import LicenseEvidence
    from audit.record.obligations import ObligationEvidence
    from audit.record.waivers import Entry
    from audit.report.blocks import Block
    from audit.waivers import Exceptions


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
    target: Annotated[str, typer.Argument(metavar="TARGET", help="The folder to look at.")],
    policy: Annotated[
        str, typer.Option("--policy", metavar="FILE|NAME", help="The policy that gates.")
    ] = "default",
    waivers: Annotated[
        Path | None,
        typer.Option("--waivers", metavar="FILE", help="What named persons answer for (TOML)."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    details: Annotated[
        bool, typer.Option("--details", help="Explain each finding, and how to fix it.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
) -> None:
    """Say what a folder declares and carries about licences."""
    report = license_report(target, policy=policy, waivers=waivers, quiet=quiet)
    if json:
        show_json(report)
    else:
        show_blocks(_describe(report, details=details))
    raise typer.Exit(report.verdict.status.exit_code)


def license_report(
    target: str, *, policy: str = "default", waivers: Path | None = None, quiet: bool
) -> LicenseReport:
    """Return the licence side of one folder."""
    from audit import rules
    from audit.checks import PAPERS, evaluate
    from audit.checks.case import Case
    from audit.checks.files import unread_files
    from audit.inventory import take_inventory
    from audit.licenses.evidence import license_evidence
    from audit.obligations.engine import obligation_evidence
    from audit.record.findings import in_report_order
    from audit.sources.names import resolve
    from audit.verdict import gate
    from audit.waivers import attest, correct, waive

    progress = observer(quiet=quiet)
    chosen = rules.policy(policy)
    exceptions = _exceptions(waivers, chosen.waiver_days)
    subject = take_inventory(resolve(target), progress=progress)
    evidence, corrections = correct(
        license_evidence(subject, progress=progress), subject, exceptions
    )
    obligations, attestations = attest(
        obligation_evidence(subject, evidence, progress=progress), exceptions
    )
    case = Case(
        subject=subject,
        licenses=evidence,
        references=(),
        missing_parents=(),
        obligations=obligations,
    )
    # A card that could not be read is a licence that was not read.
    wanted = (*PAPERS, unread_files.ID)
    found = tuple(f for f in evaluate(case, chosen) if f.check.startswith(wanted))
    findings, waived = waive(in_report_order(found), exceptions)
    return LicenseReport(
        subject=subject.name,
        licenses=evidence,
        findings=findings,
        verdict=gate(findings, policy=chosen.name, fail_on=chosen.fail_on),
        obligations=obligations,
        exceptions=(*waived, *corrections, *attestations),
    )


def _exceptions(waivers: Path | None, longest: int) -> "Exceptions | None":
    if waivers is None:
        return None
    from audit import rules
    from audit.custody import today
    from audit.waivers import Exceptions

    return Exceptions(file=rules.waiver_file(waivers), today=today(), longest=longest)


def _describe(report: LicenseReport, *, details: bool) -> "list[Block]":
    from audit.report.blocks import Paragraph
    from audit.report.sections.summary import licensed
    from audit.rules.quoted import quoted

    remark = _age(report)
    texts = quoted((), (duty.license for duty in report.obligations.duties))
    blocks = licensed(
        report.subject,
        found=report.licenses,
        findings=report.findings,
        verdict=report.verdict,
        owed=report.obligations,
        waivers=report.exceptions,
        texts=texts,
        details=details,
    )
    return [*blocks, *([] if remark is None else [Paragraph(remark)])]


def _age(report: LicenseReport) -> str | None:
    """Return one sentence if what is known of a licence that matters here is old."""
    from audit import rules
    from audit.custody import today
    from audit.licenses.expressions import symbols
    from audit.rules.freshness import stale_facts, stale_remark

    day = today()
    stale = frozenset(stale_facts(day))
    named = {duty.license for duty in report.obligations.duties}
    named |= {symbol for claim in report.licenses.claims for symbol in symbols(claim.expression)}
    facts = (rules.license_facts(symbol) for symbol in named)
    matters = any(known is not None and known.id in stale for known in facts)
    return stale_remark(day) if matters else None
