# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The licence fields of package metadata, read as text and never run.

Sources: the core metadata specification (``License``, ``License-Expression``,
``Classifier``), PEP 621 and PEP 639 for ``pyproject.toml``, and Poetry's own table in it;
npm's ``package.json`` and Cargo's manifest.
"""

import ast
import configparser
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_string
from typing import Any

from audit.record.said import Said
from audit.text.file_names import valid
from audit.text.strict_json import parse_object
from audit.text.strict_toml import parse_toml
from audit.unreadable import NotReadableError, foreign

_CLASSIFIER = "License :: "
_OSI = "OSI Approved :: "
_LONGEST_LICENSE_FIELD = 200
_FILE = re.compile(r"(?:\./)?(?:LICEN[SC]E|COPYING)(?:\.(?:md|txt|rst))?", re.I)
"""What stands for the file beside it: ``license = "LICENSE"``."""
_NOT_SAID = "UNLICENSED"
"""What keeps a package off npm's registry."""
_DEEPEST = 2800
"""Levels of a syntax tree, fewer than any setting of Python that is met refuses to parse."""
_MAX_CODE = 256 << 10
"""Characters of a setup.py; a syntax tree takes hundreds of bytes for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One licence field: its name in the file, and its value as written."""

    name: str
    value: str


def metadata_fields(name: str, text: str) -> tuple[Field, ...]:
    """Return the licence fields of one file of package metadata.

    Parameters
    ----------
    name : str
        ``METADATA``, ``PKG-INFO``, ``pyproject.toml``, ``setup.cfg``, ``setup.py``,
        ``package.json`` or ``Cargo.toml``; any other name has no fields.
    text : str
        Its text.

    Raises
    ------
    NotReadableError
        If the file is broken; says how.
    """
    readers = {
        "METADATA": _core_metadata,
        "PKG-INFO": _core_metadata,
        "pyproject.toml": _pyproject,
        "setup.cfg": _setup_cfg,
        "setup.py": _setup_py,
        "package.json": _package_json,
        "Cargo.toml": _cargo,
    }
    reader = readers.get(name)
    if reader is None:
        return ()
    with foreign(configparser.Error):
        return tuple(dict.fromkeys(reader(text)))


def package_name(name: str, text: str) -> str:
    """Return what one file of package metadata calls the package, empty where it does not say.

    Raises
    ------
    NotReadableError
        If the file is broken; says how.
    """
    readers = {
        "pyproject.toml": _toml_name,
        "setup.cfg": _cfg_name,
        "setup.py": _setup_name,
        "package.json": _json_name,
        "Cargo.toml": _cargo_name,
    }
    reader = readers.get(name)
    if reader is None:
        return ""
    with foreign(configparser.Error):
        found = reader(text)
    return found if isinstance(found, str) else ""


def _toml_name(text: str) -> Any:
    return next((t["name"] for _, t in _tables(text) if "name" in t), "")


def _json_name(text: str) -> Any:
    return parse_object(text.encode("utf-8", "surrogatepass")).get("name")


def _cargo_name(text: str) -> Any:
    table = parse_toml(text.encode()).get("package")
    return table.get("name") if isinstance(table, dict) else ""


def _cfg_name(text: str) -> Any:
    parser = configparser.RawConfigParser(strict=False)
    parser.read_string(text)
    return parser.get("metadata", "name", fallback="")


def _setup_name(text: str) -> Any:
    return next((_literal(k.value) for call in _setups(text) for k in call if k.arg == "name"), "")


def _core_metadata(text: str) -> Iterator[Field]:
    head = text.replace("\r\n", "\n").split("\n\n", 1)[0]
    message = message_from_string(head + "\n\n")
    for key in ("License-Expression", "License"):
        yield from _field(key, message.get(key))
    yield from _classifiers(message.get_all("Classifier") or [])


