# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Sets of fingerprints that are given away: signed as one, verified before anything is added."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from audit.errors import AuditError, ExitCode
from audit.fingerprints.file import LIMIT, SUFFIX, from_bytes
from audit.given import read_given
from audit.output import workplace
from audit.progress import SILENT, Progress
from audit.signing.attestation.collection import Collection, read_collection, sign_collection
from audit.signing.unsound import UnsoundError
from audit.sources.web import fetched, is_address

if TYPE_CHECKING:
    from audit.fingerprints.shelf import Library
    from audit.signing.identity.keys import Identity
    from audit.signing.identity.pin import Pin

LIST = "library.intoto.jsonl"
_LIST_BYTES = 64 << 20
MOST_BYTES = 64 << 30
"""Bytes of all members of a set that is taken."""
Get = Callable[[str, int | None, int], bytes]
"""Gives a file of a set by name, of a size if that is known, and never more than so many bytes."""


class SetError(AuditError):
    """A set that is not what somebody signed; nothing of it was added."""

    exit_code = ExitCode.FAIL


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What a set brought: each fingerprint and whether it is new here; and who signed."""

    members: tuple[tuple[str, bool], ...]
    signed: Collection


def signed_list(shelf: "Library", members: tuple[str, ...], identity: "Identity") -> bytes:
    """Sign for members of a library, by what their files are called, hold and take."""
    files = {f"{m}{SUFFIX}": (m, len(shelf.bytes_of(m))) for m in sorted(members)}
    return sign_collection(files, identity)


def is_signed(folder: Path) -> bool:
    """Whether a folder is a set that somebody signed."""
    return (folder / LIST).is_file()


def getter(address: str) -> Get:
    """Return what reads the files of a set: at a web address, or in a folder of this machine."""
    if is_address(address):
        base = address.rstrip("/")
        return lambda name, size, limit: fetched(f"{base}/{name}", size, limit)
    folder = Path(address).expanduser()
    return lambda name, _, limit: read_given(folder / name, limit=limit, option="ADDRESS")


def pull(
    shelf: "Library", get: Get, pin: "Pin | None" = None, *, progress: Progress = SILENT
) -> Pulled:
    """Verify a set, signature first and then every file, and add all of it or nothing.

    What the library has already is not asked for.

    Raises
    ------
    SetError
        If the signature, or a digest, does not hold, or the signer is not ``pin``.
    AccessError, SourceError, UsageError
        If a file cannot be had.
    OutputError
        If the library cannot be written; then nothing was added.
    """
    signed = _verified(get(LIST, None, _LIST_BYTES), pin)
    known = set(shelf.members())
    wanted = {n: s for n, (digest, s) in sorted(signed.files.items()) if digest not in known}
    shelf.folder.mkdir(parents=True, exist_ok=True)
    with workplace(shelf.folder) as place:
        with progress.task("Fetching fingerprints", len(wanted)) as advance:
            for name, size in wanted.items():
                (place / name).write_bytes(_member(get(name, size, LIMIT), name))
                advance(1)
        with ExitStack() as undo:
            for name in wanted:
                found, new = shelf.add(read_given(place / name, limit=LIMIT, option=name), name)
                if new:
                    undo.callback(shelf.remove, found.sha256)
                (place / name).unlink()
            undo.pop_all()
    shelf.index()
    members = tuple((n.removesuffix(SUFFIX), n in wanted) for n in sorted(signed.files))
    return Pulled(members=members, signed=signed)


def _verified(data: bytes, pin: "Pin | None") -> Collection:
    try:
        signed = read_collection(data, pin)
    except UnsoundError as error:
        raise SetError(
            f"Nothing was added: {error}.", advice="Get it again from whom you trust."
        ) from error
    wrong = [n for n, (digest, size) in signed.files.items() if not _fits(n, digest, size)]
    total = sum(size for _, size in signed.files.values())
    if wrong or not signed.files or total > MOST_BYTES:
        raise SetError(
            "Nothing was added: it is no set of fingerprints, or larger than any.",
            advice="Ask whoever signed it.",
        )
    return signed


def _fits(name: str, digest: str, size: int) -> bool:
    return name == f"{digest}{SUFFIX}" and size <= LIMIT


def _member(data: bytes, name: str) -> bytes:
    """Return a file that is what the list says, and a fingerprint."""
    if f"{sha256(data).hexdigest()}{SUFFIX}" != name:
        raise SetError(
            f"Nothing was added: {name[:12]} does not have the digest that was signed for.",
            advice="Get it again from whom you trust.",
        )
    from_bytes(data, name)
    return data
