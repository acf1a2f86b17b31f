# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""How the audit was done: methods, coverage, custody, reproduction, signature."""

import shlex
from dataclasses import dataclass
from datetime import date

from audit.report.document import AuditRecord, Custody, Response, Signer
from audit.report.wording import clip, count, counted, method, words
from audit.rules.freshness import stale_remark

_NOT_RECORDED = "Not recorded: this report was rendered from a record alone."
_UNREAD = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodView:
    """The explanation of one weight test."""

    test: str
    version: str
    name: str
    null: str
    statistic: str
    effect: str
    survives: str
    blind_to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodsView:
    """Tests, thresholds and the meaning of each kind of probability."""

    tests: tuple[MethodView, ...]
    seed: str
    warrants: tuple[tuple[str, str], ...]
    thresholds: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageView:
    """What was and was not looked at."""

    counts: tuple[tuple[str, str], ...]
    statements: tuple[str, ...]
    unread: tuple[tuple[str, str], ...]
    unread_more: str
    not_run: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyView:
    """When, where, how and by whom; ``rows`` is empty when nothing was recorded."""

    note: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReproductionView:
    """What somebody needs in order to get the same record again."""

    command: str
    rows: tuple[tuple[str, str], ...]
    digests: tuple[tuple[str, str], ...]
    libraries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureView:
    """Who signed and, in plain words, what that is worth."""

    signer: str
    fingerprint: str
    worth: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseView:
    """What somebody signed on this report; ``lines`` are their words, empty without any."""

    heading: str
    rows: tuple[tuple[str, str], ...]
    fingerprint: str
    lines: tuple[str, ...]


def methods(record: AuditRecord, thresholds: tuple[tuple[str, float], ...]) -> MethodsView:
    """Explain every test of the battery that the record names."""
    return MethodsView(
        tests=tuple(
            _method(test, version) for test, version in sorted(record.tool.battery.items())
        ),
        seed=str(record.options.seed),
        warrants=tuple((w.label, w.meaning) for w in words().warrants.values()),
        thresholds=tuple((name.replace("_", " "), f"{value:g}") for name, value in thresholds),
    )


def _method(test: str, version: int) -> MethodView:
    text = method(test)
    return MethodView(
        test=test,
        version=str(version),
        name=text.name,
        null=text.null,
        statistic=text.statistic,
        effect=text.effect,
        survives=text.survives,
        blind_to=text.blind_to,
    )


def coverage(record: AuditRecord) -> CoverageView:
    """List what was looked at, then what was not."""
    seen, subject = record.coverage, record.subject
    unread = (
        *((u.path, u.reason) for u in subject.unread),
        *((f"{r.name}: {u.path}", u.reason) for r in record.references for u in r.unread),
    )
    left = len(unread) - _UNREAD
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
        unread_more=f"{counted(left, 'more entry', 'more entries')} in record.json."
        if left > 0
        else "",
        not_run=tuple((clip(n.what, 160), clip(n.reason, 300)) for n in record.not_run),
    )


def custody_page(custody: Custody | None) -> CustodyView:
    """Return the custody table, or one sentence that says why there is none."""
    if custody is None:
        return CustodyView(note=_NOT_RECORDED, rows=())
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
            *_age_of_facts(custody),
        ),
    )


def _age_of_facts(custody: Custody) -> list[tuple[str, str]]:
    """Return a row about licence facts that were old on the day of the audit, if any were."""
    try:
        day = date.fromisoformat(custody.audited_at[:10])
    except ValueError:
        return []  # no date, no age; where a date is needed, the PDF refuses it
    remark = stale_remark(day)
    return [] if remark is None else [("Licence facts", remark)]


def _signer_name(signer: Signer | None) -> str:
    return "not signed" if signer is None else clip(signer.name, 120)


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
        ),
        libraries=tuple(sorted(tool.libraries.items())),
    )


_WORTH = {
    "self-made": (
        "The key was made for this run on the machine that ran the audit. Nobody vouches for "
        "who holds it.",
        "What the signature shows: the PDF, the HTML, the record and the list of audited files "
        "have not changed since they were signed together.",
        "What it does not show: who ran the audit, when (the clock was the machine’s own), or "
        "that the audit was run as described. Somebody who can change the files can also sign "
        "them again with another key; compare the fingerprint with one that reached you by "
        "another way.",
    ),
    "local": (
        "The key belongs to a signing identity kept on the machine that ran the audit. Nobody "
        "but its holder vouches for it.",
        "What the signature shows: the files have not changed since the holder of this key "
        "signed them together.",
        "What it does not show: the legal identity of the holder, or a time from a third "
        "party. Compare the fingerprint with one that reached you by another way.",
    ),
    "token": (
        "The key is kept in a token (PKCS#11) and did not leave it; its certificate was read from "
        "there.",
        "What the signature shows: the files have not changed since the holder of this key "
        "signed them together.",
        "Who the holder is depends on who issued the certificate; this report cannot vouch for "
        "that. Compare the fingerprint with one that reached you by another way.",
    ),
    "file": (
        "The key and its certificate were supplied to the run as a file.",
        "What the signature shows: the files have not changed since the holder of this key "
        "signed them together.",
        "Who the holder is depends on who issued the certificate; this report cannot vouch for "
        "that. Compare the fingerprint with one that reached you by another way.",
    ),
}


def signature(custody: Custody | None) -> SignatureView:
    """Say who signed, and what such a signature does and does not show."""
    if custody is None or custody.signer is None:
        reason = _NOT_RECORDED if custody is None else "This run was not signed."
        return SignatureView(
            signer=reason,
            fingerprint="none",
            worth=(
                "Without a signature nothing protects this report against later changes. The "
                "digest of the record above still shows whether a record.json belongs to it.",
            ),
        )
    signer = custody.signer
    unknown = (f"Kind of key: {clip(signer.kind, 40)}. Its worth is not described here.",)
    return SignatureView(
        signer=f"{clip(signer.name, 120)} ({clip(signer.kind, 40)} key)",
        fingerprint=signer.fingerprint,
        worth=_WORTH.get(signer.kind, unknown),
    )


def response_views(responses: tuple[Response, ...]) -> tuple[ResponseView, ...]:
    """Give each response a heading; its words stay as they were signed, line by line."""
    heading = {"publisher": "Answer of the publisher", "reviewer": "Statement of a reviewer"}
    return tuple(
        ResponseView(
            heading=f"{heading[found.role]}: {clip(found.signer.name, 120)}",
            rows=(
                (
                    "Signed by",
                    f"{clip(found.signer.name, 120)} ({clip(found.signer.kind, 40)} key)",
                ),
                ("Dated", f"{clip(found.made_at, 40)}, by the signer’s clock"),
            ),
            fingerprint=found.signer.fingerprint,
            lines=()
            if found.text is None
            else tuple(line.expandtabs(4) for line in found.text.splitlines()),
        )
        for found in responses
    )
