# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Architectures as data: which tensor plays which role, and which axis is the residual stream.

A family file names every tensor relative to the base model. A prefix (``model.``,
``bert.``, ``model.0.auto_model.``) is found by the family's anchor tensor, because
exporters add and drop prefixes at will.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from audit import resources
from audit.errors import RulesError

Axis = Literal["hidden", "inter", "head", "value", "vocab", "position", "type", "class", "expert"]
"""``hidden`` is the residual stream, the one axis that every layer shares.

``value`` (the value dimensions of the heads) and ``inter`` (the neurons of one layer)
are exchangeable within their layer; ``head`` carries rotary frequencies and is not, nor
are ``vocab``, ``position``, ``type``, ``class`` and ``expert`` used as if they were.
"""


class TensorRule(BaseModel):
    """One line of a family file: a name pattern, its role, component and axes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    role: str
    component: str
    axes: list[Axis]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The name as a regular expression with groups ``layer`` and ``expert``."""
        return _pattern(self.name)


class Heads(BaseModel):
    """Which keys of ``config.json`` count the heads; the first that exists is used."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    query: str
    value: str | list[str] = []


class Family(BaseModel):
    """One architecture family (``families/<family>.yaml``)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_version: Literal[1]
    family: str
    model_types: list[str]
    sources: list[str]
    anchor: str
    heads: Heads
    tensors: list[TensorRule]
    head: list[TensorRule]
    buffers: list[str]

    def prefix(self, names: Iterable[str]) -> str | None:
        """Return what stands before the anchor in ``names``; ``None`` without an anchor."""
        found = sorted(
            name[: -len(self.anchor)]
            for name in names
            if name == self.anchor or name.endswith("." + self.anchor)
        )
        return min(found, key=len) if found else None

    def match(self, name: str, prefix: str) -> "Match | None":
        """Explain one tensor name, or return ``None``."""
        if name.startswith(prefix):
            found = _first(self.tensors, name[len(prefix) :])
            if found:
                return found
        return _first(self.head, name) or _first(self.head, name.removeprefix(_parent(prefix)))

    def is_buffer(self, name: str, prefix: str) -> bool:
        """Whether ``name`` is a fixed table that training never touches."""
        inner = name.removeprefix(prefix)
        return any(_pattern(buffer).fullmatch(inner) for buffer in self.buffers)


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


def _read(path: Path) -> dict[str, Any]:
    try:
        fields: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RulesError(f"{path}: {error}", advice="Correct the YAML syntax.") from error
    fields["schema_version"] = fields.pop("schema", None)
    return fields


def _resolve(name: str, raw: dict[str, tuple[Path, dict[str, Any]]]) -> Family:
    path, fields = raw[name]
    parent_name = fields.get("extends")
    own = {key: value for key, value in fields.items() if key != "extends"}
    if parent_name is not None:
        if parent_name not in raw:
            raise RulesError(
                f"{path}: extends: there is no family {parent_name}", advice="Correct the name."
            )
        parent = {k: v for k, v in raw[parent_name][1].items() if k != "extends"}
        lists = {
            key: parent.get(key, []) + own.get(key, []) for key in ("tensors", "head", "buffers")
        }
        own = {**parent, **own, **lists}
    try:
        return Family.model_validate(own)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise RulesError(
            f"{path}: {place}: {first['msg']}", advice="Correct that field."
        ) from error
