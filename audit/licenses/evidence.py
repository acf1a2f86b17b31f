# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The licence stage: inventory in, the three voices and their gaps out."""

from dataclasses import replace
from pathlib import Path

from audit.inventory import Inventory
from audit.kept import Kept
from audit.licenses.attribution import papers
from audit.licenses.conclude import conclude
from audit.licenses.declared.collect import declared_claims, readmes
from audit.licenses.declared.reuse import MAP_FILES
from audit.licenses.detected.scan import earlier_claims, scan_files
from audit.licenses.history import earlier_licenses
from audit.licenses.holders import holds_a_text, named, parties
from audit.licenses.legal_text import LegalText, read_text
from audit.progress import SILENT, Progress
from audit.record.absent import Absent
from audit.record.files import Artifact, Kind
from audit.record.licenses import NO_HISTORY, Copyright, LicenseEvidence, LicenseHistory
from audit.record.said import Said


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
        Where results are kept; as :func:`audit.kept.folder` says otherwise. A cache
        that cannot be used is done without.

    Returns
    -------
    LicenseEvidence
        The same whether results came from the cache or not. Nothing that a file holds
        raises: what could not be scanned is in ``unscanned`` with its reason.
    """
    with Kept(cache) as kept:
        scan = scan_files(inventory, kept=kept, progress=progress)
        history = _history(inventory, kept)
    naming = papers(inventory, scan.claims)
    maps = (a for a in inventory.artifacts if a.path in MAP_FILES)
    stating = (*readmes(inventory), *inventory.of_kind(Kind.PACKAGE_METADATA))
    declaring = _texts(inventory, *stating, *maps)
    declared = declared_claims(inventory, declaring)
    claims = (*declared.claims, *scan.claims)
    unscanned = {*scan.unscanned, *declared.unread}
    conclusion = conclude(claims)
    parties_found = [party for found in scan.copyrights for party in parties(found.holder)]
    return LicenseEvidence(
        claims=claims if conclusion is None else (*claims, conclusion),
        copyrights=scan.copyrights,
        scanned=scan.scanned,
        unscanned=tuple(sorted(unscanned, key=lambda entry: (entry.path, entry.reason))),
        scanner=scan.scanner,
        skipped=scan.skipped,
        acknowledged=tuple(
            sorted({*named(naming.values(), parties_found), *_own(inventory, scan.copyrights)})
        ),
        history=history,
    )


_LEAST_OWN_FILES = 3
"""Files whose headers must name a holder, and be half of all with a holder, for it to be the
release's own where its licence names nobody."""


def _own(inventory: Inventory, found: tuple[Copyright, ...]) -> frozenset[str]:
    """Return the parties that the headers themselves show to hold the release."""
    legal = {artifact.path for artifact in inventory.of_kind(Kind.LEGAL)}
    if any(c.path in legal and not holds_a_text(c.statement) for c in found):
        return frozenset()
    files: dict[str, set[str]] = {}
    for statement in found:
        for party in parties(statement.holder):
            files.setdefault(party, set()).add(statement.path)
    held = len({statement.path for statement in found})
    least = max(_LEAST_OWN_FILES, (held + 1) // 2)
    return frozenset(party for party, paths in files.items() if len(paths) >= least)


def _history(inventory: Inventory, kept: Kept) -> LicenseHistory:
    """Scan the licence texts of the last git tag that are not today's."""
    found = earlier_licenses(inventory)
    read = earlier_claims(found.texts, kept)
    if isinstance(read, Absent):
        reason = Said("the git history was not read: {read}", read=read.reason)
        return replace(NO_HISTORY, reason=reason)
    return LicenseHistory(
        tag=found.tag, earlier=read, unchanged=found.unchanged, reason=found.reason
    )


def _texts(inventory: Inventory, *artifacts: Artifact) -> dict[str, str]:
    """Return whole texts by path; those that cannot be read are the scan's to report."""
    read = (read_text(inventory, artifact) for artifact in artifacts)
    return {item.artifact.path: item.declaration for item in read if isinstance(item, LegalText)}