def _field(name: str, value: Any) -> Iterator[Field]:
    """Yield a field; a whole text pasted into it, or a file's name, names no licence by itself."""
    if not isinstance(value, str) or _FILE.fullmatch(value.strip()):
        return
    if value.strip() and value.strip().upper() != "UNKNOWN":
        shown = valid(value.strip())
        long = len(shown) > _LONGEST_LICENSE_FIELD
        yield Field(name=name, value=shown.split("\n")[0] if long else shown)


def _classifiers(values: Any) -> Iterator[Field]:
    for value in values if isinstance(values, list) else []:
        text = valid(str(value).strip())
        named = text.removeprefix(_CLASSIFIER)
        if text.startswith(_CLASSIFIER) and named != "OSI Approved":
            yield Field(name="classifier", value="classifier: " + named.removeprefix(_OSI))


def _pyproject(text: str) -> Iterator[Field]:
    for name, table in _tables(text):
        declared = table.get("license")
        words = declared.get("text") if isinstance(declared, dict) else declared
        yield from _field(f"{name}.license", words)
        yield from _classifiers(table.get("classifiers"))


def _tables(text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the project's table, and Poetry's, which came before it."""
    whole = parse_toml(text.encode())
    tools = whole.get("tool")
    older = tools.get("poetry") if isinstance(tools, dict) else None
    for name, table in (("project", whole.get("project")), ("tool.poetry", older)):
        if isinstance(table, dict):
            yield name, table


def _package_json(text: str) -> Iterator[Field]:
    """Yield the licence of a package that is published; a private one's is nobody's grant."""
    whole = parse_object(text.encode("utf-8", "surrogatepass"))
    if whole.get("private") is True:
        return
    older = whole.get("licenses")
    listed = older if isinstance(older, list) else [whole.get("license")]
    for item in listed:
        words = item.get("type") if isinstance(item, dict) else item
        if words != _NOT_SAID and not str(words).startswith("SEE LICENSE IN "):
            yield from _field("license", words)


def _cargo(text: str) -> Iterator[Field]:
    whole = parse_toml(text.encode())
    space = whole.get("workspace")
    tables = (whole, space if isinstance(space, dict) else {})
    for table in (found.get("package") for found in tables):
        if isinstance(table, dict):
            yield from _field("package.license", table.get("license"))


def _setup_cfg(text: str) -> Iterator[Field]:
    parser = configparser.RawConfigParser(strict=False)
    parser.read_string(text)
    yield from _field("license", parser.get("metadata", "license", fallback=None))
    lines = parser.get("metadata", "classifiers", fallback="").splitlines()
    yield from _classifiers(lines)


def _setup_py(text: str) -> Iterator[Field]:
    for keywords in _setups(text):
        literals = {k.arg: k.value for k in keywords}
        yield from _field("license", _literal(literals.get("license")))
        yield from _classifiers(_literal(literals.get("classifiers")))


def _setups(text: str) -> Iterator[list[ast.keyword]]:
    """Yield the keywords of each ``setup(...)`` call, from the syntax tree."""
    if len(text) > _MAX_CODE:
        raise NotReadableError(Said("more than {limit} KiB of code", limit=_MAX_CODE >> 10))
    for call in _walked(ast.parse(text)):
        if isinstance(call, ast.Call) and _called(call.func) == "setup":
            yield call.keywords


def _walked(tree: ast.AST) -> Iterator[ast.AST]:
    """Walk a tree by levels; one that Python itself may refuse, as its process is set, never."""
    level, depth = [tree], 0
    while level:
        yield from level
        level, depth = [child for node in level for child in ast.iter_child_nodes(node)], depth + 1
        if depth > _DEEPEST:
            raise RecursionError


def _called(function: ast.expr) -> str | None:
    """Return the last name of what is called (``setuptools.setup``: ``setup``)."""
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else None


def _literal(node: ast.expr | None) -> Any:
    """Return a literal's value; ``None`` for an expression, which is never evaluated."""
    try:
        return None if node is None else ast.literal_eval(node)
    except (ValueError, TypeError, MemoryError, RecursionError):
        return None
