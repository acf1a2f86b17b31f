# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Declared bases that lie beside what declares them, read for their papers alone.

Weights of a base are compared where that is asked for; its card and licence are at hand in any
case, and so may be those of its own base, up to the last card.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from audit.inventory import Inventory, take_inventory
from audit.licenses.evidence import license_evidence
from audit.progress import SILENT, Progress
from audit.provenance.nodes import Upstream, is_declaration
from audit.provenance.references import folder_name
from audit.record.files import DeclaredParent
from audit.record.licenses import LicenseEvidence

MOST_BASES = 20
"""Folders read for one release; a chain or a merge is not longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """A folder that answers a declaration, its papers, and the declaration."""

    inventory: Inventory
    licenses: LicenseEvidence
    parent: DeclaredParent


def bases_at_hand(
    subject: Inventory, upstreams: Sequence[Upstream], *, progress: Progress = SILENT
) -> tuple[Base, ...]:
    """Return the declared bases beside a release, beside these and so on, nearest first.

    Folders that the release was compared with are left out: they are read already. A folder
    that shares its name with another is too, because a declaration could mean either.
    """
    waiting = [subject, *(upstream.inventory for upstream in upstreams)]
    names = {inventory.name.casefold() for inventory in waiting}
    found: list[Base] = []
    while waiting and len(found) < MOST_BASES:
        inventory = waiting.pop(0)
        for parent in filter(is_declaration, inventory.parents):
            name = folder_name(parent.name)
            beside = next(iter(inventory.source.neighbours(name)), None) if name else None
            if beside is None or name in names:
                continue
            names.add(name)
            taken = take_inventory(beside, progress=progress, digest_weights=False)
            papers = license_evidence(taken, progress=progress)
            found.append(Base(inventory=taken, licenses=papers, parent=parent))
            waiting.append(taken)
    return tuple(found)
