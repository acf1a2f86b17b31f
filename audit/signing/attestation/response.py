# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Signed responses to a finished report: a reviewer's attestation, the publisher's answer.

A response is a file of its own beside the report. It names the files of the report by
digest, so it can neither change them nor be moved to another report; the report and its
signature stay as they were.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Final, Literal

from cryptography.x509 import Certificate
from pydantic import Field

from audit.errors import UsageError
from audit.record.custody import Response, Signer
from audit.signing.attestation import dsse
from audit.signing.attestation.bundle import from_lines, to_lines
from audit.signing.attestation.names import ATTESTATION, is_listable
from audit.signing.attestation.statement import (
    Certificates,
    InToto,
    Strict,
    certificates_in,
    read,
    sha256,
    subjects,
)
from audit.signing.identity.keys import Identity, names_signer
from audit.signing.identity.path import chain_problem
from audit.signing.unsound import UnsoundError, sound
from audit.text.numbers import count

PREDICATE_TYPE: Final = "https://model-provenance-audit.dev/attestation/response/v1"
"""A name, not a page."""
LONGEST_TEXT = 64 * 1024
"""Characters of a statement; more is a document to be published elsewhere."""


class Role(StrEnum):
    """As whom somebody signs; it is what they say of themselves."""

    REVIEWER = "reviewer"
    PUBLISHER = "publisher"


class _Predicate(Strict):
    role: Literal["reviewer", "publisher"]
    text: Annotated[str, Field(max_length=LONGEST_TEXT)] | None
    made_at: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
    signer: Signer
    certificates: Certificates


class _Statement(InToto):
    predicate_type: Literal["https://model-provenance-audit.dev/attestation/response/v1"] = (
        PREDICATE_TYPE
    )
    predicate: _Predicate


def respond(
    files: Mapping[str, bytes], role: Role, text: str | None, made_at: str, identity: Identity
) -> bytes:
    """Return a signed response to the report whose files are given, as a line.

    ``files`` are those that the report's statement names, and its attestation; ``text`` is the
    signer's own words, ``made_at`` RFC 3339 in UTC. Raises ``UsageError`` if the text is missing,
    empty or too long: a review that does not say what was reviewed reviews nothing.
    """
    if text is None:
        raise UsageError(
            "A publisher's answer needs its text."
            if role is Role.PUBLISHER
            else "A reviewer states what was reviewed, and how.",
            advice="Pass it with --statement FILE.",
        )
    if not 1 <= len(text.strip()) <= len(text) <= LONGEST_TEXT:
        raise UsageError(
            f"A statement has 1 to {count(LONGEST_TEXT)} characters.",
            advice="Shorten it, or publish the long form and name it here.",
        )
    predicate = _Predicate(
        role=role.value,
        text=text,
        made_at=made_at,
        signer=identity.signer,
        certificates=identity.pem,
    )
    named = subjects({name: sha256(files[name]) for name in sorted(files)})
    payload = _Statement(subject=named, predicate=predicate).payload()
    return to_lines((dsse.seal(payload, identity),))


def check_response(data: bytes, files: Mapping[str, bytes]) -> Response:
    """Verify a response against the report's files; whose key it is stays open."""
    return read_response(data, files)[0]


def read_response(
    data: bytes, files: Mapping[str, bytes]
) -> tuple[Response, tuple[Certificate, ...]]:
    """Verify a response against the report's files, and return the signer's certificates as well.

    1. The bytes are one line, a DSSE envelope around a statement of our response type.
    2. Its signature verifies with the certificate that it names, whose chain holds and
       which the predicate's signer block describes.
    3. Its subjects are the report's attestation and the files of a report, with the digests of
       ``files``. A file that is not in ``files`` is not compared.

    Raises ``UnsoundError`` if one of these does not hold.
    """
    with sound():
        lines = from_lines(data)
        if len(lines) != 1:
            raise UnsoundError(f"it has {len(lines)} lines, where one is expected")
        envelope = dsse.parse(lines[0])
        statement = read(_Statement, envelope.payload)
        said = statement.predicate
        chain = certificates_in(said.certificates)
    problem = dsse.signature_problem(envelope, chain[0]) or chain_problem(chain)
    if problem is None and not names_signer(said.signer, chain[0]):
        problem = f"its signer block names another signer, {said.signer.name}"
    problem = problem or _subject_problem(statement, files)
    if problem is not None:
        raise UnsoundError(problem)
    found = Response(role=said.role, signer=said.signer, made_at=said.made_at, text=said.text)
    return found, chain


def in_two_roles(signers: Iterable[tuple[str, Signer]]) -> tuple[tuple[str, ...], ...]:
    """Return the roles that share a key, for each key that has more than one.

    ``signers`` are pairs of a role (``auditor``, ``reviewer``, ``publisher``) and who has it.
    """
    roles: dict[str, list[str]] = {}
    for role, signer in signers:
        held = roles.setdefault(signer.fingerprint, [])
        held += [] if role in held else [role]
    return tuple(tuple(held) for held in roles.values() if len(held) > 1)


def _subject_problem(statement: _Statement, files: Mapping[str, bytes]) -> str | None:
    named = {item.name: item.digest.sha256 for item in statement.subject}
    parts = named.keys() - {ATTESTATION}
    once = len(named) == len(statement.subject)
    if len(parts) == len(named) or not (once and all(map(is_listable, parts))):
        return "it does not name the files of a report"
    if left := sorted(files.keys() - named.keys()):
        return f"it does not name {', '.join(left)}"
    wrong = [n for n, digest in named.items() if n in files and sha256(files[n]) != digest]
    return f"it was made for another {wrong[0]}" if wrong else None
