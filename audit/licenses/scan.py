# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Scans every text once, through the cache, and turns the results into claims.

What is cached is the scanner's raw answer by content, so a better interpretation needs
no new scan; with everything in the cache no scanner process is started.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from audit.errors import ScanError
from audit.inventory import Kind
from audit.licenses import basic
from audit.licenses import cache as store
from audit.licenses.cache import ResultCache
from audit.licenses.claims import Copyright, LicenseClaim, Unscanned
from audit.licenses.interpret import (
    CARD_PROSE,
    HEADER,
    copyrights,
    header_claims,
    legal_claims,
)
from audit.licenses.layout import is_release_license
from audit.licenses.scanner import WORKER, Scanner, scancode_version, shared_scanner
from audit.licenses.texts import LegalText, is_declaration_only
from audit.progress import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What the scan found, and which scanner it was."""

    claims: tuple[LicenseClaim, ...]
    copyrights: tuple[Copyright, ...]
    unscanned: tuple[Unscanned, ...]
    scanned: int
    scanner: str


def scan_texts(
    texts: tuple[LegalText, ...],
    own: frozenset[str],
    *,
    results: ResultCache,
    progress: Progress,
) -> Scan:
    """Scan the texts in the order given.

    Parameters
    ----------
    texts : tuple of LegalText
        What to scan.
    own : frozenset of str
        The folders whose papers are the release's, see ``layout.own_folders``.
    """
    texts = tuple(text for text in texts if not is_declaration_only(text.artifact))
    version = scancode_version()
    if version is not None:
        try:
            return _collect(texts, own, _by_scancode(texts, version, results, progress), version)
        except ScanError:
            version = None
    found = ((text, basic.scan(text.text)) for text in texts)
    return _collect(texts, own, found, version)


def _by_scancode(
    texts: tuple[LegalText, ...], version: str, results: ResultCache, progress: Progress
) -> Iterator[tuple[LegalText, dict[str, Any] | str]]:
    with progress.task("Searching for licences", len(texts)) as advance:
        for text in texts:
            yield text, _scan_one(text, version, results, shared_scanner())
            advance(1)


def _scan_one(
    source: LegalText, version: str, results: ResultCache, scanner: Scanner
) -> dict[str, Any] | str:
    legal = source.artifact.kind is Kind.LEGAL
    holders = legal or source.artifact.kind in (Kind.CODE, Kind.MODEL_CARD)
    content = hashlib.sha256(source.text.encode("utf-8", "surrogatepass")).hexdigest()
    key = store.key(content, legal, holders, version, _worker_digest())
    known = results.get(key)
    if isinstance(known, dict):
        return known
    raw = scanner.scan(source.text, legal=legal, copyrights=holders)
    if isinstance(raw, dict):
        results.put(key, raw)
    return raw


@cache
def _worker_digest() -> str:
    return hashlib.sha256(WORKER.read_bytes()).hexdigest()


def _collect(
    texts: tuple[LegalText, ...],
    own: frozenset[str],
    found: Iterator[tuple[LegalText, dict[str, Any] | str]],
    version: str | None,
) -> Scan:
    claims: list[LicenseClaim] = []
    holders: list[Copyright] = []
    unscanned: list[Unscanned] = []
    for source, raw in found:
        if isinstance(raw, str):
            unscanned.append(Unscanned(path=source.artifact.path, reason=raw))
            continue
        claims += _claims(source, raw, own, basic_only=version is None)
        holders += copyrights(source, raw)
    if version is None and texts:
        unscanned.append(Unscanned(path=".", reason=basic.SHORTCOMING))
    return Scan(
        claims=tuple(claims),
        copyrights=tuple(holders),
        unscanned=tuple(unscanned),
        scanned=len(texts) - sum(u.path != "." for u in unscanned),
        scanner=basic.NAME if version is None else f"scancode-toolkit {version}",
    )


def _claims(
    source: LegalText, raw: dict[str, Any], own: frozenset[str], *, basic_only: bool
) -> tuple[LicenseClaim, ...]:
    path, kind = source.artifact.path, source.artifact.kind
    if kind is Kind.LEGAL and not basic_only:
        return legal_claims(source, raw, for_release=is_release_license(path, own))
    if kind is Kind.PACKAGE_METADATA:
        return header_claims(source, raw, HEADER, fields_are_declared=True)
    return header_claims(source, raw, CARD_PROSE if kind is Kind.MODEL_CARD else HEADER)
