# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A sentence that remembers how it was made, so that it can be said in any language.

The message is the English sentence with named places (``{name}``), and is its own id, as in
gettext. The record keeps message and arguments; English is what the message says with them
filled in, another language what its catalogue has for the message.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import core_schema

from audit.text import numbers

Argument: TypeAlias = "str | int | float | tuple[str, ...]"
"""What fills a place: a name as it is, a number, another sentence, or a list of those."""
Say: TypeAlias = Callable[[str], str]
"""Turns a text into words of a language; a plain ``str`` is a name and stays as it is."""

_PLACE = re.compile(r"\{(?P<name>[a-z_][a-z0-9_]*)(?::(?P<form>[a-z-]+))?\}|\{\{|\}\}")

FORMS: Mapping[str, Callable[[float], str]] = {
    "count": lambda value: numbers.count(int(value)),
    "size": lambda value: numbers.size(int(value)),
    "share": numbers.share,
    "upper-share": numbers.upper_share,
    "decimal": numbers.decimal,
    "logarithm": numbers.logarithm,
    "chance": numbers.chance,
}
"""How a number is written: ``{p:chance}`` of a log10 probability, ``{of:share}`` of a fraction."""


class Said(str):
    """An English sentence with its message and its arguments; equal to its text.

    Examples
    --------
    >>> Said("{n:count} of {all:count} files were read.", n=3, all=1204)
    '3 of 1,204 files were read.'
    """

    __slots__ = ("arguments", "message")

    message: str
    arguments: dict[str, Argument]

    def __new__(cls, message: str, /, **arguments: Argument) -> Said:
        """Fill the places of ``message``.

        Raises
        ------
        ValueError
            If a place has no argument, or a form does not exist or fit.
        """
        said = super().__new__(cls, fill(message, arguments, str))
        said.message, said.arguments = message, arguments
        return said

    @classmethod
    def plain(cls, text: str) -> Said:
        """Return a sentence of which nothing but its text is known."""
        return cls(text.replace("{", "{{").replace("}", "}}"))

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy and pickle as what it was made of."""
        return _again, (self.message, self.arguments)

    @classmethod
    def __get_pydantic_core_schema__(
        cls, _source: object, _handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Read ``{"text": ..., "arguments": ...}``, or the plain text of schema 1."""
        return core_schema.no_info_plain_validator_function(read)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, _schema: core_schema.CoreSchema, _handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe the form of the record."""
        return {
            "type": "object",
            "description": "A sentence: its English text with places, and what fills them.",
            "properties": {"text": {"type": "string"}, "arguments": {"type": "object"}},
            "required": ["text", "arguments"],
            "additionalProperties": False,
        }


def _again(message: str, arguments: dict[str, Argument]) -> Said:
    return Said(message, **arguments)


LISTS: Mapping[str | None, Callable[[list[str]], str]] = {
    None: numbers.listed,
    "commas": ", ".join,
    "semicolons": "; ".join,
}
"""How a list is written: as a sentence does, or ``{names:commas}``, ``{clauses:semicolons}``."""


def places(message: str) -> Iterator[tuple[str, str, str | None]]:
    """Cut a message into ``(literal, name, form)``; the last one has an empty name.

    >>> list(places("{n:count} of {{all}}"))
    [('', 'n', 'count'), (' of {all}', '', None)]
    """
    literal, position = "", 0
    for found in _PLACE.finditer(message):
        literal += message[position : found.start()]
        position = found.end()
        if found["name"] is None:
            literal += found[0][0]
        else:
            yield literal, found["name"], found["form"]
            literal = ""
    yield literal + message[position:], "", None


def fill(message: str, arguments: Mapping[str, Argument], say: Say) -> str:
    """Fill the places of ``message``, each argument as ``say`` has it.

    Raises
    ------
    ValueError
        If a place has no argument, or a form does not exist or fit.
    """

    def written(found: re.Match[str]) -> str:
        if found["name"] is None:
            return found[0][0]
        if found["name"] not in arguments:
            raise ValueError(f"nothing fills {found[0]}")
        return _written(arguments[found["name"]], found["form"], say)

    return _PLACE.sub(written, message)


def _written(value: Argument, form: str | None, say: Say) -> str:
    if isinstance(value, tuple):
        if form not in LISTS or not value:
            raise ValueError(f"a list has no form {form!r}, or is empty")
        return LISTS[form]([say(part) for part in value])
    if isinstance(value, str):
        return say(value)
    if form is None:
        return str(value)
    if form not in FORMS:
        raise ValueError(f"there is no form {form!r}")
    return FORMS[form](value)


def read(value: object) -> Said:
    """Return the sentence that a record holds; see :func:`written_out`.

    Raises
    ------
    ValueError
        If it is none.
    """
    if isinstance(value, Said):
        return value
    if isinstance(value, str):
        return Said.plain(value)
    if not isinstance(value, dict) or set(value) != {"text", "arguments"}:
        raise ValueError("a sentence has a text and arguments")
    text, arguments = value["text"], value["arguments"]
    if not isinstance(text, str) or not isinstance(arguments, dict):
        raise ValueError("a sentence has a text and named arguments")
    return _again(text, {str(name): _argument(part) for name, part in arguments.items()})


def _argument(value: object) -> Argument:
    if isinstance(value, list):
        return tuple(
            str(_argument(part)) if not isinstance(part, dict) else read(part) for part in value
        )
    if isinstance(value, dict):
        return read(value)
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return value
    raise ValueError("an argument is a text, a number, a sentence or a list of those")


def written_out(said: Said) -> dict[str, Any]:
    """Return the sentence as the record holds it."""
    return {
        "text": said.message,
        "arguments": {name: _plain(value) for name, value in said.arguments.items()},
    }


def _plain(value: Argument) -> Any:
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return written_out(value) if isinstance(value, Said) else value
