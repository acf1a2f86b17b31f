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
from audit.record.files import DeclaredParent

CARD_FIELD = "base_model"
"""Where the card names a base model."""
CARD_FIELDS = (
    CARD_FIELD,
    "base_models",
    "base_model_sources",
    "base_model_name",
    "finetuned_from",
    "fine_tuned_from",
)
TRACE_FIELD = "_name_or_path"
"""What training libraries fill in by themselves."""
_MAX_BASES = 100
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
_AT_HUB = re.compile(
    rf"(?:https?://[^/\s]+/|(?:www\.)?(?:huggingface|hf)\.co/)(?:models/)?({_HUB_ID.pattern})"
    r"(?:/(?:tree|blob|resolve|files|summary)/.*|/?(?:[?#].*)?)",
    re.I,
)
_ADDRESS_KEYS = ("repo_url", "url", "repo_id", "repo", "model_id", "id")
_NAME_KEYS = ("name", "model", "title")
_OWNER_KEYS = ("organization", "author", "owner")
_MAX_TAGS = 1000
_BASE_TAG = re.compile(rf"base_model:(?:(finetune|adapter|merge|quantized):)?({_HUB_ID.pattern})")
_LINK = re.compile(r"\[[^\[\]]*\]\(([^()\s]+)\)")
_CACHED = re.compile(r"(?:^|[/\\])models--([\w.-]+?)--([\w.-]+)(?:[/\\]|$)")
"""A folder of the hub's cache on somebody's disk."""
_NO_BASE = frozenset({"", "-", "none", "null", "n/a", "na", "false"})


def of_card(card: ModelCard) -> tuple[DeclaredParent, ...]:
    """Return what the card names as its base, each name once, in its order.

    A base is a name, an address at the hub, or a mapping of name, organisation and address.
    What is none of these stands as it was written: a base that nobody can look up.
    """
    metadata = json.loads(card.metadata)
    relation = metadata.get("base_model_relation")
    found: dict[str, DeclaredParent] = {}
    for field in CARD_FIELDS:
        for name in _bases(metadata.get(field)):
            parent = DeclaredParent(
                name=name,
                relation=relation if isinstance(relation, str) else None,
                path=card.path,
                field=field,
            )
            found.setdefault(name.casefold(), parent)
    return tuple(found.values()) or tuple(_of_tags(metadata.get("tags"), card.path))


def _of_tags(tags: Any, path: str) -> Iterable[DeclaredParent]:
    """Yield the bases that tags name (``base_model:adapter:owner/name``)."""
    for tag in tags[:_MAX_TAGS] if isinstance(tags, list) else ():
        said = _BASE_TAG.fullmatch(tag) if isinstance(tag, str) else None
        if said is not None:
            yield DeclaredParent(name=said[2], relation=said[1], path=path, field="tags")


def _bases(value: Any) -> list[str]:
    """Return the names that a value of a card gives, or the value itself as JSON."""
    if value is None or value in ([], {}, False):
        return []
    if isinstance(value, str):
        listed = [part.strip() for part in value.split(",")]
        several = len(listed) > 1 and all(map(_HUB_ID.fullmatch, listed))
        names = listed if several else [_hub_name(value)]
        return [name for name in names if name.casefold() not in _NO_BASE]
    if isinstance(value, list):
        return [name for item in value[:_MAX_BASES] for name in _bases(item)]
    named = _of_mapping(value) if isinstance(value, dict) else None
    return [named or json.dumps(value, ensure_ascii=False, sort_keys=True)]


def _of_mapping(value: Mapping[str, Any]) -> str | None:
    """Return the hub id that a mapping gives, else its name."""
    said = {str(key).lower(): item.strip() for key, item in value.items() if _is_said(item)}
    address = next((_hub_name(said[key]) for key in _ADDRESS_KEYS if key in said), None)
    name = next((said[key] for key in _NAME_KEYS if key in said), None)
    if address is not None and (name is None or _HUB_ID.fullmatch(address)):
        return address
    owner = next((said[key] for key in _OWNER_KEYS if key in said), None)
    if name is None or owner is None or "/" in name:
        return name if name is None else _hub_name(name)
    return "/".join("-".join(part.split()) for part in (owner, name))


def _is_said(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _hub_name(written: str) -> str:
    """Return a name as written, or the hub id of an address at the hub, linked to or not."""
    name = _LINK.sub(r"\1", written.strip())
    at_hub = _AT_HUB.fullmatch(name)
    return name if at_hub is None else at_hub[1]


def of_adapter(path: str, adapter: Mapping[str, Any]) -> Iterable[DeclaredParent]:
    """Return the model that an ``adapter_config.json`` is to be applied to."""
    return _named(path, adapter, "base_model_name_or_path", "adapter")


def is_path(name: str) -> bool:
    """Whether a name is a place on somebody's disk, and no hub id."""
    return name.startswith(("/", ".", "~")) or "\\" in name or name.count("/") > 1


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
        said = {k.removeprefix(f"{key}."): v for k, v in fields.items() if k.startswith(f"{key}.")}
        name = _of_mapping(said)
        if name:
            yield DeclaredParent(name=name, relation=None, path=metadata.path, field=key)


def _named(
    path: str, fields: Mapping[str, Any], key: str, relation: str | None
) -> list[DeclaredParent]:
    name = fields.get(key)
    if not isinstance(name, str) or not name.strip():
        return []
    cached = _CACHED.search(name)
    said = name.strip() if cached is None else f"{cached[1]}/{cached[2]}"
    return [DeclaredParent(name=said, relation=relation, path=path, field=key)]
