# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""How the record came to be: what was looked at, in which steps, and how to get it again."""

import shlex
from datetime import date

from audit.record.custody import Custody
from audit.record.document import AuditRecord
from audit.record.said import Said
from audit.record.texts import RuleTexts
from audit.report import blocks as b
from audit.report.page import NOT_RECORDED, Page, part
from audit.report.sections.signature import signature, verifying
from audit.report.sections.weights import not_run
from audit.report.words.texts import amount, clip, left_out, prose, short_name, told
from audit.report.words.wording import paragraph

_UNREAD, _DIGITS = 60, 16
_DRAWS = ("WeasyPrint", "Pango", "HarfBuzz")
_IN_RECORD = Said("in record.json")
_IN_ATTESTATION = Said("in the attestation: a page cannot carry its own")
_UNKNOWN = Said("not recorded")
_ONE_CLOCK = Said(
    "by the clock of that machine. The PDF’s signature bears a later time by the same clock: the"
    " report was drawn in between."
)
_AS_GIVEN = Said("As given, not checked.")
_Rows = tuple[tuple[b.Text, b.Cell], ...]


def custody(page: Page) -> b.Section:
    """Return the run, the steps, what was and was not looked at, and who signed."""
    columns = {"Step": "mid", "From": "", "By": "name", "Result": "name"}
    return part(
        "custody",
        Said("Custody and signature"),
        b.Paragraph(NOT_RECORDED if page.audit_run is None else paragraph("custody.note"), "lead"),
        None if page.audit_run is None else b.Facts(_run(page, page.audit_run)),
        b.Table(columns, _steps(page), "grid stack small"),
        b.note(paragraph("custody.digests")),
        *_coverage(page.record),
        *signature(page),
    )


def _run(page: Page, run: Custody) -> _Rows:
    network = Said("Asked: {address}.", address=clip(", ".join(run.asked), 600))
    return (
        (Said("Audited at (UTC)"), (run.audited_at, _ONE_CLOCK if page.first is None else "")),
        (
            Said("Network"),
            network if run.asked else Said("Nothing was asked and nothing was sent."),
        ),
        *_age_of_facts(run.audited_at, page.texts),
        *_stated(run),
    )


def _stated(run: Custody) -> _Rows:
    """Return what the person who ran the audit says of it, and of what they say nothing."""
    given = (
        (Said("Commission"), (run.commission,)),
        (Said("Examiner"), (run.examiner,)),
        (Said("Independence"), (run.independence,)),
        (Said("How the items came here"), run.acquired),
    )
    rows = tuple(
        (name, b.Lines((*(clip(text, 600) for text in texts if text), _AS_GIVEN)))
        for name, texts in given
        if any(texts)
    )
    missing = tuple(name for name, texts in given if not any(texts))
    return (
        *rows,
        *(((Said("Not stated"), Said("{names:commas}.", names=missing)),) * bool(missing)),
    )


def _machine(run: Custody | None) -> _Rows:
    """Return on what the audit ran, and what drew the report."""
    if run is None:
        return ()
    versions = ", ".join(f"{name} {said}" for name, said in sorted(run.renderer.items()))
    return (
        (Said("Platform"), clip(run.platform, 120)),
        (Said("Python"), clip(run.python, 60)),
        (Said("Rendering software"), clip(versions, 600) or Said("Not recorded.")),
    )


def _age_of_facts(audited_at: str, texts: RuleTexts) -> _Rows:
    """Return a row about licence facts that were old on the day of the audit, if any were."""
    try:
        day = date.fromisoformat(audited_at[:10])
        ages = [((day - date.fromisoformat(f.on)).days, f.rows) for f in texts.facts]
    except ValueError:
        return ()  # no date, no age; where a date is needed, the PDF refuses it
    old = sum(rows for days, rows in ages if days > texts.stale_after_days)
    if not old:
        return ()
    remark = Said(
        "{old} of {all} rows of licence facts were established more than {days} days ago and "
        "should be read against the texts again.",
        old=old,
        all=sum(rows for _, rows in ages),
        days=texts.stale_after_days,
    )
    return ((Said("Licence facts"), remark),)


def _steps(page: Page) -> tuple[tuple[b.Text, ...], ...]:
    """Return the steps in their order; digests bind each to the one before."""
    record, run = page.record, page.audit_run
    others = ((r.name, r.manifest_sha256) for r in (*record.references, *record.controls))
    folders = ((record.subject.name, record.subject.manifest_sha256), *others)
    read = (
        (
            Said("Read and digest"),
            Said("folder {name}", name=short_name(name, 40)),
            page.made_by,
            Said("list of files {digest}", digest=_short(digest)),
        )
        for name, digest in folders
    )
    renderer = {} if run is None else run.renderer
    drawn = ", ".join(f"{name} {renderer[name]}" for name in _DRAWS if name in renderer)
    signer = None if run is None else run.signer
    key = Said("key {digest}", digest=_short(signer.fingerprint)) if signer else _UNKNOWN
    written = _short(page.sha256)
    return (
        *read,
        *_middle_steps(record, page.made_by),
        (Said("Write the record"), Said("all of this"), page.made_by, written),
        (
            Said("Render HTML and PDF"),
            Said("record {digest}", digest=written),
            drawn or Said("versions not recorded"),
            _IN_ATTESTATION,
        ),
        (
            Said("Sign"),
            Said("record, HTML, PDF and the list of audited files"),
            key,
            _UNKNOWN if run is None else Said("report.intoto.jsonl and report.sigstore.json"),
        ),
    )


