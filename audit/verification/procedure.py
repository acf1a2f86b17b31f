# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Steps 2 to 6 of the verification: the statement, its signature, its signer.

Each takes what is there or :class:`Absent`, and answers with exactly one step per
question: a thing that is absent makes a step ``not-checked`` with the reason.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from audit.signing.attestation import bundle, dsse, gate, slot, statement
from audit.signing.attestation.statement import ATTESTATION, BUNDLE, Statement
from audit.signing.identity.certificates import (
    chain_problem,
    common_name,
    fingerprint,
    in_issuing_order,
    public_key_pem,
    read_chain,
)
from audit.signing.identity.keys import SELF_MADE_NAME
from audit.signing.identity.pin import Pin
from audit.signing.pdf.pdf_seal import PdfSeal
from audit.verification.step import Step, failed, judged, not_checked, passed

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_LIMIT = 1 << 29
"""Bytes of one file that are read at most; a record of 100,000 files is 0.03 of it."""

ENVELOPE, SIGNATURE, GATE = "attestation envelope", "attestation signature", "gate attestations"


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """Something that is not there to be checked, and why."""

    reason: str


def read_file(path: Path) -> bytes | Absent:
    """Return what a regular file holds; why not, if it cannot be read or is larger than 512 MiB."""
    if not path.exists():
        return Absent(reason="is missing")
    if not path.is_file():
        return Absent(reason="is not a regular file")
    try:
        with path.open("rb") as file:
            content = file.read(_LIMIT + 1)
    except OSError as error:
        return Absent(reason=f"cannot be read: {error.strerror}")
    return content if len(content) <= _LIMIT else Absent(reason="is larger than 512 MiB")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A statement whose signature verified, its envelope, the certificates that it names."""

    statement: Statement
    envelope: bytes
    chain: "tuple[Certificate, ...]"


def check_attestation(where: str, content: bytes | Absent) -> tuple[list[Step], Sealed | Absent]:
    """Steps 2 and 3.

    Parameters
    ----------
    where : str
        The name of the file that carries the envelope: lines, bundle or page.
    """
    if isinstance(content, Absent):
        reason = f"{where}: {content.reason}"
        return [not_checked(ENVELOPE, reason), not_checked(SIGNATURE, reason)], Absent(
            reason=reason
        )
    bad = Absent(reason=f"{where} does not hold")
    try:
        data = _carried(where, content)
        envelope = dsse.parse(data)
        if envelope.payload_type != dsse.PAYLOAD_TYPE:
            raise dsse.EnvelopeError(f"its payload type is not {dsse.PAYLOAD_TYPE}")
        claimed = statement.parse_statement(envelope.payload)
        chain = read_chain("".join(claimed.predicate.certificates).encode())
        if not chain:
            raise dsse.EnvelopeError("it names no certificate")
    except ValueError as error:
        problem = f"{where}: {error}"
        return [failed(ENVELOPE, problem), not_checked(SIGNATURE, bad.reason)], bad
    good = f"{where}: one signature, predicate {statement.PREDICATE_TYPE}"
    problem_or_none = dsse.signature_problem(envelope, chain[0])
    if problem_or_none is not None:
        return [passed(ENVELOPE, good), failed(SIGNATURE, f"{where}: {problem_or_none}")], bad
    made = passed(SIGNATURE, f"{where}: made with the key of {common_name(chain[0])}")
    return [passed(ENVELOPE, good), made], Sealed(statement=claimed, envelope=data, chain=chain)


def _carried(where: str, content: bytes) -> bytes:
    """Return the audit's envelope: of the first line, in the bundle, or in the page's slot."""
    if where == ATTESTATION:
        return bundle.from_lines(content)[0]
    return bundle.envelope_of(content) if where == BUNDLE else slot.content(content)


def signing_chain(
    sealed: Sealed | Absent, seals: "tuple[PdfSeal, ...]"
) -> "tuple[Certificate, ...] | Absent":
    """Return the signer's certificates: the attestation's, or else the first PDF's."""
    if isinstance(sealed, Sealed):
        return sealed.chain
    if seals:
        return in_issuing_order(seals[0].signer, seals[0].issuers)
    return Absent(reason="no signature holds, so there is no signer")


