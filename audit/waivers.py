# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Applies waivers, corrections and attestations, and says of each what came of it.

A waiver changes the gate and never what was found: the finding stays in every report. A
correction changes what a licence statement is taken for, and stays visible too. What has
expired, lasts longer than the policy allows, or met nothing is listed with that reason.

A baseline, an earlier record, does as a waiver does for the findings about papers that it has: a
release's licences can be mended step by step, and a gate on new findings keeps them from getting
worse. Where weights come from is no debt to be worked off: lineage always counts in full, and so
does what the policy requires to be looked at.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from audit import rules
from audit.errors import UsageError
from audit.inventory import Inventory
from audit.record.files import Kind
from audit.record.findings import Finding
from audit.record.licenses import ClaimOrigin, ClaimSource, LicenseClaim, LicenseEvidence
from audit.record.obligations import Duty, DutyState, ObligationEvidence
from audit.record.said import Said
from audit.record.waivers import Entry, State

if TYPE_CHECKING:
    from audit.record.document import AuditRecord
    from audit.rules.waivers import Answered, Attestation, Correction, Waiver, WaiverFile

PAPERS = ("LIC", "COP", "DAT", "POL")
"""Beginnings of the ids of checks that look at papers, not at weights."""
_NOTHING = "NONE"
"""SPDX's word for the absence of a licence statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waivers:
    """The file, the day by which it is judged, and how many days the policy lets it last."""

    file: "WaiverFile"
    today: date
    longest: int

    def state(self, item: "Answered") -> State:
        """Judge an entry by its dates alone."""
        if item.expires <= self.today:
            return State.EXPIRED
        if item.on > self.today:
            return State.NOT_YET
        return State.TOO_LONG if (item.expires - item.on).days > self.longest else State.APPLIED


def answers_of(path: Path | None, day: date | None, *, longest: int) -> Waivers | None:
    """Read the file that ``--waivers`` names, to be judged by ``day``; ``None`` without one.

    Raises
    ------
    UsageError
        If there is a file and no day, or no such file.
    RulesError
        If the file is not valid.
    """
    if path is None:
        return None
    if day is None:
        raise UsageError("Waivers are judged by a day, and none was given.", advice="Set today.")
    return Waivers(file=rules.waiver_file(path), today=day, longest=longest)


def waive(
    findings: tuple[Finding, ...], waivers: Waivers | None
) -> tuple[tuple[Finding, ...], tuple[Entry, ...]]:
    """Mark the waived findings, and those whose waiver does not hold (any more)."""
    if waivers is None:
        return findings, ()
    by_id: dict[str, Finding] = {f.fingerprint: f for f in findings}
    entries = []
    for waiver in waivers.file.waiver:
        finding = by_id.get(waiver.finding)
        state = State.UNUSED if finding is None or not _covers(waiver, finding) else None
        state = state or waivers.state(waiver)
        entries.append(_entry("waiver", waiver.finding, waiver.reason, waiver, state))
        if finding is not None and state is not State.UNUSED:
            by_id[waiver.finding] = _marked(finding, waiver, state)
    return tuple(by_id[f.fingerprint] for f in findings), tuple(entries)


def _covers(waiver: "Waiver", finding: Finding) -> bool:
    """Whether every place of the finding is among the waiver's, if it names any."""
    places = {location.path for location in finding.locations}
    return not waiver.paths or places <= set(waiver.paths)


def _marked(finding: Finding, waiver: "Waiver", state: State) -> Finding:
    if state is State.APPLIED:
        excuse = Said(
            "{reason}, by {by}, until {expires}: {note}",
            reason=waiver.reason,
            by=waiver.by,
            expires=str(waiver.expires),
            note=waiver.note,
        )
        return replace(finding, waived=excuse)
    words = {
        State.EXPIRED: Said("waiver expired on {day}", day=str(waiver.expires)),
        State.NOT_YET: Said("waiver not valid before {day}", day=str(waiver.on)),
        State.TOO_LONG: Said("waiver lasts longer than the policy allows"),
    }[state]
    return replace(
        finding, message=Said("{finding} ({waiver}.)", finding=finding.message, waiver=words)
    )


def correct(
    evidence: LicenseEvidence, inventory: Inventory, waivers: Waivers | None
) -> tuple[LicenseEvidence, tuple[Entry, ...]]:
    """Apply the corrections of licence statements, and conclude again."""
    from audit.licenses.conclude import conclude  # here: who reads a record needs Entry alone

    if waivers is None:
        return evidence, ()
    claims = [c for c in evidence.claims if c.source is not ClaimSource.CONCLUDED]
    entries = []
    changed = False
    for correction in waivers.file.correction:
        state = waivers.state(correction)
        if state is State.APPLIED:
            found = _corrected(claims, correction, inventory)
            state = State.UNUSED if found is None else state
            claims, changed = found or claims, changed or found is not None
        entries.append(_entry("correction", correction.path, correction.reason, correction, state))
    if not changed:
        return evidence, tuple(entries)
    conclusion = conclude(tuple(claims))
    concluded = () if conclusion is None else (conclusion,)
    return replace(evidence, claims=(*claims, *concluded)), tuple(entries)


