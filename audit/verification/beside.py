# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Steps 16 and 17 of the verification: what lies beside the files that the statement lists."""

from collections.abc import Collection, Mapping
from pathlib import Path

from audit.record.absent import Absent
from audit.signing.attestation import dsse
from audit.signing.attestation.keyless import check_keyless
from audit.signing.attestation.names import KEYLESS, is_response
from audit.signing.attestation.response import check_response
from audit.signing.unsound import UnsoundError
from audit.text.file_names import some
from audit.verification.file import File, read_file
from audit.verification.procedure import Sealed
from audit.verification.step import Step, asked, failed, not_checked, passed


def check_beside(
    folder: Path, present: Collection[str], files: Mapping[str, bytes], sealed: Sealed | Absent
) -> list[Step]:
    """Return a step for each response and a keyless bundle, and one for whatever else there is.

    ``present`` are the names in ``folder`` that no other step is about, ``files`` what the report's
    files and its attestation hold.
    """
    responses = sorted(name for name in present if is_response(name))
    steps = [_response(name, read_file(folder / name), files) for name in responses]
    if KEYLESS in present:
        steps.append(_keyless(folder / KEYLESS, sealed))
    others = set(present) - {KEYLESS, *responses}
    if others:
        reason = f"{some(others)}: in the folder, and covered by no signature"
        steps.append(not_checked("other files", reason))
    return steps


def _response(name: str, content: bytes | Absent, files: Mapping[str, bytes]) -> Step:
    if isinstance(content, Absent):
        return failed(name, f"{name} {content.reason}")
    try:
        found = check_response(content, files)
    except UnsoundError as error:
        return failed(name, f"{name}: {error}")
    signer = found.signer
    return passed(
        name,
        f"{found.role} {signer.name}, SHA-256 {signer.fingerprint}, signed on this report; compare"
        " the fingerprint with the one that they published",
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
