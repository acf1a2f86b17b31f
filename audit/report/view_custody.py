# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""How the record came to be: what was looked at, in which steps, and how to get it again."""

import shlex
from dataclasses import dataclass
from datetime import date

from audit.record.custody import Custody, Signer
from audit.record.document import AuditRecord
from audit.report.wording import clip, short_name
from audit.rules.license_table import stale_remark
from audit.text.numbers import count, counted, left_out

NOT_RECORDED = "Not recorded: this report was rendered from a record alone."
_UNREAD, _DIGITS = 60, 16
_DRAWS = ("WeasyPrint", "Pango", "HarfBuzz")
_IN_RECORD, _IN_ATTESTATION = "in record.json", "in the attestation: a page cannot carry its own"


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageView:
    """What was and was not looked at."""

    counts: tuple[tuple[str, str], ...]
    statements: tuple[str, ...]
    unread: tuple[tuple[str, str], ...]
    unread_more: str
    not_run: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """One step of the run: from what, by what, to what."""

    step: str
    source: str
    tool: str
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyView:
    """When, where, how and by whom; ``rows`` is empty when nothing was recorded."""

    note: str
    rows: tuple[tuple[str, str], ...]
    steps: tuple[StepRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReproductionView:
    """What somebody needs in order to get the same record again."""

    command: str
    rows: tuple[tuple[str, str], ...]
    digests: tuple[tuple[str, str], ...]
    libraries: str


def coverage(record: AuditRecord) -> CoverageView:
    """List what was looked at, then what was not."""
    seen, subject = record.coverage, record.subject
    unread = (
        *((u.path, u.reason) for u in subject.unread),
        *((f"{r.name}: {u.path}", u.reason) for r in record.references for u in r.unread),
    )
    return CoverageView(
        counts=(
            ("Files found", count(seen.files)),
            ("Files read", count(seen.files_read)),
            ("Files scanned for licences", count(seen.files_license_scanned)),
            ("Parameters found in weight files", count(seen.parameters)),
            ("Weight comparisons", count(seen.comparisons)),
        ),
        statements=tuple(clip(s, 400) for s in seen.statements),
        unread=tuple((clip(path, 200), clip(reason, 240)) for path, reason in unread[:_UNREAD]),
        unread_more=left_out(len(unread), _UNREAD, "entry", "entries"),
        not_run=tuple((clip(n.what, 160), clip(n.reason, 300)) for n in record.not_run),
    )


def custody_page(record: AuditRecord, custody: Custody | None, record_sha256: str) -> CustodyView:
    """Return the steps, and the custody table or one sentence that says why there is none."""
    steps = _steps(record, custody, record_sha256)
    if custody is None:
        return CustodyView(note=NOT_RECORDED, rows=(), steps=steps)
    return CustodyView(
        note=(
            "The audited folder was read and not changed. These entries are not part of "
            "record.json, so that the same input always gives the same record; the "
            "attestation carries them."
        ),
        rows=(
            ("Audited at (UTC)", custody.audited_at),
            ("Platform", clip(custody.platform, 120)),
            ("Python", clip(custody.python, 60)),
            ("Command", clip(custody.command, 600)),
            ("Signer", _signer_name(custody.signer)),
            ("Network", _network(custody)),
            ("Programmes that draw", _renderer(custody)),
            *_age_of_facts(custody),
        ),
        steps=steps,
    )


def _renderer(custody: Custody) -> str:
    versions = sorted(custody.renderer.items())
    return clip(", ".join(f"{name} {said}" for name, said in versions), 600) or "Not recorded."


def _network(custody: Custody) -> str:
    if not custody.asked:
        return "Nothing was asked and nothing was sent."
    return f"A time stamp was asked for from {clip(', '.join(custody.asked), 200)}."


def _steps(record: AuditRecord, custody: Custody | None, record_sha256: str) -> tuple[StepRow, ...]:
    """Return the steps in their order; digests bind each to the one before."""
    tool = f"{record.tool.name} {record.tool.version}"
    libraries = record.tool.libraries
    others = ((r.name, r.manifest_sha256) for r in record.references)
    folders = ((record.subject.name, record.subject.manifest_sha256), *others)
    read = tuple(
        StepRow(
            step="Read and digest",
            source=f"folder {short_name(name, 40)}",
            tool=tool,
            result=f"manifest {_short(digest)}",
        )
        for name, digest in folders
    )
    renderer = {} if custody is None else custody.renderer
    drawn = ", ".join(f"{k} {renderer[k]}" for k in _DRAWS if k in renderer)
    return (
        *read,
        StepRow(
            step="Compare weights",
            source=f"{counted(len(record.comparisons), 'reference')}, seed {record.options.seed}",
            tool=f"torch {libraries.get('torch', 'not recorded')}",
            result=_IN_RECORD,
        ),
        StepRow(
            step="Scan for licences",
            source=counted(record.licenses.scanned, "file"),
            tool=clip(record.licenses.scanner, 60),
            result=_IN_RECORD,
        ),
        StepRow(
            step="Apply rules and policy",
            source=(
                f"rules {_short(record.tool.rules_sha256)}; "
                f"policy {_short(record.options.policy_sha256)}"
            ),
            tool=tool,
            result=f"gate {record.verdict.status.value}, {_IN_RECORD}",
        ),
        StepRow(
            step="Write the record", source="all of this", tool=tool, result=_short(record_sha256)
        ),
        StepRow(
            step="Render HTML and PDF",
            source=f"record {_short(record_sha256)}",
            tool=drawn or "versions not recorded",
            result=_IN_ATTESTATION,
        ),
        StepRow(
            step="Sign",
            source="record, HTML, PDF and the list of audited files",
            tool=_key(custody),
            result="not recorded"
            if custody is None
            else "report.intoto.jsonl and report.sigstore.json",
        ),
    )


def _key(custody: Custody | None) -> str:
    signer = None if custody is None else custody.signer
    return "not recorded" if signer is None else f"key {_short(signer.fingerprint)}"


def _short(digest: str) -> str:
    """Return the beginning of a digest that stands whole in another place of the report."""
    return f"{digest[:_DIGITS]}…"


def _age_of_facts(custody: Custody) -> list[tuple[str, str]]:
    """Return a row about licence facts that were old on the day of the audit, if any were."""
    try:
        day = date.fromisoformat(custody.audited_at[:10])
    except ValueError:
        return []  # no date, no age; where a date is needed, the PDF refuses it
    remark = stale_remark(day)
    return [] if remark is None else [("Licence facts", remark)]


def _signer_name(signer: Signer | None) -> str:
    return "not recorded" if signer is None else clip(signer.name, 120)


def reproduction(record: AuditRecord, custody: Custody | None) -> ReproductionView:
    """Return the command and the digests that fix the result."""
    options, tool = record.options, record.tool
    against = [part for name in options.against for part in ("--against", clip(name, 120))]
    controls = [part for name in options.controls for part in ("--control", clip(name, 120))]
    parts = ["audit", "model-repo", clip(record.subject.name, 120), *against, *controls]
    parts += ["--policy", clip(options.policy, 60), "--fail-on", options.fail_on, "--out", "DIR"]
    return ReproductionView(
        command=shlex.join(parts) if custody is None else clip(custody.command, 600),
        rows=(
            ("Tool", f"{tool.name} {tool.version}"),
            ("Policy", f"{clip(options.policy, 60)}, stops at {options.fail_on}"),
            ("Seed", str(options.seed)),
            ("Record schema", str(record.schema_version)),
        ),
        digests=(
            ("Policy, SHA-256", options.policy_sha256),
            ("Rules, SHA-256", tool.rules_sha256),
            ("Architecture files, SHA-256", tool.families_sha256),
            ("Lock file, SHA-256", tool.lock_sha256 or "not at hand where the audit ran"),
        ),
        libraries=", ".join(f"{name} {said}" for name, said in sorted(tool.libraries.items())),
    )
