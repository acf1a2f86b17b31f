# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Scans every text once, through the cache, and turns the results into claims.

What is cached is the scanner's raw answer by content, so a better interpretation needs
no new scan; with everything in the cache no scanner process is started.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from audit.errors import ScanError
from audit.inventory import Inventory
from audit.licenses.detected import basic
from audit.licenses.detected import cache as store
from audit.licenses.detected.cache import ResultCache
from audit.licenses.detected.interpret import copyrights, header_claims, legal_claims, legal_origin
from audit.licenses.detected.scanner import WORKER, Scanner, scancode_version, shared_scanner
from audit.licenses.known.claims import known_claims, remainder
from audit.licenses.known.recognised import recognised
from audit.licenses.layout import is_release_license, is_translation, own_folders
from audit.licenses.texts import (
    MAX_OTHER_BYTES,
    LegalText,
    is_declaration_only,
    may_carry_license,
    read_text,
)
from audit.progress import Progress
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

_Found = tuple[LegalText | Unscanned, dict[str, Any] | Said]
"""A text with the scanner's reply, or with why there is none; or why there is no text."""


def scan_files(inventory: Inventory, *, results: ResultCache, progress: Progress) -> Scan:
    """Scan every file that can carry a licence, one text in memory at a time."""
    version = scancode_version()
    if version is not None:
        try:
            return _collect(inventory, _by_scancode(inventory, version, results, progress), version)
        except ScanError:
            version = None
    found: Iterator[_Found] = (
        (
            text,
            basic.scan(remainder(text.text, text.known))
            if isinstance(text, LegalText)
            else text.reason,
        )
        for text in _texts(inventory, results)
    )
    return _collect(inventory, found, version)


def earlier_claims(
    texts: tuple[LegalText, ...], results: ResultCache
) -> tuple[LicenseClaim, ...] | Said:
    """Return what licence texts of the past are, or why that cannot be told."""
    version = scancode_version()
    claims: list[LicenseClaim] = []
    for text in texts:
        if version is None:
            return basic.SHORTCOMING
        try:
            raw = _scan_one(text, version, results, shared_scanner())
        except ScanError as error:
            return Said.plain(error.message)
        if isinstance(raw, str):
            return raw
        claims += (
            replace(c, origin=ClaimOrigin.HISTORY)
            for c in legal_claims(text, raw, for_release=True)
        )
    return tuple(claims)


def _texts(inventory: Inventory, results: ResultCache) -> Iterator[LegalText | Unscanned]:
    for artifact in _candidates(inventory):
        text = read_text(inventory, artifact)
        if isinstance(text, LegalText) and _may_be_known(artifact):
            yield replace(text, known=recognised(text.text, results))
        elif text is not None:
            yield text


def _may_be_known(artifact: Artifact) -> bool:
    """Whether the text of a model licence or a use policy may stand in a file."""
    if artifact.kind is Kind.DOCUMENT:
        return artifact.size <= MAX_OTHER_BYTES
    return artifact.kind is Kind.LEGAL


def _candidates(inventory: Inventory) -> list[Artifact]:
    return [
        artifact
        for artifact in inventory.artifacts
        if may_carry_license(artifact) and not is_declaration_only(artifact)
    ]


def _by_scancode(
    inventory: Inventory, version: str, results: ResultCache, progress: Progress
) -> Iterator[_Found]:
    total = len(_candidates(inventory))
    with progress.task("Searching for licences", total) as advance:
        for text in _texts(inventory, results):
            if isinstance(text, LegalText):
                yield text, _scan_one(text, version, results, shared_scanner())
            else:
                yield text, text.reason
            advance(1)


def _scan_one(
    source: LegalText, version: str, results: ResultCache, scanner: Scanner
) -> dict[str, Any] | Said:
    """Scan a text; a licence also with hyphenated words joined, if that explains more of it."""
    kind = source.artifact.kind
    text = remainder(source.text, source.known)
    raw = _scan_text(text, kind, version, results, scanner)
    if kind is not Kind.LEGAL or isinstance(raw, str) or _gaps(raw) == (0, 0):
        return raw
    joined = _BROKEN_WORD.sub(r"\1\3\n\2", text)
    if joined == text:
        return raw
    other = _scan_text(joined, kind, version, results, scanner)
    return other if isinstance(other, dict) and _gaps(other) < _gaps(raw) else raw


def _gaps(raw: dict[str, Any]) -> tuple[int, int]:
    """Count the lines that nothing explains, and the matches that are not exact."""
    matches = [match for detection in raw["detections"] for match in detection]
    return len(raw["unexplained"]), sum(match["matcher"] == "3-seq" for match in matches)


def _scan_text(
    text: str, kind: Kind, version: str, results: ResultCache, scanner: Scanner
) -> dict[str, Any] | Said:
    legal = kind is Kind.LEGAL
    holders = legal or kind in (Kind.CODE, Kind.MODEL_CARD, Kind.NOTEBOOK)
    content = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    key = store.key(content, legal, holders, version, _worker_digest())
    known = results.get(key)
    if isinstance(known, dict):
        return known
    raw = scanner.scan(text, legal=legal, copyrights=holders)
    if isinstance(raw, dict):
        results.put(key, raw)
    return raw


@cache
def _worker_digest() -> str:
    return hashlib.sha256(WORKER.read_bytes()).hexdigest()


def _collect(inventory: Inventory, found: Iterator[_Found], version: str | None) -> Scan:
    own = own_folders(inventory)
    paths = frozenset(artifact.path for artifact in inventory.artifacts)
    claims: list[LicenseClaim] = []
    holders: list[Copyright] = []
    unscanned: list[Unscanned] = []
    scanned = 0
    scanner = basic.NAME if version is None else f"scancode-toolkit {version}"
    for source, raw in found:
        if isinstance(source, Unscanned):
            unscanned.append(source)
        elif isinstance(raw, str):
            unscanned.append(Unscanned(path=source.artifact.path, reason=raw))
        else:
            scanned += 1
            speaks = is_release_license(source.artifact.path, own) and not is_translation(
                source.artifact.path, paths
            )
            found_here = _claims(source, raw, for_release=speaks, basic_only=version is None)
            claims += [replace(c, detector=c.detector or scanner) for c in found_here]
            holders += copyrights(source, raw)
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
    source: LegalText, raw: dict[str, Any], *, for_release: bool, basic_only: bool
) -> tuple[LicenseClaim, ...]:
    kind = source.artifact.kind
    if kind is Kind.LEGAL and not basic_only:
        return legal_claims(source, raw, for_release=for_release)
    if source.known:
        origin = legal_origin(source, [], for_release=for_release)
        return (
            *known_claims(source.known, source.artifact.path, origin, for_release=for_release),
            *header_claims(source, raw, ClaimOrigin.HEADER),
        )
    if kind is Kind.PACKAGE_METADATA:
        return header_claims(source, raw, ClaimOrigin.HEADER, fields_are_declared=True)
    return header_claims(
        source, raw, ClaimOrigin.CARD_PROSE if kind is Kind.MODEL_CARD else ClaimOrigin.HEADER
    )
