# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The references of a run; a declared base that lies nowhere on this machine is fetched."""

from functools import partial

from audit.errors import AuditError
from audit.provenance.references import References, find_references, hub_id
from audit.record.files import DeclaredParent
from audit.record.said import Said, quoted
from audit.request import Request
from audit.sources.interface import Source
from audit.sources.names import model


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
