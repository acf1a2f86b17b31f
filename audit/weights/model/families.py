# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Architectures as data: which tensor plays which role, and which axis is the residual stream.

A family file names every tensor relative to the base model. A prefix (``model.``,
``bert.``, ``model.0.auto_model.``) is found by the family's anchor tensors, because
exporters add and drop prefixes at will.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from audit import resources
from audit.errors import RulesError
from audit.record.said import Said
from audit.rules.loading import Strict, load_fields, validate
from audit.weights.model.slots import Norms, Slot
from audit.weights.model.symmetries import Symmetry

Axis = Literal[
    "hidden",
    "inter",
    "head",
    "value",
    "latent",
    "vocab",
    "position",
    "type",
    "class",
    "expert",
    "input",
    "single",
]
"""``hidden`` is the residual stream, the one axis that every layer shares.

``value`` (the value dimensions of the heads) and ``inter`` (the neurons of one layer)
are exchangeable within their layer; ``head`` carries rotary frequencies and is not, nor
are ``latent`` (a low-rank bottleneck), ``vocab``, ``position``, ``type``, ``class``,
``expert`` and ``input`` (planes and pixels of an image) used as if they were. ``single``
is an axis of length one; first of three axes, ``single`` and ``expert`` stack matrices.
"""

FUSED = "attn.qkv"
"""Queries, keys and values in one matrix that is not taken apart."""
MAIN = "main"
"""The stream of a family that has only one."""


class Part(Strict):
    """One of several matrices that are stored one after the other in one tensor.

    ``share`` is its share of the axis that is not the residual one: a number, or the
    number of ``query`` or ``value`` heads.
    """

    role: str
    axis: Axis
    share: Literal["query", "value"] | Annotated[int, Field(gt=0)]


class TensorRule(Strict):
    """One line of a family file: a name pattern, its role, component and axes.

    ``transposed`` marks weights stored as (in, out). ``heads`` names the key of the
    configuration that counts the heads of this tensor, where it is not the family's.
    ``tied`` marks a copy of the embedding table, unless the configuration unties them.
    ``interleaved`` marks rows that are stored as rotary pairs, first and second half of each
    ``query`` or ``value`` head by turns, where other releases keep the halves apart.
    ``by_groups`` marks queries, keys and values that lie group after group: of each key head its
    queries, the key, the value.
    """

    name: str
    role: str | None = None
    component: str
    axes: list[Axis]
    parts: list[Part] = Field(default_factory=list)
    stream: str = MAIN
    transposed: bool = False
    heads: str | None = None
    tied: bool = False
    interleaved: Literal["query", "value"] | None = None
    by_groups: bool = False

    @model_validator(mode="after")
    def _has_one_meaning(self) -> Self:
        if (self.role is None) == (not self.parts):
            raise ValueError("a tensor has either a role or parts")
        if self.parts and "hidden" not in self.axes:
            raise ValueError("only a tensor on the residual stream has parts")
        return self

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The name as a regular expression with groups ``layer`` and ``expert``."""
        return _pattern(self.name)


class Heads(Strict):
    """Which keys of ``config.json`` count the heads; the first that exists is used."""

    query: list[str] = Field(default_factory=list)
    value: list[str]


class Beyond(Strict):
    """Layers after the last one that the configuration counts: extra prediction heads."""

    count: str
    prefix: str
    component: str


class Family(Strict):
    """One architecture family (``families/<family>.yaml``).

    ``anchors`` names for each residual stream the tensors that show its width, the first
    that exists counting; ``settings`` the nested object of the configuration that
    describes a stream, where it is not ``text_config``. ``extends`` is the family whose
    tables it adds to. ``elsewhere`` maps segments of names (``vision_tower.``) to the
    reason why what is below them takes no part; ``companions`` does so for suffixes.
    ``spellings`` maps suffixes that older releases wrote to today's.
    ``norms`` is ``None`` where the names do not tell. ``symmetries`` are the changes that
    leave the output as it is; a family that has its own does not take over its parent's.
    """

    schema_version: Literal[1]
    family: str
    extends: str | None = None
    model_types: list[str]
    sources: list[str]
    anchors: dict[str, list[str]]
    settings: dict[str, str] = Field(default_factory=dict)
    heads: Heads
    norms: Norms | None
    tensors: list[TensorRule]
    head: list[TensorRule] = Field(default_factory=list)
    buffers: list[str] = Field(default_factory=list)
    elsewhere: dict[str, str] = Field(default_factory=dict)
    companions: dict[str, str] = Field(default_factory=dict)
    spellings: dict[str, str] = Field(default_factory=dict)
    beyond: Beyond | None = None
    labelled_axis: str | None = None
    symmetries: list[Symmetry]

    @model_validator(mode="after")
    def _declares_each_symmetry_once(self) -> Self:
        kinds = [symmetry.kind for symmetry in self.symmetries]
        if len(set(kinds)) < len(kinds):
            raise ValueError("a symmetry is declared twice")
        return self

    def prefix(self, names: Iterable[str]) -> str | None:
        """Return what stands before the anchors in ``names``; ``None`` without an anchor."""
        anchors = tuple(a for choices in self.anchors.values() for a in choices)
        found = {
            name[: -len(anchor)]
            for name in names
            for anchor in anchors
            if name == anchor or name.endswith("." + anchor)
        }
        return min(sorted(found), key=len) if found else None

    def match(self, name: str, prefix: str) -> "Match | None":
        """Explain one tensor name, or return ``None``."""
        for old, new in self.spellings.items():
            name = name.removesuffix(old) + new if name.endswith(old) else name
        if name.startswith(prefix):
            found = _first(self.tensors, name[len(prefix) :])
            if found:
                return found
        return _first(self.head, name) or _first(self.head, name.removeprefix(_parent(prefix)))

    def reason_apart(self, name: str, prefix: str) -> Said | None:
        """Say why a tensor that no rule matches takes no part; ``None`` if unexplained."""
        inner = name.removeprefix(prefix)
        if any(_pattern(buffer).fullmatch(inner) for buffer in self.buffers):
            return Said("a fixed table")
        for suffix, reason in self.companions.items():
            if name.endswith(suffix) and self.match(name.removesuffix(suffix), prefix):
                return Said.plain(reason)
        for segment, reason in self.elsewhere.items():
            if f".{segment}" in f".{name}":
                return Said.plain(reason)
        return None

    def explains(self, name: str, prefix: str) -> bool:
        """Whether the family says something about a tensor of this name."""
        return (self.match(name, prefix) or self.reason_apart(name, prefix)) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A tensor name explained by a rule."""

    rule: TensorRule
    layer: int | None
    expert: int | None