def _middle_steps(record: AuditRecord, tool: str) -> tuple[tuple[b.Text, ...], ...]:
    torch = record.tool.libraries.get("torch", "")
    status = prose(record.verdict.status.value)
    return (
        (
            Said("Compare weights"),
            Said(
                "{references}, seed {seed}",
                references=amount(len(record.comparisons), "reference"),
                seed=str(record.options.seed),
            ),
            Said("torch {version}", version=torch or _UNKNOWN),
            _IN_RECORD,
        ),
        (
            Said("Scan for licences"),
            amount(record.licenses.scanned, "file"),
            clip(record.licenses.scanner, 60),
            _IN_RECORD,
        ),
        (
            Said("Apply rules and policy"),
            Said(
                "rules {rules}; policy {policy}",
                rules=_short(record.tool.rules_sha256),
                policy=_short(record.options.policy_sha256),
            ),
            tool,
            Said("gate {status}, {where}", status=status, where=_IN_RECORD),
        ),
    )


def _short(digest: str) -> str:
    """Return the beginning of a digest that stands whole in another place of the report."""
    return f"{digest[:_DIGITS]}…"


def _coverage(record: AuditRecord) -> tuple[b.Block, ...]:
    """List what was looked at, then what was not."""
    seen = record.coverage
    found = [(u.path, u.reason) for u in record.subject.unread]
    found += [(f"{r.name}: {u.path}", u.reason) for r in record.references for u in r.unread]
    unread = tuple((clip(path, 200), told(reason, 240)) for path, reason in found[:_UNREAD])
    everything = () if unread else (Said("Every file was read."),)
    left = b.present(
        *not_run(record, Said("Stage or comparison that did not run")),
        b.reasons(unread, Said("File that was not read"), Said("Reason")),
        b.note(left_out(len(found), _UNREAD, "entry", "entries")),
    )
    return b.present(
        b.Heading(Said("Looked at"), id="coverage"),
        b.Bullets((*(told(statement, 400) for statement in seen.statements), *everything)),
        b.Heading(Said("Not looked at")) if left else None,
        *left,
    )


def reproduction(page: Page) -> tuple[b.Block, ...]:
    """Return the command and the digests that fix the result."""
    record, tool, run = page.record, page.record.tool, page.audit_run
    command = _command(record) if run is None else clip(run.command, 600)
    policy = Said(
        "{policy}, fails from {severity}",
        policy=clip(record.options.policy, 60),
        severity=told(record.options.fail_on, 60),
    )
    lock = tool.lock_sha256
    libraries = ", ".join(f"{name} {said}" for name, said in sorted(tool.libraries.items()))
    return (
        b.Heading(Said("How to get it again")),
        b.Paragraph(paragraph("custody.lead"), "lead"),
        b.Paragraph(b.Code(command, line=True), "lead"),
        b.Facts(
            (
                (Said("Tool"), (page.made_by, Said("record schema {n}", n=record.schema_version))),
                (Said("Policy"), policy),
                (Said("Seed"), str(record.options.seed)),
                *_machine(run),
                (Said("This record, SHA-256"), b.Code(page.sha256)),
                (Said("Policy, SHA-256"), b.Code(record.options.policy_sha256)),
                (Said("Rules, SHA-256"), b.Code(tool.rules_sha256)),
                (Said("Architecture files, SHA-256"), b.Code(tool.families_sha256)),
                (
                    Said("Lock file, SHA-256"),
                    b.Code(lock) if lock else Said("not at hand where the audit ran"),
                ),
                (Said("Libraries that can change a number"), libraries),
                *_equal(),
            ),
            "facts",
        ),
        *verifying(),
    )


def _equal() -> _Rows:
    drawn = Said(
        "Byte for byte from the same record and attestation; the PDF with the same versions of the"
        " rendering software."
    )
    return (
        (Said("Digests, counts, places"), Said("Exactly, on every machine.")),
        (Said("Relations, gate"), Said("Exactly, with the same rules.")),
        (Said("Statistics, log₁₀ p, sizes"), paragraph("custody.exactly")),
        (Said("HTML, PDF before signing"), drawn),
    )


def _command(record: AuditRecord) -> str:
    options = record.options
    against = [part for name in options.against for part in ("--against", clip(name, 120))]
    controls = [part for name in options.controls for part in ("--control", clip(name, 120))]
    parts = ["audit", "model-repo", clip(record.subject.name, 120), *against, *controls]
    parts += ["--policy", clip(options.policy, 60), "--fail-on", options.fail_on]
    return shlex.join(parts)
