# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Puts together what one audit established; decides nothing.

Every sentence here counts something that was or was not looked at. Names of folders
go in, their places on this machine do not.
"""

import json
import math
from collections import Counter
from importlib.metadata import PackageNotFoundError, version

import audit
from audit import resources, rules
from audit.budgets import is_used_up
from audit.checks.case import Case, ReferenceCase
from audit.checks.lineage import from_scratch
from audit.inventory import Inventory
from audit.licenses.detected.scanner import scancode_version
from audit.licenses.history import NO_GIT
from audit.licenses.legal_text import LegalText, read_text
from audit.notice import draft_notice
from audit.record.code import NO_EVIDENCE
from audit.record.document import (
    SCHEMA_VERSION,
    AuditRecord,
    Coverage,
    LegalExtract,
    NotRun,
    Options,
    ReferenceItem,
    Subject,
    Tensor,
    Tool,
    TrainingStatement,
)
from audit.record.files import Artifact, Kind
from audit.record.findings import Finding
from audit.record.licenses import NO_HISTORY
from audit.record.said import Said, by_number, joined
from audit.record.verdict import Verdict
from audit.record.waivers import Entry
from audit.request import Outcome, Request
from audit.rules.quoted import quoted
from audit.signing.attestation.model_signature import root_digest
from audit.weights.several import SEED
from audit.weights.statistics.battery import BATTERY

LIBRARIES = (
    "gguf",
    "huggingface-hub",
    "license-expression",
    "numpy",
    "safetensors",
    "torch",
)
"""The distributions that can change a number or a claim."""

_SHORT_TEXT, _EXTRACT_LINES, _LONGEST_LINE = 1600, 12, 400
"""Characters of a text that is kept whole; lines and characters per line of an extract."""

_NOWHERE = Said("no folder of that name was given, and none lies beside the audited one")
STANDING_LIMITS = (
    Said(
        "Weights were compared with the references named here and with no others; a model"
        " that was not compared may still be a parent."
    ),
    Said(
        "The audit compares files. It does not see training data, nor what was agreed between"
        " the parties."
    ),
)
"""What holds for every audit, whatever it found."""


def record_of(outcome: Outcome, request: Request) -> AuditRecord:
    """Return the record of a run, with what was asked of it."""
    answers = request.answers
    options = Options(
        policy=request.policy.name,
        policy_sha256=request.policy.digest,
        fail_on=request.fail_on.value,
        seed=SEED,
        salt=request.salt,
        against=tuple(r.inventory.name for r in outcome.case.references if r.origin == "given"),
        controls=tuple(control.name for control in request.controls),
        waivers_sha256=None if answers is None else answers.file.digest,
        as_of=None if answers is None else answers.today.isoformat(),
    )
    entries = (*outcome.waivers, *outcome.case.answers)
    return make_record(outcome.case, outcome.findings, outcome.verdict, options, entries)


def make_record(
    case: Case,
    findings: tuple[Finding, ...],
    verdict: Verdict,
    options: Options,
    exceptions: tuple[Entry, ...] = (),
) -> AuditRecord:
    """Return the record of one audit; the same arguments give the same bytes."""
    return AuditRecord(
        schema_version=SCHEMA_VERSION,
        tool=this_tool(),
        options=options,
        subject=_subject(case.subject),
        references=tuple(_reference_item(reference) for reference in case.references),
        comparisons=tuple(reference.comparison for reference in case.references),
        licenses=case.licenses,
        findings=findings,
        verdict=verdict,
        coverage=_coverage(case),
        not_run=_not_run(case),
        limits=_limits(case),
        code=case.code,
        obligations=case.obligations,
        relatives=case.relatives,
        exceptions=exceptions,
        notice=draft_notice(case),
        legal=tuple(_extract(case.subject, a) for a in case.subject.of_kind(Kind.LEGAL)),
        texts=quoted((f.check for f in findings), (d.license for d in case.obligations.duties)),
    )


def _extract(inventory: Inventory, artifact: Artifact) -> LegalExtract:
    """Take the beginning of a text, whole lines of it, or say why there is none."""
    found = read_text(inventory, artifact)
    digest = artifact.sha256
    if not isinstance(found, LegalText):
        reason = Said("it is not text") if found is None else found.reason
        return LegalExtract(
            path=artifact.path, sha256=digest, text="", lines=0, whole=False, reason=reason
        )
    lines = found.declaration.replace("\r\n", "\n").strip("\n").split("\n")
    shown = lines if len(found.declaration) <= _SHORT_TEXT else lines[:_EXTRACT_LINES]
    text = "\n".join(line[:_LONGEST_LINE] for line in shown)
    return LegalExtract(
        path=artifact.path,
        sha256=digest,
        text=text,
        lines=len(lines),
        whole=text == "\n".join(lines),
    )


def this_tool() -> Tool:
    """Return the versions and digests of everything that can change an outcome."""
    return Tool(
        name="audit",
        version=audit.__version__,
        rules_sha256=resources.digest(resources.tree("rules")),
        families_sha256=resources.digest(resources.weight_data()),
        battery=dict(BATTERY),
        libraries={
            **{name: _installed(name) for name in LIBRARIES},
            "scancode-toolkit": scancode_version() or "not installed",
        },
        lock_sha256=resources.lock_digest(),
    )


def _installed(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "not installed"


def _subject(inventory: Inventory) -> Subject:
    return Subject(
        name=inventory.name,
        manifest_sha256=inventory.manifest_sha256,
        artifacts=inventory.artifacts,
        unread=inventory.unread,
        parents=inventory.parents,
        tensors=len(inventory.tensors),
        parameters=_parameters(inventory),
        architecture=_architecture(inventory),
        revision=inventory.revision,
        training=_training(inventory),
        headers=tuple(
            Tensor(name=t.name, dtype=t.dtype, shape=t.shape, file=t.file)
            for t in inventory.tensors
        ),
        root_sha256=_root(inventory),
        source=inventory.origin,
    )


def _root(inventory: Inventory) -> str:
    return root_digest({a.path: a.sha256 for a in inventory.artifacts})


def _training(inventory: Inventory) -> tuple[TrainingStatement, ...]:
    """Take down what the card says about training from scratch, whether it matters or not."""
    card = inventory.card
    if card is None:
        return ()
    rule = rules.checks()[from_scratch.ID]
    return tuple(
        TrainingStatement(words=said.words, path=card.path, line=said.line)
        for said in from_scratch.statements(card, rule)
    )


def _parameters(inventory: Inventory) -> int:
    return sum(math.prod(tensor.shape) for tensor in inventory.tensors)


def _architecture(inventory: Inventory) -> str | None:
    config = json.loads(inventory.config) if inventory.config is not None else None
    model_type = config.get("model_type") if isinstance(config, dict) else None
    return model_type if isinstance(model_type, str) else None


def _reference_item(reference: ReferenceCase) -> ReferenceItem:
    concluded = reference.licenses.concluded
    return ReferenceItem(
        name=reference.inventory.name,
        origin=reference.origin,
        manifest_sha256=reference.inventory.manifest_sha256,
        artifacts=reference.inventory.artifacts,
        unread=reference.inventory.unread,
        license=None if concluded is None else concluded.expression,
        revision=reference.inventory.revision,
        root_sha256=_root(reference.inventory),
        parent=reference.parent,
        source=reference.inventory.origin,
    )


def _coverage(case: Case) -> Coverage:
    subject = case.subject
    return Coverage(
        files=len(subject.artifacts) + len(subject.unread),
        files_read=len(subject.artifacts) - len(subject.stated),
        files_license_scanned=case.licenses.scanned,
        parameters=_parameters(subject),
        comparisons=len(case.references),
        statements=_statements(case),
    )


def _statements(case: Case) -> tuple[Said, ...]:
    subject, licenses = case.subject, case.licenses
    whole = [a for a in subject.artifacts if a.path not in subject.stated]
    sentences = [
        Said(
            "{count} read and digested ({size:count} bytes); {n:count} not read.",
            count=_files(len(whole)),
            size=sum(artifact.size for artifact in whole),
            n=len(subject.unread),
        ),
        *_stated(subject),
        Said(
            "{count} with {parameters:count} parameters listed from the headers of weight files.",
            count=by_number("{n:count} tensor", "{n:count} tensors", n=len(subject.tensors)),
            parameters=_parameters(subject),
        ),
        Said(
            "{count} searched for licences and copyright"
            " statements by {scanner}; {n:count} could not be, each"
            " with its reason; {skipped:count} hold weights or data and carry no licence.",
            count=_files(licenses.scanned),
            scanner=licenses.scanner,
            n=len(licenses.unscanned),
            skipped=licenses.skipped,
        ),
        *_code_sentences(case),
        *(_comparison_sentence(reference) for reference in case.references),
    ]
    pickles = len(subject.of_kind(Kind.PICKLE))
    if pickles:
        sentences.append(
            by_number(
                "{n:count} pickle file digested and never loaded.",
                "{n:count} pickle files digested and never loaded.",
                n=pickles,
            )
        )
    other = len(subject.of_kind(Kind.OTHER_WEIGHTS))
    if other:
        sentences.append(
            by_number(
                "{n:count} weight file in formats that are not compared yet.",
                "{n:count} weight files in formats that are not compared yet.",
                n=other,
            )
        )
    sentences += _left_out(case)
    sentences.append(Said("No code of the audited folder was run or imported."))
    return tuple(sentences)


def _left_out(case: Case) -> list[Said]:
    """Say what budgets left out, and that a history is not audited."""
    history = case.licenses.history
    reasons = (
        *(gap.reason for gap in case.subject.unread),
        *(gap.reason for gap in case.licenses.unscanned),
        *(gap.reason for gap in case.code.not_compared),
    )
    used_up = Counter(filter(is_used_up, reasons))
    if history.reason and is_used_up(history.reason.arguments.get("why", "")):
        used_up[history.reason] += 1
    sentences = [
        by_number(
            "{n:count} file was left out, and is undecided: {reason}.",
            "{n:count} files were left out, and are undecided: {reason}.",
            n=used_up[reason],
            reason=reason,
        )
        for reason in sorted(used_up)
    ]
    if history.reason not in (NO_HISTORY.reason, NO_GIT):
        sentences.append(
            Said("Of the folder .git nothing was audited but the licence files of its last tag.")
        )
    return sentences


def _stated(subject: Inventory) -> tuple[Said, ...]:
    """Say which digests are not ours, and what was read of those files."""
    origin = subject.origin
    if origin is None or not origin.stated:
        return ()
    read = sum(stop - start for one in origin.read for start, stop in one.ranges)
    return (
        Said(
            "{count} not read whole: the SHA-256 is the one that {who} states; {read:count} bytes"
            " of them were read, and digested by block.",
            count=_files(len(origin.stated)),
            who=origin.said_by,
            read=read,
        ),
    )


def _code_sentences(case: Case) -> tuple[Said, ...]:
    code = case.code
    if code == NO_EVIDENCE:
        return ()
    known = joined(", ", (known.project for known in code.known))
    return (
        Said(
            "{python} compared with known code ({known}); {short:count} too short or too uniform to"
            " tell, {unread:count} could not be read, {others} in other languages not compared.",
            python=by_number("{n:count} Python file", "{n:count} Python files", n=code.compared),
            known=known or Said("nothing: no known code is at hand"),
            short=code.too_short,
            unread=len(code.not_compared),
            others=_files(code.other_languages),
        ),
    )


def _comparison_sentence(reference: ReferenceCase) -> Said:
    comparison = reference.comparison
    return Said(
        "Weights compared with {name}: {coverage:share} of the audited parameters lie in tensors"
        " that could be paired; {read:count} bytes of weights read.",
        name=reference.inventory.name,
        coverage=comparison.coverage,
        read=comparison.bytes_read,
    )


def _files(number: int) -> Said:
    return by_number("{n:count} file", "{n:count} files", n=number)


def _not_run(case: Case) -> tuple[NotRun, ...]:
    missing = tuple(
        NotRun(
            what=Said("comparison with the declared base model {parent}", parent=parent.name),
            reason=case.reasons.get(parent.name, _NOWHERE),
        )
        for parent in case.missing_parents
    )
    if case.references or missing:
        return missing
    reason = Said("no reference was given and the card declares no base model")
    return (NotRun(what=Said("comparison of weights"), reason=reason),)


def _limits(case: Case) -> tuple[Said, ...]:
    """Return every limit once; one that not all comparisons share names its reference."""
    of_each = [(r.inventory.name, r.comparison.limits) for r in case.references]
    merged = [
        limit
        if all(limit in limits for _, limits in of_each)
        else Said("Against {name}: {limit}", name=name, limit=limit)
        for name, own in of_each
        for limit in own
    ]
    return tuple(dict.fromkeys([*merged, *STANDING_LIMITS]))