def _parent(prefix: str) -> str:
    """``wrapper.model.`` -> ``wrapper.``: where the heads of a wrapped model stand."""
    return prefix.rstrip(".").rpartition(".")[0] + "." if "." in prefix.rstrip(".") else ""


def _first(rules: list[TensorRule], name: str) -> Match | None:
    for rule in rules:
        found = rule.pattern.fullmatch(name)
        if found:
            groups = found.groupdict()
            layer, expert = groups.get("layer"), groups.get("expert")
            return Match(
                rule=rule,
                layer=int(layer) if layer is not None else None,
                expert=int(expert) if expert is not None else None,
            )
    return None


@cache
def _pattern(name: str) -> re.Pattern[str]:
    escaped = re.escape(name)
    for group in ("layer", "expert"):
        escaped = escaped.replace(rf"\{{{group}\}}", rf"(?P<{group}>\d{{1,5}})")
    return re.compile(escaped)


@cache
def load() -> tuple[Family, ...]:
    """Load every family file, resolved, in file-name order.

    Raises
    ------
    RulesError
        If a file has an unknown or missing key, or extends a family that is not there.
    """
    raw = {path.stem: (path, _read(path)) for path in sorted(resources.families().glob("*.yaml"))}
    return tuple(_resolve(name, raw) for name in raw)


_Raw = dict[str, tuple[Path, dict[str, Any]]]


def _read(path: Path) -> dict[str, Any]:
    fields: dict[str, Any] = load_fields(path)
    fields["schema_version"] = fields.pop("schema", None)
    return fields


def _resolve(name: str, raw: _Raw) -> Family:
    return validate(Family, _inherited(name, raw, ()), raw[name][0])


def _inherited(name: str, raw: _Raw, below: tuple[str, ...]) -> dict[str, Any]:
    """Merge a file over the one that it extends: tables by key, tensors by name."""
    path, fields = raw[name]
    own = dict(fields)
    parent_name = fields.get("extends")
    if parent_name is None:
        return own
    if parent_name not in raw or parent_name in (*below, name):
        raise RulesError(
            f"{path}: extends: there is no family {parent_name} to extend",
            advice="Correct the name.",
        )
    parent = _inherited(parent_name, raw, (*below, name))
    for key in ("tensors", "head"):
        mine = own.get(key, [])
        redefined = {rule["name"] for rule in mine}
        kept = [rule for rule in parent.get(key, []) if rule["name"] not in redefined]
        own[key] = kept + mine
    own["buffers"] = parent.get("buffers", []) + own.get("buffers", [])
    for key in ("norms", "elsewhere", "companions", "spellings"):
        own[key] = {**parent.get(key, {}), **own.get(key, {})}
    return {**parent, **own}


def taken_apart(whole: Slot, parts: list[Part], width: int, heads: int | None) -> list[Slot]:
    """Return queries, keys and values that lie group after group: of each key head its own.

    The shape counts the groups, a claim of the configuration the heads, which are
    ``width / heads`` wide; what the claim does not fit is compared as one matrix.
    """
    as_one = [replace(whole, role=FUSED)]
    if heads is None or width % heads or whole.hidden_axis != 1:
        return as_one
    size = width // heads
    groups, rest = divmod(whole.shape[0] - heads * size, 2 * size)
    if rest or groups < 1 or heads % groups:
        return as_one
    sizes = (heads // groups * size, size, size)
    header = replace(whole.header, groups=(groups, sizes))
    stops = accumulate((groups * n for n in sizes), initial=0)
    return [
        replace(
            whole,
            header=header,
            role=part.role,
            rows=rows,
            value_heads=groups if part.axis == "value" else None,
        )
        for part, rows in zip(parts, pairwise(stops), strict=True)
    ]
