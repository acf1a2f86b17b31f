# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Step 18 of the verification: later editions, what they carry, and who signed in two roles.

A later edition is a report of its own that prints what was signed on the first. Its statement lists
the first edition's attestation and each response, so that none can be taken away from it.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from audit.record.absent import Absent
from audit.record.custody import FirstEdition, Response, Signer
from audit.record.said import Said
from audit.signing.attestation.names import (
    ATTESTATION,
    FIRST,
    RECORD,
    carried_response,
    edition_number,
)
from audit.signing.attestation.response import check_response, in_two_roles
from audit.signing.attestation.statement import read_unverified, sha256
from audit.signing.identity.certificates import common_name, fingerprint
from audit.signing.identity.path import chain_problem
from audit.signing.unsound import UnsoundError
from audit.text.file_names import some
from audit.verification.file import File, read_file
from audit.verification.procedure import Sealed, check_attestation
from audit.verification.step import Outcome, Step, failed, judged, not_checked, passed


def carried(files: Mapping[str, File]) -> tuple[FirstEdition | None, tuple[Response, ...]]:
    """Return the first edition and the responses that a later one prints; nothing of a first.

    Raises ``UnsoundError`` if one of them does not hold against the record beside it.
    """
    first, record = _content(files, FIRST), _content(files, RECORD)
    if first is None or record is None:
        return None, ()
    held = {RECORD: record, ATTESTATION: first}
    responses = (
        check_response(content, held)
        for name in sorted(files)
        if carried_response(name) and (content := _content(files, name)) is not None
    )
    custody = read_unverified(first).custody
    return FirstEdition(custody=custody, sha256=sha256(first)), tuple(responses)


def _content(files: Mapping[str, File], name: str) -> bytes | None:
    content = files[name].content if name in files else None
    return content if isinstance(content, bytes) else None


def check_first(files: Mapping[str, File]) -> list[Step]:
    """Check what a later edition carries: nothing where ``files`` are those of a first."""
    if FIRST not in files:
        return []
    title = "first edition"
    held = files[FIRST].held
    if isinstance(held, Absent):
        return [not_checked(title, held.reason)]
    steps, sealed = check_attestation(File(name=FIRST, listed=ATTESTATION, content=held))
    if isinstance(sealed, Absent):
        return [failed(title, next(s.detail for s in steps if s.outcome is Outcome.FAIL))]
    record = _content(files, RECORD)
    other = record is not None and sealed.statement.report[RECORD].sha256 != sha256(record)
    problem = f"{FIRST} is about another {RECORD}" if other else chain_problem(sealed.chain)
    if problem is not None:
        return [failed(title, problem)]
    try:
        _, responses = carried(files)
    except UnsoundError as error:
        return [failed(title, f"a response that this edition carries does not hold: {error}")]
    leaf, number = sealed.chain[0], len(responses)
    said = (
        f"this edition adds {number} signed response{'' if number == 1 else 's'} to that of"
        f" {sealed.statement.custody.audited_at}, signed by {common_name(leaf)}, SHA-256"
        f" {fingerprint(leaf)}; whose key that is was not checked"
    )
    return [passed(title, said), *check_roles(sealed.statement.custody.signer, responses)]


def check_roles(auditor: Signer | None, responses: Iterable[Response]) -> list[Step]:
    """Name each key that signed in more than one role: then one person said it twice."""
    signed = [(found.role, found.signer) for found in responses]
    everybody = [*([("auditor", auditor)] if auditor else []), *signed]
    return [
        not_checked(
            Said("roles"),
            Said("{roles} signed with one and the same key", roles=tuple(map(Said.plain, roles))),
        )
        for roles in in_two_roles(everybody)
    ]


def check_later(
    folder: Path,
    present: Iterable[str],
    sealed: Sealed | Absent,
    again: Callable[[Path], tuple[Step, ...]],
) -> list[Step]:
    """Check the later editions below ``folder``, each as ``again`` verifies a folder.

    ``present`` are the names in ``folder``. An edition must carry this report's attestation, and
    what it carries must still be here.
    """
    found = sorted((n for n in present if edition_number(n)), key=lambda n: edition_number(n) or 0)
    return [_later(folder, name, sealed, again) for name in found]


def _later(
    folder: Path,
    name: str,
    sealed: Sealed | Absent,
    again: Callable[[Path], tuple[Step, ...]],
) -> Step:
    edition = folder / name
    if not edition.is_dir() or edition.is_symlink():
        return failed(name, f"{name} is not the folder of an edition")
    wrong = next((step for step in again(edition) if step.outcome is Outcome.FAIL), None)
    if wrong is not None:
        return failed(name, f"{name} does not verify: {wrong.name}: {wrong.detail}")
    if isinstance(sealed, Absent):
        return not_checked(name, sealed.reason)
    names = {p.name: response for p in edition.iterdir() if (response := carried_response(p.name))}
    return judged(name, _unlike(folder, edition, names), good=_good(edition, names.values()))


def _unlike(folder: Path, edition: Path, carries: Mapping[str, str]) -> str | None:
    """Say what an edition and the report that it is of do not have in common."""
    first = read_file(edition / FIRST)
    if isinstance(first, Absent) or first != read_file(folder / ATTESTATION):
        return Said("{name} is no edition of this report", name=edition.name)
    gone = (r for name, r in carries.items() if read_file(edition / name) != read_file(folder / r))
    missed = ", ".join(sorted(gone))
    return f"{missed}, which {edition.name} carries, was taken away or changed" if missed else None


def _good(edition: Path, carries: Iterable[str]) -> str:
    content = read_file(edition / ATTESTATION)
    signer = None if isinstance(content, Absent) else read_unverified(content).custody.signer
    return Said(
        "verifies by itself, signed by {who}, SHA-256 {digest}; whose key that is was not checked."
        " It carries {names}",
        who="" if signer is None else signer.name,
        digest="" if signer is None else signer.fingerprint,
        names=some(carries),
    )
