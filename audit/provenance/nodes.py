# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What is known of each end of an edge: its licence, and where that was read.

A folder's own papers speak for it. The local tables speak where no folder is at hand; what
they do not list is unknown, with the reason.
"""

from dataclasses import replace
from typing import Protocol

from audit.inventory import Inventory
from audit.inventory.declared_parents import TRACE_FIELD
from audit.licenses.expressions import is_ambiguous, normalise
from audit.provenance.names import meant
from audit.provenance.release import Release
from audit.record.files import DeclaredParent
from audit.record.licenses import NOASSERTION, LicenseEvidence
from audit.record.obligations import Node, NodeKind
from audit.record.said import Said
from audit.record.weights import Comparison
from audit.rules.known_works import KnownWork, Listed, known_dataset, known_model


class Folder(Protocol):
    """A folder that answers a declaration, or was compared with the release."""

    @property
    def inventory(self) -> Inventory:
        """Its files and what it declares."""
        ...

    @property
    def licenses(self) -> LicenseEvidence:
        """Its papers."""
        ...

    @property
    def parent(self) -> DeclaredParent | None:
        """The declaration that this folder answers."""
        ...


class Upstream(Folder, Protocol):
    """A folder that the release was compared with."""

    @property
    def comparison(self) -> Comparison:
        """What the weights say."""
        ...


def is_declaration(parent: DeclaredParent) -> bool:
    """Whether a parent is declared to readers; ``_name_or_path`` is a trace of tooling."""
    return parent.field != TRACE_FIELD


def of_release(release: Release) -> Node:
    """Return the node of the release itself."""
    license_id, origin = _concluded(release.licenses)
    return Node(
        name=release.inventory.name,
        kind=NodeKind.RELEASE,
        license=license_id,
        license_from=origin,
    )


def of_folder(upstream: Folder) -> Node:
    """Return the node of a folder: its own papers speak; the table only if they are silent."""
    name = upstream.inventory.name
    license_id, origin = _concluded(upstream.licenses)
    declared = upstream.parent.name if upstream.parent is not None else name
    listed = known_model(declared)
    if license_id == NOASSERTION and listed is not None and upstream.licenses.concluded is None:
        return replace(of_name(declared), name=name)
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
    if kind is NodeKind.MODEL:
        listed = known_model(name)
        if listed is not None:
            return _of_model(name, listed)
    row = known_dataset(name) if kind is NodeKind.DATASET else None
    if row is None:
        return Node(name=name, kind=kind, license=NOASSERTION, license_from=_NOT_LISTED[kind])
    return Node(
        name=name,
        kind=kind,
        license=normalise(row.license),
        license_from=source_of(row, "datasets"),
        settled=row.read is not None,
    )


def of_called(name: str) -> Node:
    """Return the node of a model by what prose calls it: its name is that, and not the table's."""
    model = meant(name)
    node = of_name(model)
    if model == name:
        return node
    origin = Said("by its name {id}; {origin}", id=model, origin=node.license_from)
    return replace(node, name=name, license_from=origin)


def source_of(row: KnownWork, table: str) -> Said:
    """Say what a row of a table rests on, and on which day that was so."""
    return Said(
        "rules/{table}.yaml: {source} (read on {day})"
        if row.read is not None
        else "rules/{table}.yaml: {source} (from memory, {day}; nobody has read it)",
        table=table,
        source=row.source,
        day=str(row.read or row.recalled),
    )


def _of_model(name: str, listed: Listed) -> Node:
    """Return the node of a model that the table lists, by this name or as a mirror of it."""
    row = listed.row
    origin = source_of(row, "models")
    if listed.as_mirror:
        origin = Said("by its name {id}; {origin}", id=row.id, origin=origin)
    unsettled = is_ambiguous(row.license)
    return Node(
        name=name,
        kind=NodeKind.MODEL,
        license=NOASSERTION if unsettled else normalise(row.license),
        license_from=Said("{origin}; this does not settle its terms", origin=origin)
        if unsettled
        else origin,
        settled=listed.is_sure,
    )
