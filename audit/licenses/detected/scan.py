# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Scans every text once, through the cache, and turns the results into claims.

What is cached is the scanner's raw answer by content, so a better interpretation needs
no new scan; with everything in the cache no scanner process is started.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from audit.budgets import LICENCE_TEXT
from audit.errors import ScanError
from audit.inventory import Inventory
from audit.kept import Kept, digest
from audit.licenses.detected import basic
from audit.licenses.detected.interpret import (
    copyrights,
    header_claims,
    legal_claims,
    legal_origin,
    statement_lines,
)
from audit.licenses.detected.own_words import own_words
from audit.licenses.detected.reply import Reply
from audit.licenses.detected.scanner import (
    EXACT_INDEX,
    WORKER,
    scancode_version,
    shared_scanner,
)
from audit.licenses.known.claims import known_claims, remainder
from audit.licenses.known.recognise import KnownText, answers_depend_on, recognise
from audit.licenses.legal_text import (
    MAX_OTHER_BYTES,
    LegalText,
    is_declaration_only,
    may_carry_license,
    read_text,
)
from audit.licenses.release_files import (
    is_of_a_part,
    is_release_license,
    is_translation,
    own_folders,
)
from audit.progress import Progress
from audit.record.absent import Absent
from audit.record.files import Artifact, Kind
from audit.record.licenses import ClaimOrigin, Copyright, LicenseClaim, Unscanned
from audit.record.said import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What the scan found, which scanner it was, and how many files it left alone."""

    claims: tuple[LicenseClaim, ...]
    copyrights: tuple[Copyright, ...]
    unscanned: tuple[Unscanned, ...]
    scanned: int
    skipped: int
    scanner: str


_BROKEN_WORD = re.compile(r"([A-Za-z])-\n([ \t#*/;]*)([a-z]+)")
"""A word that is hyphenated at the end of a line; joined, the count of lines stays."""

_Found = Iterator[tuple[LegalText, Reply] | Unscanned]


def scan_files(inventory: Inventory, *, kept: Kept, progress: Progress) -> Scan:
    """Scan every file that can carry a licence, one text in memory at a time."""
    version = scancode_version()
    if version is not None:
        try:
            return _collect(inventory, _by_scancode(inventory, version, kept, progress), version)
        except ScanError:
            pass
    return _collect(inventory, _replies(_texts(inventory, kept), _by_basic), None)


def earlier_claims(texts: tuple[LegalText, ...], kept: Kept) -> tuple[LicenseClaim, ...] | Absent:
    """Return what licence texts of the past are, or why that cannot be told."""
    version = scancode_version()
    claims: list[LicenseClaim] = []
    for text in texts:
        if version is None:
            return Absent(basic.SHORTCOMING)
        try:
            reply = _scan_one(text, version, kept)
        except ScanError as error:
            return Absent(Said.plain(error.message))
        if isinstance(reply, Absent):
            return reply
        claims += (
            replace(c, origin=ClaimOrigin.HISTORY)
            for c in legal_claims(text, reply, for_release=True)
        )
    return tuple(claims)


def _candidates(inventory: Inventory) -> list[Artifact]:
    return [
        artifact
        for artifact in inventory.artifacts
        if may_carry_license(artifact) and not is_declaration_only(artifact)
    ]


def _texts(inventory: Inventory, kept: Kept) -> Iterator[LegalText | Unscanned]:
    purse = LICENCE_TEXT.purse()
    for artifact in _candidates(inventory):
        if not purse.pays(artifact.size):
            yield Unscanned(path=artifact.path, reason=LICENCE_TEXT.reason)
            continue
        text = read_text(inventory, artifact)
        if isinstance(text, LegalText) and _may_be_known(artifact):
            yield replace(text, known=_recognised(text.text, kept))
        elif text is not None:
            yield text


def _may_be_known(artifact: Artifact) -> bool:
    """Whether the text of a model licence or a use policy may stand in a file."""
    if artifact.kind is Kind.DOCUMENT:
        return artifact.size <= MAX_OTHER_BYTES
    return artifact.kind is Kind.LEGAL


def _recognised(text: str, kept: Kept) -> tuple[KnownText, ...]:
    # The words of a difference are read from scancode's data, where those are installed.
    depends_on = (digest(text), answers_depend_on(), scancode_version() or "")
    found = kept.result(tuple[KnownText, ...], depends_on, lambda: recognise(text))
    return () if isinstance(found, Absent) else found


def _by_scancode(inventory: Inventory, version: str, kept: Kept, progress: Progress) -> _Found:
    with progress.task("Searching for licences", len(_candidates(inventory))) as advance:
        texts = _texts(inventory, kept)
        for found in _replies(texts, lambda text: _scan_one(text, version, kept)):
            yield found
            advance(1)


def _by_basic(text: LegalText) -> Reply:
    return basic.scan(remainder(text.text, text.known))


def _replies(
    texts: Iterator[LegalText | Unscanned], scan: Callable[[LegalText], Reply | Absent]
) -> _Found:
    for text in texts:
        if isinstance(text, Unscanned):
            yield text
            continue
        reply = scan(text)
        if isinstance(reply, Absent):
            yield Unscanned(path=text.artifact.path, reason=reply.reason)
        else:
            yield text, reply


def _scan_one(source: LegalText, version: str, kept: Kept) -> Reply | Absent:
    """Scan a text; a licence also with hyphenated words joined, if that explains more of it."""
    kind = source.artifact.kind
    text = remainder(source.text, source.known)
    reply = _scan_text(text, kind, version, kept)
    if kind is not Kind.LEGAL or isinstance(reply, Absent) or _gaps(reply) == (0, 0):
        return reply
    joined = _BROKEN_WORD.sub(r"\1\3\n\2", text)
    if joined == text:
        return reply
    other = _scan_text(joined, kind, version, kept)
    return reply if isinstance(other, Absent) or _gaps(other) >= _gaps(reply) else other


def _gaps(reply: Reply) -> tuple[int, int]:
    """Count the lines that nothing explains, and the matches that are not exact."""
    return len(reply.unexplained), sum(match.is_approximate for match in reply.matches)


def _scan_text(text: str, kind: Kind, version: str, kept: Kept) -> Reply | Absent:
    legal = kind is Kind.LEGAL
    holders = legal or kind in (Kind.CODE, Kind.MODEL_CARD, Kind.NOTEBOOK)
    return kept.result(
        Reply,
        (digest(text), legal, holders, version, _worker_digest()),
        lambda: shared_scanner().scan(text, legal=legal, copyrights=holders),
    )


@cache
def _worker_digest() -> str:
    return digest("".join(p.read_text(encoding="utf-8") for p in (EXACT_INDEX, WORKER)))


def _collect(inventory: Inventory, replies: _Found, version: str | None) -> Scan:
    own = own_folders(inventory)
    paths = frozenset(artifact.path for artifact in inventory.artifacts)
    claims: list[LicenseClaim] = []
    holders: list[Copyright] = []
    unscanned: list[Unscanned] = []
    scanned = 0
    scanner = basic.NAME if version is None else f"scancode-toolkit {version}"
    for found in replies:
        if isinstance(found, Unscanned):
            unscanned.append(found)
            continue
        source, reply = found
        path = source.artifact.path
        scanned += 1
        apart = is_translation(path, paths) or is_of_a_part(path, paths)
        speaks = is_release_license(path, own) and not apart
        here = _claims(source, reply, for_release=speaks, basic_only=version is None)
        claims += [replace(c, detector=c.detector or scanner) for c in here]
        holders += copyrights(source, reply)
    skipped = len(inventory.artifacts) - scanned - len(unscanned)
    if version is None and scanned:
        unscanned.append(Unscanned(path=".", reason=basic.SHORTCOMING))
    return Scan(
        claims=tuple(claims),
        copyrights=tuple(holders),
        unscanned=tuple(sorted(unscanned, key=lambda entry: (entry.path, entry.reason))),
        scanned=scanned,
        skipped=skipped,
        scanner=scanner,
    )


def _claims(
    source: LegalText, reply: Reply, *, for_release: bool, basic_only: bool
) -> tuple[LicenseClaim, ...]:
    kind = source.artifact.kind
    if kind is Kind.LEGAL and not basic_only:
        return legal_claims(source, reply, for_release=for_release)
    if source.known:
        origin = legal_origin(source, [], for_release=for_release)
        return (
            *known_claims(source.known, source.artifact.path, origin, for_release=for_release),
            *header_claims(source, reply, ClaimOrigin.HEADER),
        )
    if kind is Kind.PACKAGE_METADATA:
        return header_claims(source, reply, ClaimOrigin.HEADER, fields_are_declared=True)
    card = kind is Kind.MODEL_CARD
    found = header_claims(source, reply, ClaimOrigin.CARD_PROSE if card else ClaimOrigin.HEADER)
    stated = [number for number, _ in statement_lines(source, reply)]
    return found or (own_words(source, stated) if kind is Kind.CODE else ())
