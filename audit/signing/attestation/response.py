# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Signed responses to a finished report: a reviewer's attestation, the publisher's answer.

A response is a file of its own beside the report. It names the files of the report by
digest, so it can neither change them nor be moved to another report; the report and its
signature stay as they were.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import Field, ValidationError

from audit.errors import UsageError
from audit.record.custody import Response, Signer
from audit.signing.attestation import dsse
from audit.signing.attestation.bundle import from_lines, to_lines
from audit.signing.attestation.statement import (
    ATTESTATION,
    STATEMENT_TYPE,
    CustodySigner,
    Digest,
    Strict,
    SubjectFile,
    is_report_name,
    sha256,
    to_payload,
)
from audit.signing.identity.certificates import (
    chain_problem,
    common_name,
    fingerprint,
    pem,
    read_chain,
)
from audit.text.strict_json import refused

if TYPE_CHECKING:
    from audit.signing.identity.keys import Identity

PREDICATE_TYPE: Final = "https://model-provenance-audit.dev/attestation/response/v1"
"""A name, not a page."""
PREFIX, SUFFIX = "response-", ".intoto.jsonl"
LONGEST_TEXT = 64 * 1024
"""Characters of a statement; more is a document to be published elsewhere."""


class Role(StrEnum):
    """As whom somebody signs; it is what they say of themselves."""

    REVIEWER = "reviewer"
    PUBLISHER = "publisher"


class ResponseError(ValueError):
    """The bytes are not a response that holds; the message says why."""


class _Predicate(Strict):
    role: Literal["reviewer", "publisher"]
    text: Annotated[str, Field(max_length=LONGEST_TEXT)] | None
    made_at: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
    signer: CustodySigner
    certificates: Annotated[list[str], Field(min_length=1, max_length=8)]


class _Statement(Strict):
    type: Annotated[Literal["https://in-toto.io/Statement/v1"], Field(alias="_type")]
    subject: list[SubjectFile]
    predicate_type: Literal["https://model-provenance-audit.dev/attestation/response/v1"]
    predicate: _Predicate


def file_name(role: Role, identity: "Identity") -> str:
    """Return the name of the response of one role and key."""
    return f"{PREFIX}{role.value}-{identity.fingerprint[:12]}{SUFFIX}"


def is_response(name: str) -> bool:
    """Whether a file of a report's folder is named like a response."""
    return name.startswith(PREFIX) and name.endswith(SUFFIX)


def respond(
    files: Mapping[str, bytes], role: Role, text: str | None, made_at: str, identity: "Identity"
) -> bytes:
    """Return a signed response to the report whose files are given, as a line.

    Parameters
    ----------
    files : mapping
        Name to content of the files that the report's statement names, and of its attestation.
    text : str or None
        The signer's own words; the publisher must have some.
    made_at : str
        RFC 3339, UTC, ``Z``.

    Raises
    ------
    UsageError
        If the text is empty, too long, or missing where the publisher answers.
    """
    if text is None and role is Role.PUBLISHER:
        raise UsageError(
            "A publisher's answer needs its text.", advice="Pass it with --statement FILE."
        )
    if text is not None and not 1 <= len(text.strip()) <= len(text) <= LONGEST_TEXT:
        raise UsageError(
            f"A statement has 1 to {LONGEST_TEXT:,} characters.",
            advice="Shorten it, or publish the long form and name it here.",
        )
    signer = identity.signer
    statement = _Statement(
        type=STATEMENT_TYPE,
        subject=[
            SubjectFile(name=n, digest=Digest(sha256=sha256(files[n]))) for n in sorted(files)
        ],
        predicate_type=PREDICATE_TYPE,
        predicate=_Predicate(
            role=role.value,
            text=text,
            made_at=made_at,
            signer=CustodySigner(
                kind=signer.kind, name=signer.name, fingerprint=signer.fingerprint
            ),
            certificates=[pem([certificate]) for certificate in identity.chain],
        ),
    )
    return to_lines((dsse.seal(to_payload(statement), identity),))


def check_response(data: bytes, files: Mapping[str, bytes]) -> Response:
    """Verify a response against the report's files; whose key it is stays open.

    1. The bytes are one line, a DSSE envelope around a statement of our response type.
    2. Its signature verifies with the certificate that it names, whose chain holds and
       which the predicate's signer block describes.
    3. Its subjects are the report's attestation and the files of a report, with the digests of
       ``files``. A file that is not in ``files`` is not compared.

    Raises
    ------
    ResponseError
        If one of these does not hold.
    """
    try:
        lines = from_lines(data)
        if len(lines) != 1:
            raise ResponseError(f"it has {len(lines)} lines, where one is expected")
        envelope = dsse.parse(lines[0])
        statement = _parse(envelope)
        chain = read_chain("".join(statement.predicate.certificates).encode())
    except ValueError as error:
        raise ResponseError(str(error)) from error
    signer = statement.predicate.signer
    if not chain:
        raise ResponseError("it names no certificate")
    problem = dsse.signature_problem(envelope, chain[0]) or chain_problem(chain)
    if problem is None and (signer.name, signer.fingerprint) != (
        common_name(chain[0]),
        fingerprint(chain[0]),
    ):
        problem = f"its signer block names another signer, {signer.name}"
    problem = problem or _subject_problem(statement, files)
    if problem is not None:
        raise ResponseError(problem)
    return Response(
        role=statement.predicate.role,
        signer=Signer(kind=signer.kind, name=signer.name, fingerprint=signer.fingerprint),
        made_at=statement.predicate.made_at,
        text=statement.predicate.text,
    )


def _parse(envelope: dsse.Envelope) -> _Statement:
    if envelope.payload_type != dsse.PAYLOAD_TYPE:
        raise ResponseError(f"its payload type is not {dsse.PAYLOAD_TYPE}")
    try:
        return _Statement.model_validate_json(envelope.payload)
    except ValidationError as error:
        raise ResponseError(refused(error)) from error


def _subject_problem(statement: _Statement, files: Mapping[str, bytes]) -> str | None:
    named = [item.name for item in statement.subject]
    parts = [name for name in named if is_report_name(name)]
    if ATTESTATION not in named or len(parts) < len(named) - 1 or len(set(named)) < len(named):
        return "it does not name the files of a report"
    if set(files) - set(named):
        return f"it does not name {', '.join(sorted(set(files) - set(named)))}"
    for item in statement.subject:
        content = files.get(item.name)
        if content is not None and sha256(content) != item.digest.sha256:
            return f"it was made for another {item.name}"
    return None
