# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The licence fields of Python package metadata, read as text and never run.

Sources: the core metadata specification (``License``, ``License-Expression``,
``Classifier``), PEP 621 and PEP 639 for ``pyproject.toml``.
"""

import ast
import configparser
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_string
from typing import Any

_CLASSIFIER = "License :: "
_OSI = "OSI Approved :: "
_LONGEST_LICENSE_FIELD = 200


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
        ``METADATA``, ``PKG-INFO``, ``pyproject.toml``, ``setup.cfg`` or ``setup.py``;
        any other name has no fields, and neither has a broken file.
    text : str
        Its text.
    """
    readers = {
        "METADATA": _core_metadata,
        "PKG-INFO": _core_metadata,
        "pyproject.toml": _pyproject,
        "setup.cfg": _setup_cfg,
        "setup.py": _setup_py,
    }
    reader = readers.get(name)
    return () if reader is None else tuple(dict.fromkeys(reader(text)))


def _core_metadata(text: str) -> Iterator[Field]:
    head = text.replace("\r\n", "\n").split("\n\n", 1)[0]
    message = message_from_string(head + "\n\n")
    for key in ("License-Expression", "License"):
        yield from _field(key, message.get(key))
    yield from _classifiers(message.get_all("Classifier") or [])


def _field(name: str, value: Any) -> Iterator[Field]:
    """Yield a field; a whole licence text pasted into it names no licence by itself."""
    if isinstance(value, str) and value.strip() and value.strip().upper() != "UNKNOWN":
        shown = value.strip()
        long = len(shown) > _LONGEST_LICENSE_FIELD
        yield Field(name=name, value=shown.split("\n")[0] if long else shown)


def _classifiers(values: Any) -> Iterator[Field]:
    for value in values if isinstance(values, list) else []:
        text = str(value).strip()
        named = text.removeprefix(_CLASSIFIER)
        if text.startswith(_CLASSIFIER) and named != "OSI Approved":
            yield Field(name="classifier", value="classifier: " + named.removeprefix(_OSI))


def _pyproject(text: str) -> Iterator[Field]:
    try:
        project = tomllib.loads(text).get("project", {})
    except (tomllib.TOMLDecodeError, RecursionError):
        return
    if not isinstance(project, dict):
        return
    declared = project.get("license")
    words = declared.get("text") if isinstance(declared, dict) else declared
    yield from _field("project.license", words)
    yield from _classifiers(project.get("classifiers"))


def _setup_cfg(text: str) -> Iterator[Field]:
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return
    yield from _field("license", parser.get("metadata", "license", fallback=None))
    lines = parser.get("metadata", "classifiers", fallback="").splitlines()
    yield from _classifiers(lines)


def _setup_py(text: str) -> Iterator[Field]:
    """Read the literals of a ``setup(...)`` call from the syntax tree."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and ast.unparse(call.func).split(".")[-1] == "setup":
            literals = {k.arg: k.value for k in call.keywords}
            yield from _field("license", _literal(literals.get("license")))
            yield from _classifiers(_literal(literals.get("classifiers")))


def _literal(node: ast.expr | None) -> Any:
    try:
        return None if node is None else ast.literal_eval(node)
    except (ValueError, TypeError, MemoryError, RecursionError):
        return None
