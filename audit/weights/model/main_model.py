# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Chooses, of all the weights in a folder, the model that the tests speak of.

A folder may hold several components in folders of their own, the same model in several
formats, and one file for each of several precisions. One of them is compared; the others
are named as not compared.
"""

import json
import re
from collections import defaultdict
from dataclasses import dataclass
from math import prod
from pathlib import PurePosixPath
from typing import Any

from audit.formats.packed import assembled
from audit.formats.tensors import Format, TensorHeader
from audit.inventory import Inventory
from audit.record.said import Said

_SHARD = re.compile(r"-\d{5}-of-\d{5}(?=\.gguf$)", re.IGNORECASE)
_ARCHITECTURE = "general.architecture"


@dataclass(frozen=True, slots=True, kw_only=True)
class MainModel:
    """The chosen tensors, their configuration, and why the others take no part.

    ``config`` is ``config.json``; for a GGUF file its own metadata, whose keys lose the
    architecture in front of them and whose ``model_type`` is ``gguf.<architecture>``.
    ``parameters`` counts the elements that the chosen format holds.
    """

    tensors: tuple[TensorHeader, ...]
    config: dict[str, Any]
    extra: dict[str, Said]
    parameters: int


def main_model(inventory: Inventory) -> MainModel:
    """Choose the tensors to compare.

    safetensors before the other formats, unless these hold more than twice as much; then
    the folder (of safetensors) or the file with the most parameters; of the same model in
    several precisions, the one with the most bytes.
    """
    groups: dict[tuple[Format, str], list[TensorHeader]] = defaultdict(list)
    for tensor in inventory.tensors:
        groups[tensor.format, _home(tensor)].append(tensor)
    config = json.loads(inventory.config) if inventory.config else {}
    if not groups:
        return MainModel(tensors=(), config=config, extra={}, parameters=0)
    chosen = min(groups, key=lambda home: _rank(home, groups[home]))
    tensors, twice = _once(groups[chosen])
    extra = twice | {
        f"{t.file}: {t.name}": _reason(chosen[0], home[0])
        for home, others in groups.items()
        if home != chosen
        for t in others
    }
    if chosen[0] is Format.GGUF:
        config = _gguf_config(inventory, tensors)
    counted = (t for home, found in groups.items() if _counts(home, chosen) for t in found)
    chosen_tensors = assembled(tensors, config)
    others = sum(prod(t.shape) for t in counted)
    return MainModel(
        tensors=chosen_tensors,
        config=config,
        extra=extra,
        parameters=others + sum(prod(t.shape) for t in chosen_tensors),
    )


def _once(tensors: list[TensorHeader]) -> tuple[tuple[TensorHeader, ...], dict[str, Said]]:
    """Keep of tensors with one name the first in path order; say so about the others."""
    first: dict[str, TensorHeader] = {}
    twice = {}
    for tensor in sorted(tensors, key=lambda t: (t.file, t.name)):
        kept = first.setdefault(tensor.name, tensor)
        if kept is not tensor:
            twice[f"{tensor.file}: {tensor.name}"] = Said(
                "has the name of a tensor in an earlier file"
            )
    return tuple(first.values()), twice


def _home(tensor: TensorHeader) -> str:
    if tensor.format is Format.SAFETENSORS and tensor.file.lower().endswith(".safetensors"):
        return PurePosixPath(tensor.file).parent.as_posix()
    return _SHARD.sub("", tensor.file)


def _rank(home: tuple[Format, str], tensors: list[TensorHeader]) -> tuple[int, int, str]:
    parameters = sum(prod(t.shape) for t in tensors)
    weight = 2 * parameters if home[0] is Format.SAFETENSORS else parameters
    return -weight, -sum(t.nbytes for t in tensors), home[1]


def _counts(home: tuple[Format, str], chosen: tuple[Format, str]) -> bool:
    """Whether a group is another component, and not the same model once more."""
    return home != chosen and home[0] is chosen[0] is Format.SAFETENSORS


def _reason(chosen: Format, other: Format) -> Said:
    if other is not chosen:
        return Said(
            "stands in a file of another format ({format}) than the main model", format=other
        )
    if other is Format.SAFETENSORS:
        return Said("stands in another folder than the main model")
    return Said("stands in another file than the main model")


def _gguf_config(inventory: Inventory, tensors: tuple[TensorHeader, ...]) -> dict[str, Any]:
    """Lay out a GGUF file's metadata like a ``config.json``; the first shard has it."""
    files = {t.file for t in tensors}
    fields: dict[str, Any] = {}
    for metadata in inventory.metadata:
        if metadata.path in files and metadata.format is not Format.SAFETENSORS:
            fields = {**json.loads(metadata.fields), **fields}
    architecture = fields.get(_ARCHITECTURE)
    if not isinstance(architecture, str):
        return {}
    own = {key.removeprefix(f"{architecture}."): value for key, value in fields.items()}
    return {**own, "model_type": f"gguf.{architecture}"}
