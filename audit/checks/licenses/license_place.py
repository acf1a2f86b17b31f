# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Where a release keeps its licence, as several checks ask for it."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import unquote

from audit.checks.case import Case
from audit.licenses.declared.prose import PLACE
from audit.licenses.expressions import readings
from audit.licenses.release_files import in_reuse_folder, is_release_license, own_folders
from audit.record.files import Artifact, Kind
from audit.record.findings import Location
from audit.record.licenses import NOASSERTION, ClaimOrigin, ClaimSource, Copyright, LicenseClaim
from audit.record.said import Said

_REMOTE = re.compile(r"(?:https?:)?//\S+", re.I)
_LICENCE = re.compile(r"licen[sc]e|agreement|许可|协议", re.I)


def has_text(case: Case) -> bool:
    """Whether a file holds the text of the release's licence.

    In the REUSE layout the texts lie in ``LICENSES/``; there the text of a declared
    licence counts.
    """
    claims = case.licenses.claims
    if any(map(_is_text, claims)):
        return True
    declared = {
        symbol
        for claim in case.licenses.of_source(ClaimSource.DECLARED)
        for symbol in readings(claim.expression)
    }
    return any(
        claim.origin == ClaimOrigin.PART_FILE
        and in_reuse_folder(str(claim.path))
        and readings(claim.expression) & declared
        for claim in claims
    )


def elsewhere(case: Case) -> tuple[tuple[Location, Said], ...]:
    """Return where the licence is kept instead of as text here: PDFs, addresses."""
    return (*pdfs(case), *_addresses(case.licenses.claims), *addressed(case))


def pdfs(case: Case) -> tuple[tuple[Location, Said], ...]:
    """Return the licences that are PDFs and do not stand beside as text under the same name."""
    own = own_folders(case.subject)
    texts = {
        PurePosixPath(str(c.path)).with_suffix("") for c in case.licenses.claims if _is_text(c)
    }
    return tuple(
        (Location(path=a.path), Said("{path} is a PDF", path=a.path))
        for a in case.subject.artifacts
        if a.path.lower().endswith(".pdf")
        and _is_about_licences(a, own)
        and PurePosixPath(a.path).with_suffix("") not in texts
    )


def _is_text(claim: LicenseClaim) -> bool:
    return claim.origin == ClaimOrigin.LICENSE_FILE


def _is_about_licences(artifact: Artifact, own: frozenset[str]) -> bool:
    file = PurePosixPath(artifact.path)
    named = _LICENCE.search(file.name) is not None and file.parent.as_posix() in own
    return named or (artifact.kind is Kind.LEGAL and is_release_license(artifact.path, own))


def addressed(case: Case) -> tuple[tuple[Location, Said], ...]:
    """Return the addresses that a README gives for terms that are not known here.

    An address of a file that the release holds is none.
    """
    held = {PurePosixPath(a.path).name for a in case.subject.artifacts}
    found = []
    for claim in case.licenses.claims:
        link = _REMOTE.search(claim.raw) if claim.field == PLACE else None
        if link is not None and unquote(link[0]).rstrip("/").rsplit("/", 1)[-1] not in held:
            said = Said("{path} names the address {link}", path=str(claim.path), link=link[0])
            found.append((at(claim), said))
    return tuple(found)


def _addresses(claims: tuple[LicenseClaim, ...]) -> Iterator[tuple[Location, Said]]:
    for claim in claims:
        link = _REMOTE.search(claim.raw)
        if (
            claim.origin in (ClaimOrigin.CARD_LINK, ClaimOrigin.LICENSE_MENTION)
            and link is not None
        ):
            at = Location(path=str(claim.path), line=claim.line)
            yield (
                at,
                Said("{path} names the address {link}", path=str(claim.path), link=link[0]),
            )


def scoped_ids(case: Case) -> frozenset[str]:
    """Return the licences of which the release says what they cover."""
    claims = (c for c in case.licenses.claims if c.scope is not None)
    return frozenset(
        symbol for c in claims if c.expression != NOASSERTION for symbol in readings(c.expression)
    )


def at(found: LicenseClaim | Copyright) -> Location:
    """Return the place of a claim or statement; a notebook has cells instead of lines."""
    return Location(path=str(found.path), line=found.line if found.cell is None else None)


def place(found: LicenseClaim | Copyright) -> str:
    """Name the place for readers: the file, and the cell of a notebook."""
    return f"{found.path}" if found.cell is None else f"{found.path}, cell {found.cell}"
