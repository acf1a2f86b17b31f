# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Steps 16 and 17 of the verification: what lies beside the files that the statement lists."""

from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path

from audit.budgets import RESPONSES
from audit.record.absent import Absent
from audit.record.custody import Response
from audit.record.said import Said
from audit.signing.attestation import dsse
from audit.signing.attestation.keyless import check_keyless
from audit.signing.attestation.names import KEYLESS, is_response
from audit.signing.attestation.response import read_response
from audit.signing.identity.pin import Pin
from audit.signing.unsound import UnsoundError
from audit.text.file_names import some
from audit.verification.editions import check_roles
from audit.verification.file import File, read_file
from audit.verification.procedure import Sealed
from audit.verification.step import Step, asked, failed, not_checked, passed


def check_beside(
    folder: Path,
    present: Collection[str],
    files: Mapping[str, bytes],
    sealed: Sealed | Absent,
    pin: Pin | None,
) -> list[Step]:
    """Return a step for each response and a keyless bundle, and one for whatever else there is.

    ``present`` are the names in ``folder`` that no other step is about, ``files`` what the report's
    files and its attestation hold.
    """
    responses = sorted(name for name in present if is_response(name))
    read, unread = responses[: RESPONSES.most], responses[RESPONSES.most :]
    found: list[Response] = []
    steps = [_response(name, read_file(folder / name), files, pin, found) for name in read]
    auditor = None if isinstance(sealed, Absent) else sealed.statement.custody.signer
    steps += check_roles(auditor, found)
    if unread:
        steps.append(not_checked("responses", f"{some(unread)}: {RESPONSES.reason}"))
    if KEYLESS in present:
        steps.append(_keyless(folder / KEYLESS, sealed))
    others = set(present) - {KEYLESS, *responses}
    if others:
        reason = Said("{names}: in the folder, and covered by no signature", names=some(others))
        steps.append(not_checked(Said("other files"), reason))
    return steps


def _response(
    name: str,
    content: bytes | Absent,
    files: Mapping[str, bytes],
    pin: Pin | None,
    holding: list[Response],
) -> Step:
    """Check one response; one that holds is added to ``holding``."""
    if isinstance(content, Absent):
        return failed(name, f"{name} {content.reason}")
    try:
        found, chain = read_response(content, files)
    except UnsoundError as error:
        return failed(name, f"{name}: {error}")
    signer = found.signer
    holding.append(found)
    if pin is not None and pin.problem(chain, datetime.fromisoformat(found.made_at)) is None:
        return passed(name, f"{found.role} {signer.name}, {pin.agreement(chain)}")
    return not_checked(
        name,
        Said(
            "signed on this report with the key of SHA-256 {digest}, which calls itself the {role}"
            " {who}. The signature holds; whose key that is was not checked: compare the"
            " fingerprint with the one that they published",
            digest=signer.fingerprint,
            role=Said.plain(found.role),
            who=signer.name,
        ),
    )


def _keyless(path: Path, sealed: Sealed | Absent) -> Step:
    file = File(name=path.name, listed=path.name, content=read_file(path))

    def check(name: str, content: bytes, sealed: Sealed) -> Step:
        try:
            named = check_keyless(content, dsse.parse(sealed.envelope).payload)
        except UnsoundError as error:
            return failed(name, f"{name}: {error}")
        same = f"{name}: the same statement, signed with a certificate that names {named}; that"
        return not_checked(name, f"{same} Sigstore issued and logged it, `cosign` can verify")

    return asked(file.name, check, file.held, sealed)
