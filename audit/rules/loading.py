# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Reads YAML and TOML and validates them; an error names file, line and field."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from audit import resources
from audit.errors import RulesError
from audit.given import read_given
from audit.rules import compiled
from audit.text import strict_toml
from audit.unreadable import NotReadableError


class Strict(BaseModel):
    """A frozen model that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
"""Text that says something."""

_Model = TypeVar("_Model", bound=BaseModel)
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml reads the rules ten times faster, where PyYAML was built with it."""
_PLAIN = {"extra_forbidden": "there is no such key", "missing": "this key is missing"}


def load_all(folder: str, model: type[_Model]) -> list[_Model]:
    """Load every ``*.yaml`` of a folder under ``rules/``, by file name.

    Raises
    ------
    RulesError
        If a file is not valid.
    """
    paths = sorted((resources.tree("rules") / folder).glob("*.yaml"))
    return [load_one(path, model) for path in paths]


def load_one(path: Path, model: type[_Model]) -> _Model:
    """Load one YAML file.

    Raises
    ------
    RulesError
        If it is not YAML, or not what ``model`` says.
    """
    text = _text(path)
    return validate(model, compiled.fields(path, text, _parsed), path, text)


def load_fields(path: Path) -> Any:
    """Return what stands in one YAML file, for a file that is not a model by itself.

    Raises
    ------
    RulesError
        If it is not YAML.
    """
    return _parsed(path, _text(path))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise RulesError(f"{path}: it is not UTF-8.", advice="Save it as UTF-8.") from error


def _parsed(path: Path, text: str) -> Any:
    try:
        loader = _Loader(text)
        try:
            return loader.get_single_data()
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        raise RulesError(_syntax(path, error), advice="Correct the YAML syntax.") from error


def _syntax(path: Path, error: yaml.YAMLError) -> str:
    """Say in one line where the YAML ends to be YAML."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return f"{path}, line {error.problem_mark.line + 1}: {error.problem}."
    return f"{path}: {error}."


def load_toml(path: Path, model: type[_Model], *, option: str) -> _Model:
    """Load a TOML file that a user names after ``option``; ``digest`` is set to its SHA-256.

    Raises
    ------
    UsageError
        If it cannot be read.
    RulesError
        If it is not TOML, or not what ``model`` says.
    """
    data, fields = _toml(path, option)
    fields["digest"] = sha256(data).hexdigest()
    return validate(model, fields, path, data.decode(), strict_toml.line_of)


def load_table(
    path: Path,
    model: type[_Model],
    *,
    table: tuple[str, ...],
    option: str,
    nearest: Callable[[str], str],
) -> tuple[_Model, Callable[[str], int | None]] | None:
    """Load one table of a TOML file, the whole file for an empty name; ``None`` without it.

    ``nearest`` says what to do about a key that there is not. The second result is the line of a
    key. Raises as :func:`load_toml`.
    """
    data, fields = _toml(path, option)
    text = data.decode()
    stands: Any = fields
    for part in table:
        if not isinstance(stands, dict) or part not in stands:
            return None
        stands = stands[part]

    def line_of(text: str, place: tuple[int | str, ...]) -> int | None:
        return strict_toml.line_of(text, (*table, *place))

    found = validate(model, stands, path, text, line_of, nearest=nearest)
    return found, lambda key: line_of(text, (key,))


def _toml(path: Path, option: str) -> tuple[bytes, dict[str, Any]]:
    data = read_given(path, limit=strict_toml.MAX_BYTES, option=option)
    try:
        return data, strict_toml.parse_toml(data)
    except NotReadableError as error:
        raise RulesError(f"{path}: {error.reason}.", advice="Correct the TOML.") from error


def validate(
    model: type[_Model],
    fields: Any,
    path: Path | str,
    text: str | None = None,
    line_of: Callable[[str, tuple[int | str, ...]], int | None] | None = None,
    *,
    nearest: Callable[[str], str] | None = None,
) -> _Model:
    """Validate what stands in a file; ``text`` is its YAML, to find the line of an error.

    ``line_of`` finds it in another language, ``nearest`` has a word on a key that there is not.

    Raises
    ------
    RulesError
        If a field is unknown, missing or wrong.
    """
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        # An unknown key before a missing one: it is most often the same, misspelt.
        found = error.errors()
        first = next((e for e in found if e["type"] == "extra_forbidden"), found[0])
        line = None if text is None else (line_of or _line_of)(text, first["loc"])
        where = str(path) if line is None else f"{path}, line {line}"
        place = ".".join(str(part) for part in first["loc"]) or "top level"
        what = _PLAIN.get(first["type"], first["msg"])
        if nearest is not None and first["type"] == "extra_forbidden":
            what += f"; {nearest(str(first['loc'][-1]))}"
        end = "" if what.endswith("?") else "."
        raise RulesError(f"{where}: {place}: {what}{end}", advice="Correct that field.") from error


def _line_of(text: str, place: tuple[int | str, ...]) -> int | None:
    """Return the line, from 1, of the innermost node of the YAML on the way to ``place``.

    Names of union members are in the place and not in the file; they are passed over.
    """
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    if node is None:
        return None
    line = node.start_mark.line
    for part in place:
        found = _child(node, part)
        if found is not None:
            line, node = found
    return line + 1


def _child(node: yaml.Node, part: int | str) -> tuple[int, yaml.Node] | None:
    """Return the line of a key or item, and its value."""
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        item = node.value[part]
        return item.start_mark.line, item
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == part:
                return key.start_mark.line, value
    return None
