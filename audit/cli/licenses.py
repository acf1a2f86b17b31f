# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit licenses``: what a model declares and carries, without its weights."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from audit.cli import options
from audit.cli.common import show_blocks, show_json
from audit.cli.drawing import observer
from audit.cli.outputs import asked, deliver
from audit.cli.plan import heard
from audit.cli.records import read_baseline
from audit.languages import Languages
from audit.record.findings import Finding
from audit.record.licenses import LicenseEvidence
from audit.record.obligations import ObligationEvidence
from audit.record.verdict import Verdict
from audit.record.waivers import Entry

if TYPE_CHECKING:
    from audit.record.said import Said
    from audit.report.blocks import Block
    from audit.request import Outcome, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseReport:
    """What the command prints with ``--json``."""

    subject: str
    licenses: LicenseEvidence
    findings: tuple[Finding, ...]
    verdict: Verdict
    obligations: ObligationEvidence
    exceptions: tuple[Entry, ...] = ()


EXAMPLES = (
    "audit licenses ./model",
    "audit licenses ./model --details",
    "audit licenses ./model --output sarif=licences.sarif",
)


def licenses_command(
    *,
    target: options.Target,
    policy: options.Policy = "default",
    waivers: options.Waivers = None,
    baseline: options.Baseline = None,
    locked: options.Locked = None,
    ignore: options.Ignore = None,
    include: options.Include = None,
    output: options.Output = None,
    json: options.Json = False,
    details: Annotated[
        bool, typer.Option("--details", help="Explain each finding, and how to fix it.")
    ] = False,
    offline: options.Offline = False,
    lang: options.Lang = Languages.EN,
    quiet: options.Quiet = False,
) -> None:
    """Say what a model declares and carries about licences."""
    outputs = asked(output)
    request, found = _judged(
        target,
        policy=policy,
        waivers=waivers,
        baseline=baseline,
        locked=locked,
        ignore=ignore or (),
        include=include or (),
        offline=offline,
        quiet=quiet,
    )
    report = _reported(found)
    taken = False
    if outputs:
        from audit.assemble import record_of

        taken = deliver(record_of(found, request), outputs, lang.first)
    if json and not taken:
        show_json(report)
    elif not taken:
        show_blocks(_describe(report, details=details), lang.first)
    raise typer.Exit(report.verdict.status.exit_code)


def license_report(
    target: str,
    *,
    policy: str = "default",
    waivers: Path | None = None,
    offline: bool = False,
    quiet: bool,
) -> LicenseReport:
    """Return the licence side of one model."""
    return _reported(
        _judged(target, policy=policy, waivers=waivers, offline=offline, quiet=quiet)[1]
    )


def _judged(
    target: str, *, baseline: Path | None = None, offline: bool, quiet: bool, **asked: Any
) -> "tuple[Request, Outcome]":
    from audit.checks.files import unread_files
    from audit.custody import today
    from audit.pipeline import judge
    from audit.request import Request, Stage
    from audit.sources.names import Reach
    from audit.waivers import PAPERS

    request = Request.of(
        target,
        **asked,
        baseline=read_baseline(baseline),
        today=today(),
        stages=Stage.DIGESTS,
        reach=Reach(offline=offline),
        only=(*PAPERS, unread_files.ID),  # a card that was not read is a licence that was not
    )
    heard(request)
    return request, judge(request, observer(quiet=quiet))


def _reported(found: "Outcome") -> LicenseReport:
    return LicenseReport(
        subject=found.case.subject.name,
        licenses=found.case.licenses,
        findings=found.findings,
        verdict=found.verdict,
        obligations=found.case.obligations,
        exceptions=(*found.waivers, *found.case.answers),
    )


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


def _age(report: LicenseReport) -> "Said | None":
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
