# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Where the parents of a release are looked for: references, a hub, a library of fingerprints.

A declared base that lies nowhere on this machine is fetched.
"""

from functools import partial

from audit.errors import AuditError
from audit.inventory import Inventory
from audit.progress import Progress
from audit.provenance.references import References, find_references, hub_id, means
from audit.record.files import DeclaredParent
from audit.record.library import LibraryAnswer
from audit.record.said import Said, quoted
from audit.request import Request
from audit.sources.interface import Source
from audit.sources.names import model

_NOT_WHOLE = Said(
    "the model lies on a hub and is not read as a whole for it; --library DIR or --full asks"
)


def references(request: Request, parents: tuple[DeclaredParent, ...]) -> References:
    """Return what a release is compared with; raises as :func:`find_references`."""
    fetch = partial(_fetch, request)
    return find_references(request.target, request.against, parents, request.controls, fetch)


def _fetch(request: Request, parent: DeclaredParent) -> Source | Said | None:
    """Return a declared base as the hub has it, or why it cannot be had.

    A base that is the release itself is not fetched: every model is a copy of itself.
    """
    named = hub_id(parent.name)
    if named is None or request.bases < 1:
        return None
    try:
        source = model(*named, request.reach)
        for entry in source.listing().entries[:1]:
            with source.opened(entry) as access:  # a gated model is listed, and not given
                access.read_at(0, min(entry.size, 1))
    except AuditError as error:
        return quoted(error.message)
    if source.is_same(request.target):
        return Said("it is the audited model itself")
    return source


def asked(request: Request, subject: Inventory, progress: Progress) -> LibraryAnswer | None:
    """Return what the library of a request says of the subject; ``None`` without a library.

    A model of a hub is not read whole for a library that nobody named.
    """
    if request.library is None:
        return None
    if subject.source.address is not None and not (request.insists or request.reach.full):
        from audit.fingerprints.shelf import Library

        shelf = Library(request.library)
        count = len(shelf.members())
        return LibraryAnswer(sha256=shelf.digest, members=count, reason=_NOT_WHOLE)
    from audit.lineage.remembered import of_library

    def declared(name: str) -> str | None:
        return next((p.name for p in subject.parents if means(p, name)), None)

    return of_library(subject, request.library, declared, progress=progress)
