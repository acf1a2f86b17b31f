# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The models of a folder beside the one that a loader loads, and what is missing of it.

A part is an inventory of its own: a further set of weights, or the tensors of the main model
that its family file does not explain (a tower, a sub-model, weights under other names).
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import prod
from pathlib import PurePosixPath

from audit.formats.tensors import TensorHeader
from audit.inventory import Inventory
from audit.record.said import Said
from audit.text.strict_json import canonical, parse_object
from audit.unreadable import NotReadableError
from audit.weights.model.layout import ACCOUNTED, describe
from audit.weights.model.main_model import WeightSet, main_model, weight_sets
from audit.weights.model.order import NUMBER
from audit.weights.model.slots import stacks_of

SIZEABLE = 0.05
"""Share of the main model's parameters from which on a set of weights is compared by itself."""
_LEFT = 0.1
"""Share of a model that must stay unexplained before it is compared by itself."""
_MAX_CONFIG = 8 << 20
_NUMBERED = re.compile(r"(?P<stem>.*)-(?P<which>\d{5})-of-(?P<of>\d{5})(?P<end>\.\w+)")
_DEPTHS = ("num_hidden_layers", "n_layer", "n_layers", "num_layers", "block_count")
_LAYER = re.compile(r"(?<![A-Za-z0-9])(\d+)(?![A-Za-z0-9])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One model of a folder; ``place`` says where it lies."""

    view: Inventory
    place: str
    parameters: int

    @property
    def shapes(self) -> dict[tuple[int, ...], int]:
        """How many elements lie in tensors of each shape; the order of axes does not count."""
        found: dict[tuple[int, ...], int] = defaultdict(int)
        for tensor in self.view.tensors:
            found[tuple(sorted(n for n in tensor.shape if n > 1))] += prod(tensor.shape)
        return found

    @property
    def names(self) -> set[tuple[str, tuple[int, ...]]]:
        """Names, numbers left out, and shapes of the tensors: what a loader knows them by."""
        return {(NUMBER.sub("*", tensor.name), tensor.shape) for tensor in self.view.tensors}


def parts(inventory: Inventory) -> tuple[Part, ...]:
    """Return the models of a folder: the main one first, then all others of model size.

    A model of several residual streams (towers, stages of other widths) is as many parts.
    """
    sets = weight_sets(inventory)
    if not sets:
        return ()
    least = SIZEABLE * sets[0].parameters
    whole = [_part(inventory, s) for s in sets if s is sets[0] or s.parameters >= least]
    return tuple(p for part in whole for p in _towers(part))


def _part(inventory: Inventory, found: WeightSet) -> Part:
    view = replace(
        inventory, tensors=found.tensors, config=_config(inventory, found.folder), shards=()
    )
    return Part(view=view, place=found.place, parameters=found.parameters)


def _config(inventory: Inventory, folder: str) -> str | None:
    """Return the configuration beside a set of weights, else that of the folder."""
    path = (PurePosixPath(folder) / "config.json").as_posix()
    for artifact in inventory.artifacts:
        if artifact.path == path:
            try:
                return canonical(parse_object(inventory.content(artifact, _MAX_CONFIG)))
            except NotReadableError:
                break
    return inventory.config


def _towers(part: Part) -> tuple[Part, ...]:
    """Take the tensors that no role is known for out of a part, where they are no remainder.

    Stacks that a family file tells apart are parts as well; what is in neither goes with the last.
    """
    layout = describe(part.view)
    tensors = main_model(part.view).tensors
    if len(stacks := sorted(stacks_of(layout), reverse=True)) > 1:
        home = {s.header.name: s.role.partition(".")[0] for s in layout.slots}
        groups: dict[str, list[TensorHeader]] = {stack: [] for stack in stacks}
        for tensor in tensors:
            groups.get(home.get(tensor.name, ""), groups[stacks[-1]]).append(tensor)
        if min(map(_size, groups.values())) >= _LEFT * _size(tensors):
            return tuple(_of(part, group, part.view.config) for group in groups.values())
    left = [
        t
        for t in tensors
        if layout.unused.get(t.name) is not None and layout.unused[t.name] not in ACCOUNTED
    ]
    if not layout.slots or _size(left) < _LEFT * _size(tensors) or len(left) == len(tensors):
        return (part,)
    names = {t.name for t in left}
    told = _of(part, [t for t in tensors if t.name not in names], part.view.config)
    other = _of(part, left, part.view.config)
    return told, *_towers(_of(part, left, None) if describe(other.view).inferred else other)


def _of(part: Part, tensors: list[TensorHeader], config: str | None) -> Part:
    return Part(
        view=replace(part.view, tensors=tuple(tensors), config=config, is_part=True),
        place=f"{part.place.split(': ')[0]}: {_named(tensors)}",
        parameters=_size(tensors),
    )


def _size(tensors: Sequence[TensorHeader]) -> int:
    return sum(prod(t.shape) for t in tensors)


def _named(tensors: list[TensorHeader]) -> str:
    """Name tensors by what the names of most values begin with."""
    sizes: Counter[str] = Counter()
    for tensor in tensors:
        sizes[tensor.name.split(".")[0]] += prod(tensor.shape)
    first, size = max(sorted(sizes.items()), key=lambda item: item[1])
    alone = size >= (1 - _LEFT) * sizes.total()
    return f"{first}.*" if alone else f"{min(t.name for t in tensors)}, ..."


def missing(inventory: Inventory) -> tuple[Said, ...]:
    """Say what of the model is not there, or cannot be read: a negative cannot speak of it."""
    if inventory.is_part:
        return ()
    sets = weight_sets(inventory)
    nbytes = sum(t.nbytes for t in sets[0].tensors) if sets else 0
    unread = [
        Said(
            "{file} holds {share:share} as many bytes as the weights that were read, in a format"
            " that is not",
            file=path,
            share=min(size / max(1, nbytes), 1.0),
        )
        for path, size in inventory.other_weights
        if size >= _LEFT * nbytes
    ]
    return (*_numbers(inventory), *(_depth(inventory, sets[0]) if sets else ()), *unread)


def _numbers(inventory: Inventory) -> Iterator[Said]:
    """Say which shards are missing by the numbers of those that are there."""
    series: dict[tuple[str, int, str], set[int]] = defaultdict(set)
    for path in {t.file for t in inventory.tensors}:
        found = _NUMBERED.fullmatch(path)
        if found:
            key = (found["stem"], int(found["of"]), found["end"])
            series[key].add(int(found["which"]))
    for (stem, of, end), there in sorted(series.items()):
        if len(there) < of:
            yield Said(
                "of the {of:count} shards {stem}-*{end} only {n:count} are there",
                of=of,
                stem=stem,
                end=end,
                n=len(there),
            )


def _depth(inventory: Inventory, main: WeightSet) -> Iterator[Said]:
    """Say that the configuration counts more layers than the weights have."""
    config = json.loads(inventory.config) if inventory.config else {}
    stated = next((config[k] for k in _DEPTHS if type(config.get(k)) is int), 0)
    numbers = {number for t in main.tensors for number in _LAYER.findall(t.name)}
    if numbers and len(numbers) < stated and "num_hidden_groups" not in config:
        yield Said(
            "config.json counts {stated:count} layers, the weights have {n:count}",
            stated=stated,
            n=len(numbers),
        )
