# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The licence stage: inventory in, the three voices and their gaps out."""

from pathlib import Path

from audit.inventory import Artifact, Inventory, Kind
from audit.licenses.cache import open_cache
from audit.licenses.claims import Copyright, LicenseEvidence, Unscanned
from audit.licenses.conclude import conclude
from audit.licenses.declared import declared_claims
from audit.licenses.holders import names, parties
from audit.licenses.layout import own_folders
from audit.licenses.scan import Scan, scan_texts
from audit.licenses.texts import LegalText, may_carry_license, read_text
from audit.progress import SILENT, Progress

_DECLARING = (Kind.MODEL_CARD, Kind.PACKAGE_METADATA)
_NAMING = (Kind.LEGAL, Kind.MODEL_CARD)


def license_evidence(
    inventory: Inventory, *, progress: Progress = SILENT, cache: Path | None = None
) -> LicenseEvidence:
    """Read what a folder declares and carries about licences and copyright.

    Parameters
    ----------
    inventory : Inventory
        The folder; its files are opened again, and must still have their digests.
    progress : Progress
        Told about each scanned file.
    cache : Path, optional
        Where scan results are kept; ``$AUDIT_CACHE_DIR`` or the user's cache folder
        otherwise. A cache that cannot be used is done without.

    Returns
    -------
    LicenseEvidence
        The same whether results came from the cache or not. Nothing that a file holds
        raises: what could not be scanned is in ``unscanned`` with its reason.
    """
    candidates = [a for a in inventory.artifacts if may_carry_license(a)]
    texts, unread = _read_all(inventory, candidates)
    with open_cache(cache) as results:
        scan = scan_texts(texts, own_folders(inventory), results=results, progress=progress)
    return _assemble(inventory, texts, unread, scan)


def _read_all(
    inventory: Inventory, candidates: list[Artifact]
) -> tuple[tuple[LegalText, ...], tuple[Unscanned, ...]]:
    read = [read_text(inventory, artifact) for artifact in candidates]
    texts = tuple(item for item in read if isinstance(item, LegalText))
    return texts, tuple(item for item in read if isinstance(item, Unscanned))


def _assemble(
    inventory: Inventory,
    texts: tuple[LegalText, ...],
    unread: tuple[Unscanned, ...],
    scan: Scan,
) -> LicenseEvidence:
    declaring = {t.artifact.path: t.declaration for t in texts if t.artifact.kind in _DECLARING}
    claims = (*declared_claims(inventory, declaring), *scan.claims)
    conclusion = conclude(claims)
    return LicenseEvidence(
        claims=claims if conclusion is None else (*claims, conclusion),
        copyrights=scan.copyrights,
        scanned=scan.scanned,
        unscanned=tuple(sorted((*unread, *scan.unscanned), key=lambda u: (u.path, u.reason))),
        scanner=scan.scanner,
        skipped=len(inventory.artifacts) - len(texts) - len(unread),
        acknowledged=_acknowledged(texts, scan.copyrights),
    )


def _acknowledged(
    texts: tuple[LegalText, ...], copyrights: tuple[Copyright, ...]
) -> tuple[str, ...]:
    """Return the parties of header statements that a LICENSE, NOTICE or card names."""
    naming = [t.text for t in texts if t.artifact.kind in _NAMING]
    wanted = {party for found in copyrights for party in parties(found.holder)}
    return tuple(sorted(p for p in wanted if any(names(text, p) for text in naming)))
