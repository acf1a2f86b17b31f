# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Puts together what one audit established; decides nothing.

Every sentence here counts something that was or was not looked at. Names of folders
go in, their places on this machine do not.
"""

import hashlib
import json
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import rfc8785

import audit
from audit import resources, rules
from audit.checks.case import Case, ReferenceCase
from audit.checks.lineage import from_scratch
from audit.coverage import coverage, limits, parameters
from audit.inventory import Inventory
from audit.kept import Kept
from audit.licenses.detected.scanner import scancode_version
from audit.licenses.legal_text import LegalText, read_text
from audit.lineage import SEED
from audit.notice import draft_notice
from audit.record.absent import Absent
from audit.record.document import (
    SCHEMA_VERSION,
    AuditRecord,
    LegalExtract,
    NotRun,
    Options,
    ReferenceItem,
    Subject,
    Tensor,
    Tool,
    TrainingStatement,
)
from audit.record.files import Artifact, DeclaredParent, Kind
from audit.record.findings import Finding
from audit.record.said import Said
from audit.record.verdict import Verdict
from audit.record.waivers import Entry
from audit.request import Outcome, Request, Stage
from audit.rules.quoted import quoted
from audit.signing.attestation.model_signature import root_digest

LIBRARIES = (
    "gguf",
    "license-expression",
    "numpy",
    "safetensors",
    "torch",
)
"""The distributions that can change a number or a claim."""

_SHORT_TEXT, _EXTRACT_LINES, _LONGEST_LINE = 1600, 12, 400
"""Characters of a text that is kept whole; lines and characters per line of an extract."""

_NOWHERE = Said("no folder of that name was given, and none lies beside the audited one")


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
        baseline_sha256=None if request.baseline is None else request.baseline.digest,
        configuration_sha256=_configuration(request),
    )
    entries = (*outcome.waivers, *outcome.case.answers)
    return make_record(outcome.case, outcome.findings, outcome.verdict, options, entries)


def _configuration(request: Request) -> str:
    """Digest what judged, wherever it was set; not what was looked at, and not the day."""
    answers, target = request.answers, request.target
    judged: dict[str, Any] = {
        "policy": request.policy.digest,
        "fail_on": request.fail_on.value,
        "waivers": None if answers is None else answers.file.digest,
        "baseline": None if request.baseline is None else request.baseline.digest,
        "only": list(request.only),
        "code": Stage.CODE in request,
        "declared": Stage.DECLARED in request,
        "seed": SEED,
        "salt": request.salt,
    }
    if target.ignore:
        judged |= {"ignore": list(target.ignore), "include": list(target.include)}
    return hashlib.sha256(rfc8785.dumps(judged)).hexdigest()


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
        references=tuple(map(_reference_item, case.references)),
        controls=tuple(_item(control, "control") for control in case.controls),
        comparisons=tuple(reference.comparison for reference in case.references),
        licenses=case.licenses,
        findings=findings,
        verdict=verdict,
        coverage=coverage(case),
        not_run=_not_run(case),
        limits=limits(case),
        code=case.code,
        obligations=case.obligations,
        relatives=case.relatives,
        library=case.library,
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
        battery=_battery(),
        libraries={
            **{name: _installed(name) for name in LIBRARIES},
            "scancode-toolkit": scancode_version() or "not installed",
        },
        lock_sha256=resources.lock_digest(),
    )


def _battery() -> dict[str, int]:
    """Return every test and its version; a warm run does not import them to say so."""

    def read() -> dict[str, int]:
        from audit.weights.statistics.battery import BATTERY

        return BATTERY

    with Kept() as kept:
        found: dict[str, int] | Absent = kept.result(dict[str, int], (resources.stamp(),), read)
    assert not isinstance(found, Absent)
    return found


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
        parameters=parameters(inventory),
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


def _architecture(inventory: Inventory) -> str | None:
    config = json.loads(inventory.config) if inventory.config is not None else None
    model_type = config.get("model_type") if isinstance(config, dict) else None
    return model_type if isinstance(model_type, str) else None


def _reference_item(reference: ReferenceCase) -> ReferenceItem:
    concluded = reference.licenses.concluded
    return _item(
        reference.inventory,
        reference.origin,
        license=None if concluded is None else concluded.expression,
        parent=reference.parent,
    )


def _item(
    inventory: Inventory,
    origin: str,
    *,
    license: str | None = None,
    parent: DeclaredParent | None = None,
) -> ReferenceItem:
    return ReferenceItem(
        name=inventory.name,
        origin=origin,
        manifest_sha256=inventory.manifest_sha256,
        artifacts=inventory.artifacts,
        unread=inventory.unread,
        license=license,
        revision=inventory.revision,
        root_sha256=_root(inventory),
        parent=parent,
        source=inventory.origin,
    )


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
