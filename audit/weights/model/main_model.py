# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Takes the weights of a folder apart into sets that are loaded together.

The first set is what a loader loads: the shards of the index, else ``model.safetensors``, else
the rest. What lies beside it (another folder, another format, files that repeat its names) is a
set of its own, and no footnote where it has the size of a model.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import prod
from pathlib import PurePosixPath
from typing import Any

from audit.formats.packed import assembled
from audit.formats.tensors import Format, TensorHeader
from audit.inventory import Inventory
from audit.record.files import Kind
from audit.record.said import Said

_ARCHITECTURE = "general.architecture"


_SERIES = re.compile(r"-\d{5}-of-\d{5}(?=\.(gguf|safetensors|bin)$)", re.IGNORECASE)
_LOADED = re.compile(r"(diffusion_pytorch_|adapter_)?model\.safetensors")
"""Names that libraries ask for where there is no index."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightSet:
    """Tensors that are loaded together, each name once. ``place`` is a file or a folder."""

    place: str
    format: Format
    folder: str
    tensors: tuple[TensorHeader, ...]

    @property
    def parameters(self) -> int:
        """Number of elements."""
        return sum(prod(t.shape) for t in self.tensors)


def weight_sets(inventory: Inventory) -> tuple[WeightSet, ...]:
    """Return the sets; first what a loader loads, then the others, the largest first.

    A loader opens the folder of ``config.json`` and prefers safetensors there, unless what lies
    in another format holds more than twice as much; without weights beside ``config.json`` the
    largest set of the folder counts.
    """
    homes: dict[tuple[Format, str], list[TensorHeader]] = defaultdict(list)
    for tensor in inventory.tensors:
        homes[tensor.format, _home(tensor, inventory.shards)].append(tensor)
    sets = [
        made
        for (format_, home), tensors in sorted(homes.items())
        for made in _sets(format_, home, tensors, inventory.shards)
    ]
    if not sets:
        return ()
    main = min(_preferred(sets, _config_folder(inventory)), key=_rank)
    return main, *sorted((s for s in sets if s is not main), key=_rank)


def _config_folder(inventory: Inventory) -> str | None:
    chosen = next(iter(inventory.of_kind(Kind.CONFIG)), None)
    return None if chosen is None else PurePosixPath(chosen.path).parent.as_posix()


def _preferred(sets: list[WeightSet], folder: str | None) -> list[WeightSet]:
    """Sets beside ``config.json``, of one folder of safetensors the one that is asked for."""
    here = [s for s in sets if s.folder == folder] or sets
    firsts: dict[str, WeightSet] = {}
    for one in here:
        firsts.setdefault(one.folder if one.format is Format.SAFETENSORS else one.place, one)
    return list(firsts.values())


def _rank(one: WeightSet) -> tuple[int, int, str]:
    weight = 2 * one.parameters if one.format is Format.SAFETENSORS else one.parameters
    return -weight, -sum(t.nbytes for t in one.tensors), one.place


def _home(tensor: TensorHeader, shards: tuple[tuple[str, ...], ...]) -> str:
    """Return the folder of a safetensors file, or of the index that names it; else the file."""
    if tensor.format is not Format.SAFETENSORS:
        return _SERIES.sub("", tensor.file)
    index = next((listed[0] for listed in shards if tensor.file in listed[1:]), tensor.file)
    return PurePosixPath(index).parent.as_posix()


def _sets(
    format_: Format, home: str, tensors: list[TensorHeader], shards: tuple[tuple[str, ...], ...]
) -> Iterator[WeightSet]:
    """Take one folder of safetensors apart, or return the tensors of another file as they are."""
    if format_ is not Format.SAFETENSORS:
        yield WeightSet(
            place=home,
            format=format_,
            folder=PurePosixPath(home).parent.as_posix(),
            tensors=tuple(tensors),
        )
        return
    files: dict[str, list[TensorHeader]] = defaultdict(list)
    for tensor in tensors:
        files[tensor.file].append(tensor)
    for group in _together(files, shards):
        alone = len(group) == len(files)
        yield WeightSet(
            place=home if alone and home != "." else _SERIES.sub("", group[0]),
            format=format_,
            folder=home,
            tensors=tuple(t for file in group for t in files[file]),
        )


def _together(
    files: dict[str, list[TensorHeader]], shards: tuple[tuple[str, ...], ...]
) -> list[list[str]]:
    """Group the files of a folder by what is loaded at once.

    Each index with its shards, each file of a name that libraries ask for, each numbered series;
    the rest together as far as no name of a tensor is repeated.
    """
    groups: dict[tuple[int, str], list[str]] = defaultdict(list)
    for file in sorted(files):
        index = next((listed[0] for listed in shards if file in listed[1:]), None)
        series = _SERIES.sub("", file)
        if index is not None:
            groups[0, index].append(file)
        elif _LOADED.fullmatch(PurePosixPath(file).name):
            groups[1, file].append(file)
        elif series != file:
            groups[2, series].append(file)
        elif not file.lower().endswith(".safetensors"):
            groups[4, file].append(file)  # known by its content: no loader asks for it
        else:
            groups[3, ""].append(file)
    return [part for _, group in sorted(groups.items()) for part in _apart(group, files)]


def _apart(group: Iterable[str], files: dict[str, list[TensorHeader]]) -> list[list[str]]:
    """Take out of a group the files that repeat a name."""
    parts: list[tuple[list[str], set[str]]] = []
    for file in group:
        names = {t.name for t in files[file]}
        home = next((part for part in parts if not part[1] & names), None)
        if home is None:
            parts.append(([file], names))
        else:
            home[0].append(file)
            home[1].update(names)
    return [listed for listed, _ in parts]


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
