# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The whole programme on one screen.

::

    folder -> inventory -> references -> weights, licences, code -> obligations
           -> findings -> verdict -> record -> HTML -> PDF -> signatures -> output folder

No stage reaches back, none reads global state, each returns a frozen value.
"""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from audit import report, rules
from audit.assemble import make_record
from audit.checks import evaluate
from audit.checks.case import Case, ReferenceCase
from audit.code.evidence import code_evidence
from audit.code.papers import CodeRepository
from audit.custody import custody_now
from audit.errors import UsageError
from audit.inventory import Inventory, take_inventory
from audit.languages import Languages
from audit.licenses.evidence import license_evidence
from audit.licenses.papers import ReleasePapers
from audit.obligations.engine import obligation_evidence
from audit.output import write_folder
from audit.progress import SILENT, Progress
from audit.provenance.references import Reference, find_references, require_apart
from audit.record.document import AuditRecord, Options
from audit.record.findings import Severity, in_report_order
from audit.record.licenses import LicenseEvidence
from audit.record.waivers import Entry
from audit.record.weights import Comparison, PKind, Relation, Relatives
from audit.signing.attestation.seal import seal_report
from audit.signing.identity.keys import Identity
from audit.signing.pdf.pades import sign_pdf
from audit.signing.pdf.validation_data import NO_DATA, ValidationData
from audit.sources.names import resolve
from audit.verdict import gate
from audit.waivers import Exceptions, correct, waive
from audit.waivers import attest as attest_to
from audit.weights.comparison import compare
from audit.weights.origin.relatives import examine_relatives
from audit.weights.origin.siblings import with_siblings

SEED = 0
"""Draws the split of dimensions into a searched and a tested half; stated in the record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to audit, against what, and by which policy (a shipped name or a file)."""

    target: str
    against: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    """Models known to be independent of the target and of what it is compared with."""
    policy: str = "default"
    fail_on: Severity | None = None
    """``None``: as the policy says."""
    waivers: Path | None = None
    today: date | None = None
    """The day by which waivers are judged; needed with ``waivers``."""


def audit_repository(request: Request, progress: Progress = SILENT) -> AuditRecord:
    """Audit one folder.

    Raises
    ------
    UsageError
        If a folder or the policy does not exist, or a reference is the target itself.
    RulesError
        If a file of rules is not valid.
    """
    policy = rules.policy(request.policy)
    exceptions = _exceptions(request, policy)
    case, answered = gather(request, exceptions, progress)
    findings, waivers = waive(in_report_order(evaluate(case, policy)), exceptions)
    verdict = gate(findings, policy=policy.name, fail_on=request.fail_on or policy.fail_on)
    options = Options(
        policy=policy.name,
        policy_sha256=policy.digest,
        fail_on=verdict.fail_on.value,
        seed=SEED,
        against=tuple(r.inventory.name for r in case.references if r.origin == "given"),
        controls=tuple(resolve(spec).name for spec in request.controls),
        waivers_sha256=exceptions.file.digest if exceptions else None,
        as_of=exceptions.today.isoformat() if exceptions else None,
    )
    return make_record(case, findings, verdict, options, (*waivers, *answered))


def gather(
    request: Request, exceptions: Exceptions | None, progress: Progress = SILENT
) -> tuple[Case, tuple[Entry, ...]]:
    """Return all the evidence about one folder, and what came of each correction and answer.

    Raises
    ------
    UsageError
        If a folder does not exist, or a reference is the target itself.
    """
    target, given = resolve(request.target), tuple(resolve(spec) for spec in request.against)
    subject = take_inventory(target, progress=progress)
    references = find_references(target, given, subject.parents)
    controls = tuple(resolve(spec) for spec in request.controls)
    require_apart(controls, (target, *(r.snapshot for r in references.found)))
    licenses, corrections = correct(
        license_evidence(subject, progress=progress), subject, exceptions
    )
    examined = _read_against_controls(
        subject,
        tuple(
            _examine(subject, reference, len(references.found), progress)
            for reference in references.found
        ),
        tuple(take_inventory(c, progress=progress, digest_weights=False) for c in controls),
        progress,
    )
    relatives = _relatives(subject, examined)
    examined = _with_siblings(examined, relatives, progress)
    code = code_evidence(
        _with_papers(subject, licenses),
        tuple(_with_papers(r.inventory, r.licenses) for r in examined),
        progress=progress,
    )
    obligations, attestations = attest_to(
        obligation_evidence(subject, licenses, examined, code, progress=progress), exceptions
    )
    case = Case(
        subject=subject,
        licenses=licenses,
        references=examined,
        missing_parents=references.missing,
        code=code,
        obligations=obligations,
        relatives=relatives,
    )
    return case, (*corrections, *attestations)


def _exceptions(request: Request, policy: rules.Policy) -> Exceptions | None:
    if request.waivers is None:
        return None
    if request.today is None:
        raise UsageError("Waivers are judged by a day, and none was given.", advice="Set today.")
    file = rules.waiver_file(request.waivers)
    return Exceptions(file=file, today=request.today, longest=policy.waiver_days)


def _examine(
    subject: Inventory, reference: Reference, references: int, progress: Progress
) -> ReferenceCase:
    """Look at one reference: its files, its licences, its weights beside the subject's."""
    inventory = take_inventory(reference.snapshot, progress=progress)
    return ReferenceCase(
        inventory=inventory,
        licenses=license_evidence(inventory, progress=progress),
        comparison=compare(subject, inventory, references=references, seed=SEED, progress=progress),
        origin=reference.origin,
        parent=reference.parent,
    )


