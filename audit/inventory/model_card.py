# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Reads a model card: front matter as the hub reads it, and the prose.

The card is split where ``huggingface_hub.RepoCard`` splits it, and a test holds the two
against each other; the class itself is not called, since it brings a client for the network.
Values are made only after the YAML was found harmless: PyYAML expands a few hundred bytes of
nested aliases and merge keys into gigabytes, and it keeps the last of two equal keys where
YAML 1.2 and the hub allow one.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from audit.record.said import Said, joined
from audit.text.file_names import shortened
from audit.text.strict_json import MAX_DEPTH, canonical
from audit.unreadable import NotReadableError

MAX_CARD_BYTES = 8 << 20
_MAX_FRONT_MATTER = 256 << 10
"""Characters; PyYAML reads some 300,000 a second."""
_MAX_NODES = 50_000
_EXACT = 2**53 - 1

_FRONT_MATTER = re.compile(r"^(\s*---\n)(.*?)(\n---[ \t]*(\n|$))", re.S)
"""``huggingface_hub.repocard.REGEX_YAML_BLOCK``, once all lines end alike."""

_NOT_FOR_CARDS = frozenset({"self", "ignore_metadata_errors"})
"""Names of the hub's own parameters; a card that has them as keys cannot be read there."""

_YAML_FAULTS = (
    yaml.YAMLError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    OverflowError,
    RecursionError,
)
"""What PyYAML was seen to raise on hostile front matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """The front matter and prose of ``README.md``.

    ``metadata`` is the front matter re-encoded as canonical JSON text (so that the
    record stays flat); ``problem`` says why front matter could not be parsed (then
    ``metadata`` is ``{}``), or that the text is not UTF-8 and how it was read.
    """

    path: str
    metadata: str
    prose: str
    problem: Said | None = None
    prose_line: int = 1
    """The line of the file, from 1, at which the prose begins."""


def parse_card(path: str, data: bytes) -> ModelCard:
    r"""Parse the bytes of a model card. It never fails: what is wrong is ``problem``.

    Line ends become ``\n`` and a byte-order mark is dropped. Text that is not UTF-8
    is read as UTF-16 if a byte-order mark says so, and else as Latin-1.
    """
    text, problem = _decode(data)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        metadata, prose = _split(text)
    except NotReadableError as error:
        problem = joined("; ", [part for part in (problem, error.reason) if part])
        metadata, prose = "{}", _prose(text)
    line = 1 + text.count("\n", 0, len(text) - len(prose))
    return ModelCard(path=path, metadata=metadata, prose=prose, problem=problem, prose_line=line)


def _decode(data: bytes) -> tuple[str, Said | None]:
    """Decode the text, and say so if it is not UTF-8."""
    try:
        return data.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        place = error.start
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace"), Said(
            "the text is not UTF-8, it was read as UTF-16"
        )
    return data.decode("latin-1"), Said(
        "the text is not UTF-8 (byte {place}), it was read as Latin-1", place=place
    )


def _split(text: str) -> tuple[str, str]:
    """Return the metadata as canonical JSON, and the prose."""
    block = _FRONT_MATTER.search(text)
    if block is None:
        _refuse_open_block(text)
        return "{}", text
    if len(block.group(2)) > _MAX_FRONT_MATTER:
        raise NotReadableError(
            Said(
                "the front matter is larger than {limit} KiB",
                limit=_MAX_FRONT_MATTER >> 10,
            )
        )
    try:
        fields = _fields(block.group(2))
        return canonical(_plain(fields)), text[block.end() :]
    except _YAML_FAULTS as error:
        raise NotReadableError(
            Said("the front matter is not valid: {fault}", fault=_said(error))
        ) from error


def _fields(text: str) -> dict[str, Any]:
    """Return the fields that say something; an empty one is as good as none to the hub."""
    loader = yaml.SafeLoader(text)
    try:
        root = loader.get_single_node()
        if root is None:
            return {}
        _refuse_harmful(root)
        fields = loader.construct_document(root)
    finally:
        loader.dispose()
    if fields is None:
        return {}
    if not isinstance(fields, dict):
        raise NotReadableError(
            Said("the front matter is not valid: it is not a list of keys with values")
        )
    if not all(isinstance(key, str) and key not in _NOT_FOR_CARDS for key in fields):
        raise TypeError("the hub does not read such a key")
    return {key: value for key, value in fields.items() if value is not None}


def _prose(text: str) -> str:
    """Return what follows the front matter, without parsing it."""
    block = _FRONT_MATTER.search(text)
    return text[block.end() :] if block else text


def _refuse_open_block(text: str) -> None:
    lines = text.lstrip().split("\n", 2)
    if lines[0] == "---" and lines[1:2] != ["---"]:
        raise NotReadableError(Said("the front matter opens with --- and is never closed"))


def _said(error: Exception) -> Said:
    """Put a parser's error into one line that does not depend on the machine."""
    if isinstance(error, RecursionError):
        return Said("nested too deeply")
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        return Said(
            "{fault} (line {line})",
            fault=shortened(error.problem or "error"),
            line=error.problem_mark.line + 2,
        )
    if isinstance(error, yaml.reader.ReaderError):
        return Said(
            "a character that YAML does not allow (position {position})", position=error.position
        )
    return Said("a value does not fit its type")


def _refuse_harmful(root: yaml.Node) -> None:
    """Refuse keys that occur twice, loops, and aliases that multiply beyond measure."""
    _expanded_size(root, {}, set())


def _expanded_size(node: yaml.Node, known: dict[int, int], above: set[int]) -> int:
    """Count the nodes below ``node`` as if every alias were written out."""
    if id(node) in above:
        raise NotReadableError(Said("the front matter is not valid: a value contains itself"))
    if len(above) > MAX_DEPTH:
        raise NotReadableError(Said("the front matter is not valid: nested too deeply"))
    if id(node) not in known:
        above.add(id(node))
        below = sum(_expanded_size(child, known, above) for child in _children(node))
        above.discard(id(node))
        known[id(node)] = 1 + below
    if known[id(node)] > _MAX_NODES:
        raise NotReadableError(
            Said("the front matter expands to more than {limit} values", limit=_MAX_NODES)
        )
    return known[id(node)]


def _children(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        _refuse_twice(node)
        return [part for pair in node.value for part in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _refuse_twice(node: yaml.MappingNode) -> None:
    keys = set()
    for key, _ in node.value:
        name = (key.tag, key.value) if isinstance(key, yaml.ScalarNode) else id(key)
        if name in keys and isinstance(key, yaml.ScalarNode):
            raise NotReadableError(
                Said(
                    'the front matter is not valid: the key "{key}" occurs twice (line {line})',
                    key=shortened(key.value),
                    line=key.start_mark.line + 2,
                )
            )
        keys.add(name)


def _plain(value: Any) -> Any:
    """Turn what YAML can hold into what canonical JSON can."""
    if isinstance(value, Mapping):
        return {_text(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(_text(item) for item in value)
    exact = isinstance(value, int) and abs(value) <= _EXACT
    if value is None or exact or (isinstance(value, float) and math.isfinite(value)):
        return value
    return _text(value)


def _text(value: Any) -> str:
    """Spell a key, a date, a number out of range or bytes as text."""
    if isinstance(value, bytes):
        return value.hex()
    return str(value).encode("utf-8", "backslashreplace").decode()
