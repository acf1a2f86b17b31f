# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What is known of each end of an edge: its licence, and where that was read.

A folder's own papers speak for it. The local tables speak where no folder is at hand; what
they do not list is unknown, with the reason.
"""

from typing import Protocol

from audit.inventory import Inventory
from audit.licenses.expressions import normalise
from audit.provenance.release import Release
from audit.record.files import DeclaredParent
from audit.record.licenses import NOASSERTION, LicenseEvidence
from audit.record.obligations import Node, NodeKind
from audit.record.said import Said
from audit.record.weights import Comparison
from audit.rules.known_works import KnownWork, known, known_datasets, known_models


class Upstream(Protocol):
    """A folder that the release was compared with."""

    @property
    def inventory(self) -> Inventory:
        """Its files and what it declares."""
        ...

    @property
    def licenses(self) -> LicenseEvidence:
        """Its papers."""
        ...

    @property
    def comparison(self) -> Comparison:
        """What the weights say."""
        ...

    @property
    def parent(self) -> DeclaredParent | None:
        """The declaration that this folder answers."""
        ...


def of_release(release: Release) -> Node:
    """Return the node of the release itself."""
    license_id, origin = _concluded(release.licenses)
    return Node(
        name=release.inventory.name,
        kind=NodeKind.RELEASE,
        license=license_id,
        license_from=origin,
    )


def of_folder(upstream: Upstream) -> Node:
    """Return the node of a folder: its own papers speak; the table only if they are silent."""
    name = upstream.inventory.name
    license_id, origin = _concluded(upstream.licenses)
    declared = upstream.parent.name if upstream.parent is not None else name
    row = known(declared, known_models())
    if license_id == NOASSERTION and row is not None and upstream.licenses.concluded is None:
        return of_table(name, NodeKind.MODEL, row)
    return Node(name=name, kind=NodeKind.MODEL, license=license_id, license_from=origin)


def _concluded(evidence: LicenseEvidence) -> tuple[str, Said]:
    concluded = evidence.concluded
    if concluded is None:
        return NOASSERTION, Said("its folder names no licence")
    return concluded.expression, concluded.raw


_NOT_LISTED = {
    NodeKind.MODEL: Said("its folder was not given, and rules/models.yaml does not list it"),
    NodeKind.DATASET: Said("the card does not say, and rules/datasets.yaml does not list it"),
}


def of_name(name: str, kind: NodeKind = NodeKind.MODEL) -> Node:
    """Return the node of a model or data set that is named and whose folder is not at hand."""
    row = known(name, known_models() if kind is NodeKind.MODEL else known_datasets())
    if row is not None:
        return of_table(name, kind, row)
    return Node(name=name, kind=kind, license=NOASSERTION, license_from=_NOT_LISTED[kind])


def of_table(name: str, kind: NodeKind, row: KnownWork) -> Node:
    """Return the node of something that a table lists."""
    table = "datasets" if kind is NodeKind.DATASET else "models"
    return Node(
        name=name,
        kind=kind,
        license=normalise(row.license),
        license_from=Said("rules/{table}.yaml: {source}", table=table, source=row.source),
        settled=row.read is not None,
    )
