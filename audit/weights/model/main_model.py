# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The weights that a loader of the folder loads, with the configuration that describes them."""

import json
from dataclasses import dataclass
from math import prod
from typing import Any

from audit.formats.packed import assembled
from audit.formats.tensors import Format, TensorHeader
from audit.inventory import Inventory
from audit.record.said import Said
from audit.weights.model.weight_sets import WeightSet, weight_sets

_ARCHITECTURE = "general.architecture"


@dataclass(frozen=True, slots=True, kw_only=True)
class MainModel:
    """The chosen tensors, their configuration, and why the others take no part.

    ``config`` is ``config.json``; for a GGUF file its own metadata, whose keys lose the
    architecture in front of them and whose ``model_type`` is ``gguf.<architecture>``.
    ``parameters`` counts its elements.
    """

    tensors: tuple[TensorHeader, ...]
    config: dict[str, Any]
    extra: dict[str, Said]
    parameters: int


def main_model(inventory: Inventory) -> MainModel:
    """Choose what a loader loads (:func:`audit.weights.model.weight_sets.weight_sets`)."""
    config = json.loads(inventory.config) if inventory.config else {}
    sets = weight_sets(inventory)
    if not sets:
        return MainModel(tensors=(), config=config, extra={}, parameters=0)
    chosen, *others = sets
    if chosen.format is Format.GGUF:
        config = _gguf_config(inventory, chosen.tensors)
    tensors = assembled(chosen.tensors, config)
    return MainModel(
        tensors=tensors,
        config=config,
        extra={
            f"{t.file}: {t.name}": _reason(chosen, other) for other in others for t in other.tensors
        },
        parameters=sum(prod(t.shape) for t in tensors),
    )


def _reason(chosen: WeightSet, other: WeightSet) -> Said:
    if other.format is not chosen.format:
        return Said(
            "stands in a file of another format ({format}) than the main model", format=other.format
        )
    if {t.name for t in other.tensors} & {t.name for t in chosen.tensors}:
        return Said("repeats names of the main model")
    if other.format is Format.SAFETENSORS and other.folder != chosen.folder:
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