def _corrected(
    claims: list[LicenseClaim], correction: "Correction", inventory: Inventory
) -> list[LicenseClaim] | None:
    """Return the claims as corrected; ``None`` if the correction meets none."""
    artifact = next((a for a in inventory.artifacts if a.path == correction.path), None)
    meant = [c for c in claims if _means(correction, c)]
    if artifact is None or (not meant and correction.detected != _NOTHING):
        return None
    if correction.detected == _NOTHING:
        if any(c.path == correction.path and _in_lines(correction, c) for c in claims):
            return None
        origin = ClaimOrigin.LICENSE_FILE if artifact.kind is Kind.LEGAL else ClaimOrigin.HEADER
        return [*claims, _claim(correction, origin)]
    kept = [c for c in claims if c not in meant]
    if correction.concluded == _NOTHING:
        return kept
    return kept + [_claim(correction, c.origin, like=c) for c in meant]


def _means(correction: "Correction", claim: LicenseClaim) -> bool:
    return (
        claim.path == correction.path
        and claim.expression == correction.detected
        and _in_lines(correction, claim)
    )


def _in_lines(correction: "Correction", claim: LicenseClaim) -> bool:
    if correction.lines is None or claim.line is None:
        return correction.lines is None
    first, last = correction.lines
    return first <= claim.line <= last


def _claim(
    correction: "Correction", origin: ClaimOrigin, *, like: LicenseClaim | None = None
) -> LicenseClaim:
    source = ClaimSource.DETECTED if like is None else like.source
    line = correction.lines[0] if correction.lines else None
    return LicenseClaim(
        source=source,
        origin=origin,
        expression=correction.concluded,
        raw=Said(
            "corrected by {by} ({reason}): {note}",
            by=correction.by,
            reason=correction.reason,
            note=correction.note,
        ),
        path=correction.path,
        line=line if like is None else like.line,
    )


def attest(
    evidence: ObligationEvidence, waivers: Waivers | None
) -> tuple[ObligationEvidence, tuple[Entry, ...]]:
    """Put the answers of named persons to the questions that no file answers.

    Only a question that is open is answered so; what files show, nobody can attest away.
    """
    if waivers is None:
        return evidence, ()
    given = {item.question: item for item in waivers.file.attest}
    held = {q: item for q, item in given.items() if waivers.state(item) is State.APPLIED}
    asked = {d.question_id for d in evidence.duties if _is_open(d)}
    duties = tuple(
        _answered(d, held[d.question_id]) if _is_open(d) and d.question_id in held else d
        for d in evidence.duties
    )
    entries = tuple(
        _entry(
            "attestation",
            question,
            f"{item.answer}, by {item.evidence}",
            item,
            waivers.state(item) if question in asked else State.UNUSED,
        )
        for question, item in given.items()
    )
    return replace(evidence, duties=duties), entries


def _is_open(duty: Duty) -> bool:
    return duty.state is DutyState.UNKNOWN and duty.question is not None


def _answered(duty: Duty, item: "Attestation") -> Duty:
    return replace(
        duty,
        state=DutyState.MET if item.answer == "yes" else DutyState.NOT_MET,
        reason=Said(
            'answered "{answer}" by {by}, until {expires}: {evidence}',
            answer=item.answer,
            by=item.by,
            expires=str(item.expires),
            evidence=item.evidence,
        ),
        question=None,
        attested=True,
    )


def _entry(kind: str, target: str, reason: str, item: "Answered", state: State) -> Entry:
    return Entry(
        kind=kind,
        target=target,
        reason=reason,
        note=item.note,
        by=item.by,
        on=item.on.isoformat(),
        expires=item.expires.isoformat(),
        state=state,
    )


@dataclass(frozen=True, slots=True)
class Baseline:
    """An earlier record: its digest, what it found about papers, by fingerprint, and of what."""

    digest: str
    findings: dict[str, Finding]
    subject: str

    @classmethod
    def of(cls, data: bytes, record: "AuditRecord") -> "Baseline":
        """Take what counts of a record; a finding that a waiver excused needs its waiver again."""
        excused = {e.target for e in record.exceptions if e.state is State.APPLIED}
        stood = (f for f in record.findings if f.fingerprint not in excused)
        papers = {f.fingerprint: f for f in stood if f.check.startswith(PAPERS)}
        return cls(sha256(data).hexdigest(), papers, record.subject.name)

    def accept(self, findings: Iterable[Finding], required: tuple[str, ...]) -> tuple[Finding, ...]:
        """Mark what stood before and is no worse; ``required`` is what a policy requires."""
        return tuple(self._marked(one, required) for one in findings)

    def _marked(self, finding: Finding, required: tuple[str, ...]) -> Finding:
        before = self.findings.get(finding.fingerprint)
        if before is None or finding.waived or finding.severity.rank > before.severity.rank:
            return finding
        if finding.status is not before.status or _is_required(finding, required):
            return finding
        said = Said("it stood in the baseline, record {digest}", digest=self.digest[:12])
        return replace(finding, waived=said)


def _is_required(finding: Finding, required: tuple[str, ...]) -> bool:
    rule = rules.checks().get(finding.check)
    return rule is not None and rule.required_by in required
