# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A sentence that remembers how it was made, so that it can be said in any language.

The message is the English sentence with named places (``{name}``), and is its own id, as in
gettext. The record keeps message and arguments; English is what the message says with them
filled in, another language what its catalogue has for the message.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

from audit.text import numbers

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import core_schema

Argument: TypeAlias = "str | int | float | tuple[str, ...]"
"""What fills a place: a name as it is, a number, another sentence, or a list of those."""
Say: TypeAlias = Callable[[str], str]
"""Turns a text into words of a language; a plain ``str`` is a name and stays as it is."""

_PLACE = re.compile(r"\{(?P<name>[a-z_][a-z0-9_]*)(?::(?P<form>[a-z0-9-]+))?\}|\{\{|\}\}")

FORMS: Mapping[str, Callable[[float], str]] = {
    "count": lambda value: numbers.count(int(value)),
    "size": lambda value: numbers.size(int(value)),
    "share": numbers.share,
    "upper-share": numbers.upper_share,
    "decimal": numbers.decimal,
    "fixed": numbers.fixed,
    "upper": numbers.upper,
    "tenths": numbers.tenths,
    "logarithm": numbers.logarithm,
    "chance": numbers.chance,
}
"""How a number is written: ``{p:chance}`` of a log10 probability, ``{of:share}`` of a fraction."""
LISTS = {"commas": ", ", "semicolons": "; ", "sentences": " "}
"""How a list is written otherwise than as a sentence does: ``{names:commas}``."""
CLAUSE, SENTENCE = "clause", "sentence"
"""How a sentence is set into another: without its full stop; with a capital."""
AS_TEXT = "sentences_as_text"
"""Of the context of an encoder: write English alone, as records of schema 1 do."""


class Said(str):
    """An English sentence with its message and its arguments; equal to its text.

    An argument that is a plain ``str`` is a name and never translated; a ``Said`` is; a sequence
    is joined as a sentence does.

    Examples
    --------
    >>> Said("{n:count} of {all:count} files were read.", n=3, all=1204)
    '3 of 1,204 files were read.'
    >>> Said("It cannot be decided: {why:clause}.", why=Said("Nothing was read."))
    'It cannot be decided: Nothing was read.'
    """

    __slots__ = ("arguments", "message")

    message: str
    arguments: dict[str, Argument]

    def __new__(cls, message: str, /, **arguments: Argument | list[str]) -> Said:
        """Fill the places of ``message``.

        Raises
        ------
        ValueError
            If a place has no argument, or a form does not exist or fit.
        """
        kept = {name: _kept(value) for name, value in arguments.items()}
        said = super().__new__(cls, fill(message, kept, str))
        said.message, said.arguments = message, kept
        return said

    @classmethod
    def plain(cls, text: str) -> Said:
        """Return a sentence of which nothing but its text is known."""
        return text if isinstance(text, Said) else cls(text.replace("{", "{{").replace("}", "}}"))

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy and pickle as what it was made of."""
        return _again, (self.message, self.arguments)

    @classmethod
    def __get_pydantic_core_schema__(
        cls, _source: object, _handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Read ``{"text": ..., "arguments": ...}``, or the plain text of schema 1."""
        from pydantic_core import core_schema  # here: `audit --help` makes sentences, reads none

        return core_schema.no_info_plain_validator_function(
            read,
            serialization=core_schema.plain_serializer_function_ser_schema(
                _encoded, info_arg=True, when_used="json"
            ),
        )

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


def quoted(text: str) -> Said:
    """Return other people's words, or a name, where a sentence is asked for."""
    return Said("{quoted}", quoted=text)


def term(word: StrEnum) -> Said:
    """Return a word of one of the record's closed lists, which the catalogue knows."""
    return Said(word.value)


def by_number(one: str, several: str, /, n: int, **arguments: Argument | list[str]) -> Said:
    """Choose the message by a number, its argument ``n``."""
    return Said(one if n == 1 else several, n=n, **arguments)


def joined(separator: str, parts: Iterable[str]) -> Said:
    """Join sentences or names; the separator has no words."""
    held = tuple(parts)
    if len(held) == 1 and isinstance(held[0], Said):
        return held[0]
    form = next(name for name, written in LISTS.items() if written == separator)
    return Said(f"{{parts:{form}}}" if held else "", parts=held)


def _again(message: str, arguments: dict[str, Argument]) -> Said:
    return Said(message, **arguments)


_LARGEST = 2**53 - 1
"""Canonical JSON has no larger whole number; one from a hostile file is kept as its digits."""


def _kept(value: Argument | list[str]) -> Argument:
    """Return an argument that is frozen and of no more types than JSON has."""
    if isinstance(value, str):
        return value if isinstance(value, Said) else str(value)
    if isinstance(value, list | tuple):
        return tuple(str(part) if not isinstance(part, Said) else part for part in value)
    if isinstance(value, int) and abs(value) > _LARGEST:
        return str(value)
    return value


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
    text = ""
    for literal, name, form in places(message):
        if name and name not in arguments:
            raise ValueError(f"nothing fills {{{name}}}")
        text += literal + (_written(arguments[name], form, say) if name else "")
    return text


def _written(value: Argument, form: str | None, say: Say) -> str:
    if isinstance(value, int | float):
        if form is not None and form not in FORMS:
            raise ValueError(f"there is no form {form!r} of a number")
        if form is None and isinstance(value, float):
            raise ValueError("a number that is not whole needs a form")
        return str(value) if form is None else FORMS[form](value)
    if isinstance(value, tuple):
        if form is not None and form not in LISTS:
            raise ValueError(f"there is no form {form!r} of a list")
        said = [say(part) for part in value]
        return LISTS[form].join(said) if form else numbers.listed(said) if said else ""
    if form == "count" and value.lstrip("-").isdecimal():
        return numbers.count(int(value))  # larger than canonical JSON can hold
    if form not in (None, CLAUSE, SENTENCE):
        raise ValueError(f"there is no form {form!r} of a text")
    return reshaped(say(value), form)


def reshaped(text: str, form: str | None) -> str:
    """Set a sentence into another: as a clause without its stop, or with a capital."""
    if form == CLAUSE:
        return text.rstrip(".。")
    return text[:1].upper() + text[1:] if form == SENTENCE else text


def read(value: object) -> Said:
    """Return the sentence that a record holds; see :func:`written_out`.

    Raises
    ------
    ValueError
        If it is none.
    """
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
            str(_argument(part)) if isinstance(part, str) else read(part) for part in value
        )
    if isinstance(value, dict):
        return read(value)
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return value
    raise ValueError("an argument is a text, a number, a sentence or a list of those")


def _encoded(value: str, info: core_schema.SerializationInfo) -> Any:
    said = Said.plain(value)
    return str(said) if (info.context or {}).get(AS_TEXT) else written_out(said)


def written_out(said: Said) -> dict[str, Any]:
    """Return the sentence as the record holds it."""
    return {
        "text": said.message,
        "arguments": {name: _plain(value) for name, value in said.arguments.items()},
    }


def _plain(value: Argument) -> Any:
    if isinstance(value, str):
        return written_out(value) if isinstance(value, Said) else value
    return [_plain(part) for part in value] if isinstance(value, tuple) else value


NOTHING_SAID = Said("")
