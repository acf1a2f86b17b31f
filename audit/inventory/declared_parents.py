# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The parents that a folder itself names: card, adapter configuration, configuration.

A declaration is taken down as written. What it weighs is for the checks: in
particular ``_name_or_path``, which training libraries fill in by themselves, is only
listed when it looks like a hub id and the card declares nothing.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from audit.formats.tensors import FileMetadata
from audit.inventory.model_card import ModelCard
from audit.record.files import DeclaredParent, Unread
from audit.record.said import Said

CARD_FIELD = "base_model"
"""Where the card names a base model."""
TRACE_FIELD = "_name_or_path"
"""What training libraries fill in by themselves."""
_MAX_BASES = 100
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")


def of_card(card: ModelCard) -> tuple[tuple[DeclaredParent, ...], tuple[Unread, ...]]:
    """Return what the card's ``base_model`` names, each name once, in its order."""
    metadata = json.loads(card.metadata)
    names = metadata.get("base_model")
    if names is None:
        return (), ()
    listed = names if isinstance(names, list) else [names]
    if not all(isinstance(name, str) and name.strip() for name in listed):
        reason = Said("base_model is neither a name nor a list of names")
        return (), (Unread(path=card.path, reason=reason),)
    relation = metadata.get("base_model_relation")
    parents = (
        DeclaredParent(
            name=name,
            relation=relation if isinstance(relation, str) else None,
            path=card.path,
            field=CARD_FIELD,
        )
        for name in dict.fromkeys(name.strip() for name in listed)
    )
    return tuple(parents), ()


def of_adapter(path: str, adapter: Mapping[str, Any]) -> Iterable[DeclaredParent]:
    """Return the model that an ``adapter_config.json`` is to be applied to."""
    return _named(path, adapter, "base_model_name_or_path", "adapter")


def of_config(path: str, config: Mapping[str, Any]) -> Iterable[DeclaredParent]:
    """Return ``_name_or_path`` where it looks like a hub id."""
    named = _named(path, config, TRACE_FIELD, None)
    return [parent for parent in named if _HUB_ID.fullmatch(parent.name)]


def of_metadata(metadata: FileMetadata) -> Iterable[DeclaredParent]:
    """Return the base models that a GGUF file names (``general.base_model.0.repo_url``)."""
    fields = json.loads(metadata.fields)
    count = fields.get("general.base_model.count")
    for i in range(min(count, _MAX_BASES) if type(count) is int else 0):
        key = f"general.base_model.{i}"
        url, name = fields.get(f"{key}.repo_url"), fields.get(f"{key}.name")
        path = "/".join(url.rstrip("/").split("/")[-2:]) if isinstance(url, str) else ""
        shown = path if _HUB_ID.fullmatch(path) else name
        if isinstance(shown, str) and shown.strip():
            yield DeclaredParent(name=shown.strip(), relation=None, path=metadata.path, field=key)


def _named(
    path: str, fields: Mapping[str, Any], key: str, relation: str | None
) -> list[DeclaredParent]:
    name = fields.get(key)
    if not isinstance(name, str) or not name.strip():
        return []
    return [DeclaredParent(name=name.strip(), relation=relation, path=path, field=key)]
