# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a source holds: every file with its digest, and what could not be read.

Each step of :func:`take_inventory` is a module:

- ``digest``: SHA-256 of each file, in parallel (``Artifact``)
- ``kinds``: what each is for (``Kind``)
- ``layout``: which configuration and which card speak for the weights
- ``shard_index``: whether every shard is there
- ``model_card``: front matter and prose (``ModelCard``)
- ``declared_parents``: which base models are named (``DeclaredParent``)
- ``revision``: which commit the folder says it is (``Revision``)
- ``take``: all of it in order (``Inventory``)

Nothing here runs, imports or unpickles anything of the source, and nothing in it
can make it fail: what cannot be read is an ``Unread`` with its reason.
"""

from audit.formats.tensors import FileMetadata, Format, Packed, Scaled, Stored, TensorHeader
from audit.inventory.model_card import ModelCard
from audit.inventory.take import Inventory, take_inventory
from audit.record.files import Artifact, DeclaredParent, Kind, Revision, Unread

__all__ = [
    "Artifact",
    "DeclaredParent",
    "FileMetadata",
    "Format",
    "Inventory",
    "Kind",
    "ModelCard",
    "Packed",
    "Revision",
    "Scaled",
    "Stored",
    "TensorHeader",
    "Unread",
    "take_inventory",
]
