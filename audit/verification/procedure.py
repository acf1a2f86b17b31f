# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Steps 2 to 6 of the verification: the statement, its signature, its signer.

Each takes what is there or :class:`Absent`, and answers with exactly one step per
question: a thing that is absent makes a step ``not-checked`` with the reason.
"""

from dataclasses import dataclass
from datetime import datetime

from cryptography.x509 import Certificate

from audit.record.absent import Absent
from audit.record.said import Said
from audit.signing.attestation import bundle, dsse, gate, slot, statement
from audit.signing.attestation.names import ATTESTATION, BUNDLE
from audit.signing.attestation.statement import Statement
from audit.signing.identity.certificates import common_name, fingerprint
from audit.signing.identity.keys import SELF_MADE_NAME, names_signer
from audit.signing.identity.path import chain_problem
from audit.signing.identity.pin import Pin
from audit.signing.pdf.pdf_seal import PdfSeal
from audit.signing.unsound import UnsoundError
from audit.verification.file import File
from audit.verification.step import Step, asked, failed, judged, not_checked, passed

ENVELOPE, SIGNATURE = Said("attestation envelope"), Said("attestation signature")
GATE = Said("gate attestations")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A statement whose signature verified, its envelope, the certificates that it names."""

    statement: Statement
    envelope: bytes
    chain: tuple[Certificate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """By whom, and when by their own clock."""

    chain: tuple[Certificate, ...]
    moment: datetime
    kind: str


def check_attestation(file: File) -> tuple[list[Step], Sealed | Absent]:
    """Steps 2 and 3; ``file`` carries the envelope: lines, bundle or page."""
    held, where = file.held, file.name
    if isinstance(held, Absent):
        return [not_checked(ENVELOPE, held.reason), not_checked(SIGNATURE, held.reason)], held
    bad = Absent(Said("{where} does not hold", where=where))
    try:
        data = _carried(file.listed, held)
        envelope = dsse.parse(data)
        claimed = statement.parse_statement(envelope.payload)
        chain = statement.certificates_in(claimed.predicate.certificates)
    except ValueError as error:
        return [failed(ENVELOPE, f"{where}: {error}"), not_checked(SIGNATURE, bad.reason)], bad
    one = Said(
        "{where}: one signature, predicate {type}", where=where, type=statement.PREDICATE_TYPE
    )
    good = passed(ENVELOPE, one)
    problem = dsse.signature_problem(envelope, chain[0])
    if problem is not None:
        return [good, failed(SIGNATURE, f"{where}: {problem}")], bad
    key = Said("{where}: made with the key of {who}", where=where, who=common_name(chain[0]))
    made = passed(SIGNATURE, key)
    return [good, made], Sealed(statement=claimed, envelope=data, chain=chain)


def _carried(kind: str, content: bytes) -> bytes:
    """Return the audit's envelope: of the first line, in the bundle, or in the page's slot."""
    if kind == ATTESTATION:
        return bundle.from_lines(content)[0]
    return bundle.envelope_of(content) if kind == BUNDLE else slot.content(content)


def signed(sealed: Sealed | Absent, seals: tuple[PdfSeal, ...]) -> Signed | Absent:
    """Return who signed, and when: says the attestation, or else the first PDF."""
    if isinstance(sealed, Sealed):
        signer, moment = sealed.statement.custody.signer, sealed.statement.moment
        return Signed(chain=sealed.chain, moment=moment, kind=signer.kind if signer else "")
    for seal in seals:
        kind = "self-made" if common_name(seal.chain[0]) == SELF_MADE_NAME else ""
        return Signed(chain=seal.chain, moment=seal.made_at, kind=kind)
    return Absent(Said("no signature holds, so there is no signer"))


def check_certificate(by: Signed | Absent, sealed: Sealed | Absent) -> Step:
    """Step 4."""

    def check(name: str, by: Signed) -> Step:
        leaf, problem = by.chain[0], chain_problem(by.chain)
        if problem is None and isinstance(sealed, Sealed):
            signer = sealed.statement.custody.signer
            if signer is not None and not names_signer(signer, leaf):
                said = f"names another signer, {signer.name}"
                problem = f"the custody block of the attestation {said}"
        return judged(name, problem, good=f"{common_name(leaf)}, SHA-256 {fingerprint(leaf)}")

    return asked(Said("certificate"), check, by)


def check_signer(by: Signed | Absent, pin: Pin | None) -> Step:
    """Step 5: trust comes from the caller, or there is none."""

    def check(name: str, by: Signed) -> Step:
        if pin is not None:
            return judged(name, pin.problem(by.chain, by.moment), good=pin.agreement(by.chain))
        if by.kind == "self-made":
            return not_checked(
                name,
                Said(
                    "not trusted: a self-made identity, which names nobody. It shows that the files"
                    " belong together and are unchanged since that run, not who ran it"
                ),
            )
        return not_checked(
            name,
            Said(
                "not trusted: nobody said whose key this should be. Compare the fingerprint with"
                " the one that {who} published, or pass their certificate with --key",
                who=common_name(by.chain[0]),
            ),
        )

    return asked(Said("signer"), check, by)


def check_gate(file: File, sealed: Sealed | Absent) -> Step:
    """Step 6, first half: the lines after the first are the gate's answer, and no others."""

    def check(name: str, sealed: Sealed, content: bytes) -> Step:
        problem = _gate_problem(content, sealed)
        wrong = None if problem is None else f"{file.name}: {problem}"
        good = Said(
            "{name}: test result and verification summary follow from the statement",
            name=file.name,
        )
        return judged(name, wrong, good=good)

    return asked(GATE, check, sealed, file.held)


def _gate_problem(content: bytes, sealed: Sealed) -> str | None:
    try:
        _, *others = bundle.from_lines(content)
        envelopes = [dsse.parse(line) for line in others]
    except UnsoundError as error:
        return str(error)
    expected = gate.gate_payloads(sealed.statement, sealed.envelope)
    if [e.payload for e in envelopes] != list(expected):
        return "what follows its first line is not the answer of that audit's gate"
    problems = [dsse.signature_problem(envelope, sealed.chain[0]) for envelope in envelopes]
    found = next((problem for problem in problems if problem is not None), None)
    return None if found is None else f"after its first line, {found}"


def check_bundle(file: File, sealed: Sealed | Absent) -> Step:
    """Step 6, second half: the Sigstore bundle is the same envelope, and nothing else."""

    def check(name: str, content: bytes, sealed: Sealed) -> Step:
        same = content == bundle.wrap(sealed.envelope, sealed.chain[0])
        other = Said("{name} is not the bundle of the attestation above", name=name)
        good = Said("the same envelope as a Sigstore bundle")
        return judged(name, None if same else other, good=good)

    return asked(file.name, check, file.held, unknown(sealed))


def unknown(sealed: Sealed | Absent) -> Sealed | Absent:
    """Return the statement, or that what a file should be is not known without it."""
    if isinstance(sealed, Absent):
        return Absent(Said("what it should be is not known: {why}", why=sealed.reason))
    return sealed