def _read_against_controls(
    subject: Inventory,
    examined: tuple[ReferenceCase, ...],
    controls: tuple[Inventory, ...],
    progress: Progress,
) -> tuple[ReferenceCase, ...]:
    """Make calibrated conclusions again with controls: those given, and independent references."""
    independent = tuple(
        r.inventory
        for r in examined
        if r.comparison.relation is Relation.NO_SHARED_WEIGHTS and r.parent is None
    )
    if not controls and not independent:
        return examined
    return tuple(
        replace(
            r,
            comparison=compare(
                subject,
                r.inventory,
                references=len(examined),
                seed=SEED,
                controls=(*controls, *independent),
                progress=progress,
            ),
        )
        if r.comparison.p_kind is PKind.CALIBRATED
        else r
        for r in examined
    )


def _relatives(subject: Inventory, examined: tuple[ReferenceCase, ...]) -> Relatives | None:
    """Look at all references together whose weights stand in the subject as they are stored."""
    related = tuple(
        r.inventory for r in examined if r.comparison.relation in (Relation.COPY, Relation.DERIVED)
    )
    return examine_relatives(subject, related) if len(related) > 1 else None


def _with_siblings(
    examined: tuple[ReferenceCase, ...], relatives: Relatives | None, progress: Progress
) -> tuple[ReferenceCase, ...]:
    """Settle directions that only a third reference can settle."""
    opened = {r.inventory.name: r.inventory for r in examined}

    def between(one: str, other: str) -> Comparison:
        return compare(opened[one], opened[other], seed=SEED, progress=progress)

    if len(opened) < len(examined):  # names that do not tell references apart
        return examined
    found = with_siblings({r.inventory.name: r.comparison for r in examined}, relatives, between)
    return tuple(replace(r, comparison=found[r.inventory.name]) for r in examined)


def _with_papers(inventory: Inventory, licenses: LicenseEvidence) -> CodeRepository:
    return CodeRepository(inventory=inventory, papers=ReleasePapers(inventory, licenses))


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What is said about a run and is no part of its record.

    ``command`` names no place on this machine. ``requested_by`` says who asked for the audit,
    ``contact`` where corrections are received. ``timestamp`` is the address of an RFC 3161
    server, the only thing that is ever asked, ``validation`` what says that key and server were
    not revoked. With ``visible_signature`` the PDF shows its signature on the page about it.
    ``languages`` says which editions are written.
    """

    command: str
    requested_by: str | None = None
    contact: str | None = None
    timestamp: str | None = None
    validation: ValidationData = NO_DATA
    visible_signature: bool = False
    languages: Languages = Languages.EN


def publish(
    record: AuditRecord,
    out: Path,
    identity: Identity,
    *,
    run: Run,
    progress: Progress = SILENT,
) -> tuple[str, ...]:
    """Render, sign and write one record as the new folder ``out``; all of it or nothing.

    Returns the names of the files.

    Raises
    ------
    RenderError, SigningError, OutputError
        If that step cannot be done; nothing is then left behind.
    """
    with progress.task("Rendering the report", None):
        custody = custody_now(
            run.command,
            identity.signer,
            requested_by=run.requested_by,
            contact=run.contact,
            renderer=report.renderer_versions(),
            asked=() if run.timestamp is None else (run.timestamp,),
        )
        shown = run.visible_signature
        pages = report.render_editions(
            record, custody, languages=run.languages, visible_signature=shown
        )
        stamp = report.render_stamp(custody) if shown else None
    with progress.task("Signing", None):
        files = dict(pages)
        for name, content in pages.items():
            if name.endswith(".pdf"):
                files[name] = sign_pdf(
                    content,
                    identity,
                    timestamp=run.timestamp,
                    validation=run.validation,
                    stamp=stamp,
                )
        sealed = seal_report(record, files, custody, identity)
    write_folder(out, sealed)
    return tuple(sealed)