def check_certificate(chain: "tuple[Certificate, ...] | Absent", sealed: Sealed | Absent) -> Step:
    """Step 4."""
    name = "certificate"
    if isinstance(chain, Absent):
        return not_checked(name, chain.reason)
    leaf = chain[0]
    problem = chain_problem(chain)
    if problem is None and isinstance(sealed, Sealed):
        signer = sealed.statement.predicate.custody.signer
        if (signer.name, signer.fingerprint) != (common_name(leaf), fingerprint(leaf)):
            problem = f"the custody block of the attestation names another signer, {signer.name}"
    return judged(name, problem, good=f"{common_name(leaf)}, SHA-256 {fingerprint(leaf)}")


def check_signer(
    chain: "tuple[Certificate, ...] | Absent", sealed: Sealed | Absent, pin: Pin | None
) -> Step:
    """Step 5: trust comes from the caller, or there is none."""
    name = "signer"
    if isinstance(chain, Absent):
        return not_checked(name, chain.reason)
    if pin is not None:
        return judged(name, pin.problem(chain), good=pin.agreement(chain))
    made = common_name(chain[0]) == SELF_MADE_NAME
    if isinstance(sealed, Sealed):
        made = sealed.statement.predicate.custody.signer.kind == "self-made"
    if made:
        return not_checked(
            name,
            "not trusted: a self-made identity, which names nobody. It shows that the files belong"
            " together and are unchanged since that run, not who ran it",
        )
    return not_checked(
        name,
        "not trusted: nobody said whose key this should be. Compare the fingerprint with the one"
        f" that {common_name(chain[0])} published, or pass their certificate with --key",
    )


def check_gate(content: bytes | Absent, sealed: Sealed | Absent) -> Step:
    """Step 6, first half: the lines after the first are the gate's answer, and no others."""
    if isinstance(sealed, Absent):
        return not_checked(GATE, sealed.reason)
    if isinstance(content, Absent):
        return not_checked(GATE, f"{ATTESTATION}: {content.reason}")
    good = f"{ATTESTATION}: test result and verification summary follow from the statement"
    return judged(GATE, _gate_problem(content, sealed), good=good)


def _gate_problem(content: bytes, sealed: Sealed) -> str | None:
    try:
        _, *others = bundle.from_lines(content)
        envelopes = [dsse.parse(line) for line in others]
    except dsse.EnvelopeError as error:
        return f"{ATTESTATION}: {error}"
    expected = gate.gate_payloads(sealed.statement, sealed.envelope)
    if [e.payload for e in envelopes] != list(expected):
        return f"{ATTESTATION}: what follows its first line is not the answer of that audit's gate"
    problems = [dsse.signature_problem(envelope, sealed.chain[0]) for envelope in envelopes]
    problem = next((p for p in problems if p is not None), None)
    if problem is None and any(e.payload_type != dsse.PAYLOAD_TYPE for e in envelopes):
        problem = f"its payload type is not {dsse.PAYLOAD_TYPE}"
    return None if problem is None else f"{ATTESTATION}: after its first line, {problem}"


def check_bundle(content: bytes | Absent, sealed: Sealed | Absent) -> Step:
    """Step 6, second half: the Sigstore bundle is the same envelope, and nothing else."""
    if isinstance(content, Absent):
        return not_checked(BUNDLE, f"{BUNDLE}: {content.reason}")
    if isinstance(sealed, Absent):
        return not_checked(BUNDLE, f"what it should be is not known: {sealed.reason}")
    same = content == bundle.wrap(sealed.envelope, public_key_pem(sealed.chain[0]))
    problem = None if same else f"{BUNDLE} is not the bundle of the attestation above"
    return judged(BUNDLE, problem, good="the same envelope as a Sigstore bundle")
