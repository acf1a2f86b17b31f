# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A signed list of files that are given away together, each by name, digest and size.

One line, a DSSE envelope around an in-toto statement whose subjects are the files. It says who
gathered them and nothing of what they hold.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import Field

import audit
from audit.record.custody import Signer
from audit.signing.attestation import dsse
from audit.signing.attestation.bundle import from_lines, to_lines
from audit.signing.attestation.statement import (
    Certificates,
    InToto,
    Strict,
    certificates_in,
    read,
    subjects,
)
from audit.signing.identity.certificates import validity_problem
from audit.signing.identity.keys import Identity, names_signer
from audit.signing.identity.path import chain_problem
from audit.signing.unsound import UnsoundError, sound

if TYPE_CHECKING:
    from audit.signing.identity.pin import Pin

PREDICATE_TYPE: Final = "https://model-provenance-audit.dev/attestation/collection/v1"
"""A name, not a page."""
_MOST = (1 << 53) - 1


class _Predicate(Strict):
    tool: str
    sizes: dict[str, Annotated[int, Field(ge=0, le=_MOST)]]
    signer: Signer
    certificates: Certificates


class _Statement(InToto):
    predicate_type: Literal["https://model-provenance-audit.dev/attestation/collection/v1"] = (
        PREDICATE_TYPE
    )
    predicate: _Predicate


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """Files by name, with SHA-256 and size in bytes, and who signed for them."""

    files: dict[str, tuple[str, int]]
    signer: Signer


def sign_collection(files: Mapping[str, tuple[str, int]], identity: Identity) -> bytes:
    """Return the signed list; ``files`` maps names to SHA-256 and size."""
    predicate = _Predicate(
        tool=f"audit {audit.__version__}",
        sizes={name: size for name, (_, size) in files.items()},
        signer=identity.signer,
        certificates=identity.pem,
    )
    named = subjects({name: digest for name, (digest, _) in files.items()})
    return to_lines(
        (dsse.seal(_Statement(subject=named, predicate=predicate).payload(), identity),)
    )


def read_collection(data: bytes, pin: "Pin | None" = None) -> Collection:
    """Verify a list; ``pin`` is the signer that is expected, without whom anybody may have signed.

    1. One line, a DSSE envelope around a statement of our type.
    2. Its signature verifies with the certificate that it names, whose chain holds, is valid now,
       and which its signer block describes.
    3. Every file is named once, with its size.
    4. The signer is the expected one.

    Raises ``UnsoundError`` if one of these does not hold.
    """
    with sound("the signed list is damaged: "):
        lines = from_lines(data)
        if len(lines) != 1:
            raise UnsoundError(f"it has {len(lines)} lines, where one is expected")
        envelope = dsse.parse(lines[0])
        statement = read(_Statement, envelope.payload)
        said = statement.predicate
        chain = certificates_in(said.certificates)
    now = datetime.now(UTC)
    problem = (
        dsse.signature_problem(envelope, chain[0])
        or chain_problem(chain)
        or validity_problem(chain, now)
    )
    if problem is None and not names_signer(said.signer, chain[0]):
        problem = f"its signer block names another signer, {said.signer.name}"
    digests = {item.name: item.digest.sha256 for item in statement.subject}
    if len(digests) != len(statement.subject) or digests.keys() != said.sizes.keys():
        problem = problem or "it names a file twice, or without its size"
    if pin is not None:
        problem = problem or pin.problem(chain, now)
    if problem is not None:
        raise UnsoundError(f"the signed list does not hold: {problem}")
    return Collection(
        files={name: (digest, said.sizes[name]) for name, digest in digests.items()},
        signer=said.signer,
    )
