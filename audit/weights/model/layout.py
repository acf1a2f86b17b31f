# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Gives every tensor of a checkpoint a role, a place and a residual axis.

With a family file the roles are exact. Without one the residual width is inferred from
the shapes (``inferred``).
"""

import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from math import prod
from typing import Any

from audit.formats.tensors import TensorHeader
from audit.inventory import Inventory
from audit.inventory.closed import why_none
from audit.record.absent import Absent
from audit.record.said import Said
from audit.weights.model.families import MAIN, Family, Match, TensorRule, load, taken_apart
from audit.weights.model.inferred import by_shape
from audit.weights.model.main_model import main_model
from audit.weights.model.slots import (
    Layout,
    Slot,
    adapter_problem,
    alone,
    stacks_of,
    undescribed,
    unreadable,
)
from audit.weights.model.told_blocks import PARTS, with_blocks
from audit.weights.model.upright import upright

_TIED, _EMPTY = Said("a copy of the embedding table"), Said("is empty")
_TABLE = Said("a fixed table")
ACCOUNTED = frozenset({_TIED, _EMPTY, _TABLE})
"""Reasons for which a tensor takes no part and holds nothing that could have been shared."""
_STACKS = ("expert", "single")
_ADAPTER = re.compile(r"(^|\.)(lora_|loha_|lokr_|ia3_|hada_|prompt_embeddings$)")
"""Names that adapter libraries give to what they add to a model."""
_UNEXPLAINED = Said("not explained by the family file {known}", known="").message
_MOSTLY = 0.98
"""Share of the values that a family has to explain where none explains all."""
ADAPTED = "adapter"
_NESTED = "text_config"
"""Where multimodal models describe their language model in ``config.json``."""


def describe(
    inventory: Inventory, *, infer: bool = False, blocks: frozenset[str] = PARTS
) -> Layout:
    """Map the tensors of a folder; ``infer`` skips the family files, ``blocks`` are told then.

    Of several models in the folder one is described, the others are unused. Of several
    residual streams the one with the most parameters is described.
    """
    main = main_model(inventory)
    tensors, config = main.tensors, main.config
    if not tensors:
        return undescribed("none", why_none(inventory))
    if is_adapter(tensors):
        return undescribed(ADAPTED, adapter_problem(inventory))
    family = None if infer else _family(tensors, config)
    layout = _by_family(tensors, family, config) if family else by_shape(tensors, config)
    if family and _explains_little(layout, tensors):
        other = by_shape(tensors, config)
        layout = other if other.slots else layout
    if layout.inferred:
        layout = with_blocks(layout, tensors, config, blocks)
    return replace(
        layout,
        unused={**layout.unused, **main.extra},
        parameters=main.parameters,
        labelled_axis=layout.labelled_axis or _labelled_axis(config),
    )


def is_adapter(tensors: tuple[TensorHeader, ...]) -> bool:
    """Whether all tensors are what adapter libraries add to a model."""
    return bool(tensors) and all(_ADAPTER.search(tensor.name) for tensor in tensors)


def _explains_little(layout: Layout, tensors: tuple[TensorHeader, ...]) -> bool:
    """Whether a family leaves most values, or most matrices, without a word."""
    shapes = [t.shape for t in tensors if _is_unexplained(layout, t)]
    matrices = [s for s in shapes if len(s) > 1]
    values = sum(prod(t.shape) for t in tensors)
    total = sum(len(t.shape) > 1 for t in tensors)
    return 2 * sum(map(prod, shapes)) > values or 2 * len(matrices) > total


def _is_unexplained(layout: Layout, tensor: TensorHeader) -> bool:
    reason = layout.unused.get(tensor.name)
    return reason is not None and reason.message == _UNEXPLAINED


def _settings(config: dict[str, Any], nested: str) -> dict[str, Any]:
    """Return the configuration with the object ``nested``, if there is one, laid over it."""
    inner = config.get(nested)
    return {**config, **inner} if isinstance(inner, dict) else config


def _labelled_axis(config: dict[str, Any]) -> Said | None:
    for key, value in sorted(_settings(config, _NESTED).items()):
        declared = "sinus" in key.lower() and value is True
        named = isinstance(value, str) and "sinus" in value.lower()
        if declared or named:
            return Said("config.json declares sinusoidal positions ({key})", key=key)
    return None


def _family(tensors: tuple[TensorHeader, ...], config: dict[str, Any]) -> Family | None:
    """Choose the family that ``model_type`` names, else one that explains every tensor."""
    names = [t.name for t in tensors]
    fitting = [(f, prefix) for f in load() if (prefix := f.prefix(names)) is not None]
    for declared in (config, _settings(config, _NESTED)):
        for family, _ in fitting:
            if declared.get("model_type") in family.model_types:
                return family
    values = sum(prod(t.shape) for t in tensors)
    known = {
        family.family: sum(prod(t.shape) for t in tensors if family.explains(t.name, prefix))
        for family, prefix in fitting
    }
    whole = [f for f, prefix in fitting if all(f.explains(n, prefix) for n in names)]
    best = max(known.values(), default=0)
    mostly = [f for f, _ in fitting if known[f.family] == best and best >= _MOSTLY * values]
    return _by_names(whole or mostly)


def _by_names(whole: list[Family]) -> Family | None:
    """Choose from families that explain every tensor the one with the fewest rules.

    Where several have the same rules, the names do not tell how the norms act.
    """
    fewest = min((len(f.tensors) for f in whole), default=0)
    rivals = [f for f in whole if len(f.tensors) == fewest]
    if not rivals:
        return None
    chosen = min(rivals, key=lambda f: (f.extends is not None, f.family))
    alike = all(f.norms == chosen.norms for f in rivals)
    return chosen if alike else chosen.model_copy(update={"norms": None})


def _by_family(tensors: tuple[TensorHeader, ...], family: Family, config: dict[str, Any]) -> Layout:
    reader = _reader(tensors, family, config)
    if reader is None:
        return undescribed(family.family, Said("the embedding table has an unexpected shape"))
    slots: list[Slot] = []
    unused = {}
    matches = {t.name: family.match(t.name, reader.prefix) for t in tensors}
    known = {name: (m.rule.axes, m.layer) for name, m in matches.items() if m is not None}
    for tensor in upright(tensors, known, reader.width):
        found = reader.slots(tensor)
        if isinstance(found, Absent):
            unused[tensor.name] = found.reason
        else:
            slots += found
    layout = Layout(
        family=family.family,
        inferred=False,
        width=reader.width,
        slots=tuple(slots),
        unused=unused,
        parameters=0,
        labelled_axis=None if family.labelled_axis is None else Said.plain(family.labelled_axis),
        norms=family.norms,
    )
    stacks = stacks_of(layout)
    return alone(layout, *stacks) if len(stacks) == 1 else layout


def _reader(
    tensors: tuple[TensorHeader, ...], family: Family, config: dict[str, Any]
) -> "_Reader | None":
    """Choose the stream with the most parameters; ``None`` if no anchor shows a width."""
    prefix = family.prefix(t.name for t in tensors) or ""
    sizes: Counter[str] = Counter()
    for tensor in tensors:
        match = family.match(tensor.name, prefix)
        if match is not None:
            sizes[match.rule.stream] += prod(tensor.shape)
    shapes = {t.name: t.shape for t in tensors}
    widths = {s: w for s in family.anchors if (w := _width(family, s, prefix, shapes)) is not None}
    if not widths:
        return None
    stream = max(widths, key=lambda name: sizes[name])
    return _Reader(
        family=family,
        prefix=prefix,
        stream=stream,
        width=widths[stream],
        settings=_settings(config, family.settings.get(stream, _NESTED)),
    )


def _width(
    family: Family, stream: str, prefix: str, shapes: dict[str, tuple[int, ...]]
) -> int | None:
    """Return the width of a stream as its first anchor shows it."""
    for anchor in family.anchors[stream]:
        shape = shapes.get(prefix + anchor)
        match = family.match(prefix + anchor, prefix)
        if shape is not None and match is not None and len(shape) == len(match.rule.axes):
            return shape[match.rule.axes.index("hidden")]
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Reads the headers of one checkpoint in the light of its family."""

    family: Family
    prefix: str
    stream: str
    width: int
    settings: dict[str, Any]

    def slots(self, tensor: TensorHeader) -> list[Slot] | Absent:
        """Return the matrices or the vector that the tensor holds, or why it is not used."""
        match = self.family.match(tensor.name, self.prefix)
        if match is None:
            reason = self.family.reason_apart(tensor.name, self.prefix)
            known = self.family.family
            return Absent(reason or Said("not explained by the family file {known}", known=known))
        reason = self._unusable(tensor, match.rule)
        if reason is not None:
            return Absent(reason)
        stacked = match.rule.axes[0] if len(tensor.shape) == 3 else None
        whole = self._whole(tensor, match, stacked)
        parts = self._parts(whole, match.rule) if match.rule.parts else [whole]
        if isinstance(parts, Absent) or stacked != "expert":
            return parts
        return [replace(part, index=i, expert=i) for i in range(tensor.shape[0]) for part in parts]

    def _unusable(self, tensor: TensorHeader, rule: TensorRule) -> Said | None:
        axes, shape = rule.axes, tensor.shape
        stacked = len(axes) == 3 and axes[0] in _STACKS
        tied = rule.tied and self.settings.get("tie_word_embeddings") is True
        applies = {
            _EMPTY: 0 in shape,
            _TIED: tied,
            Said("has no residual axis"): "hidden" not in axes,
            Said("both axes lie on the residual stream"): axes.count("hidden") > 1,
            Said("has no exchangeable other axis"): len(axes) > 2 and not stacked,
        }
        unread = unreadable(tensor)
        if unread is not None:
            return unread
        if len(shape) != len(axes):
            return Said(
                "has {n} axes, the family file says {expected}", n=len(shape), expected=len(axes)
            )
        if rule.stream not in (MAIN, self.stream):
            return Said("second residual stream ({stream}) is not compared yet", stream=rule.stream)
        found = next((reason for reason, holds in applies.items() if holds), None)
        return found or self._misfit(tensor, rule)

    def _misfit(self, tensor: TensorHeader, rule: TensorRule) -> Said | None:
        for size, axis in zip(tensor.shape, rule.axes, strict=True):
            if axis == "hidden" and size != self.width:
                return Said(
                    "its residual axis is {size} wide, not {width}", size=size, width=self.width
                )
            if axis == "single" and size != 1:
                return Said("an axis that should have length one has length {size}", size=size)
        return None

    def _whole(self, tensor: TensorHeader, match: Match, stacked: str | None) -> Slot:
        axes = match.rule.axes[1:] if stacked else match.rule.axes
        hidden_axis = axes.index("hidden")
        other = axes[1 - hidden_axis] if len(axes) == 2 else None
        role, component, layer = match.rule.role or "", match.rule.component, match.layer
        last = self.settings.get(self.family.beyond.count) if self.family.beyond else None
        if self.family.beyond and isinstance(last, int) and layer is not None and layer >= last:
            role, layer = self.family.beyond.prefix + role, layer - last
            component = self.family.beyond.component
        return Slot(
            header=self._ordered(tensor, match.rule),
            role=role,
            component=component,
            layer=layer,
            expert=match.expert,
            hidden_axis=hidden_axis,
            value_heads=self._value_heads(match.rule, other, hidden_axis),
            neuron_rows=other == "inter" and _reads(match.rule, hidden_axis),
            index=0 if stacked else None,
        )

    def _ordered(self, tensor: TensorHeader, rule: TensorRule) -> TensorHeader:
        """Say how many heads store their rows as rotary pairs, where the family says some do."""
        if rule.interleaved is None:
            return tensor
        keys = self.family.heads.query if rule.interleaved == "query" else self.family.heads.value
        heads = _count(self.settings, keys)
        whole = heads is not None and tensor.shape[0] % (2 * heads) == 0
        return replace(tensor, interleaved=heads) if whole else tensor

    def _parts(self, whole: Slot, rule: TensorRule) -> list[Slot] | Absent:
        if rule.by_groups:
            heads = _count(self.settings, self.family.heads.query)
            return taken_apart(whole, rule.parts, self.width, heads)
        counts = {
            "query": _count(self.settings, self.family.heads.query),
            "value": _count(self.settings, self.family.heads.value),
        }
        shares = [counts[p.share] if isinstance(p.share, str) else p.share for p in rule.parts]
        known = [share for share in shares if share is not None]
        if len(known) < len(shares):
            return Absent(
                Said("config.json does not say how many heads it holds, so its parts are unknown")
            )
        size, rest = divmod(whole.shape[1 - whole.hidden_axis], sum(known))
        if rest:
            return Absent(Said("its {parts} parts do not divide its size", parts=len(known)))
        stops = list(accumulate((share * size for share in known), initial=0))
        return [
            replace(
                whole,
                role=whole.role + part.role,
                rows=rows,
                value_heads=self._value_heads(rule, part.axis, whole.hidden_axis),
                neuron_rows=part.axis == "inter" and _reads(rule, whole.hidden_axis),
            )
            for part, rows in zip(rule.parts, pairwise(stops), strict=True)
        ]

    def _value_heads(self, rule: TensorRule, other: str | None, hidden_axis: int) -> int | None:
        if other != "value" or not _reads(rule, hidden_axis):
            return None
        return _count(self.settings, [rule.heads] if rule.heads else self.family.heads.value)


def _reads(rule: TensorRule, hidden_axis: int) -> bool:
    """Whether a matrix reads the residual stream, which is then its input axis."""
    return (hidden_axis == 0) == rule.transposed


def _count(settings: dict[str, Any], keys: list[str]) -> int | None:
    """Return the first of ``keys`` that holds a positive number."""
    counts = [settings.get(key) for key in keys]
    return next((c for c in counts if type(c) is int and c > 0), None)
