# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""JSON from an audited folder: parsed strictly, re-encoded canonically (RFC 8785).

Python's parser accepts NaN, duplicate keys and lone surrogates; two programmes that
read such a file may see different things, so here it is unreadable, with the reason.
"""

import json
from collections import Counter
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, NoReturn

import rfc8785

from audit.record.said import Said
from audit.text.file_names import shortened
from audit.unreadable import NotReadableError

if TYPE_CHECKING:
    from pydantic import ValidationError

MAX_VALUES = 4_000_000
"""Most values that are read; the index of the largest models has a fifth of a million."""
MAX_DEPTH = 100
"""Deepest nesting that is read; a real ``config.json`` has fewer than ten levels."""
_TOO_DEEP = Said("nested too deeply (more than {limit} levels)", limit=MAX_DEPTH)
_EXACT = 2**53 - 1
"""Largest integer that a JSON number carries exactly (RFC 8785, section 3.2.2.3)."""


def parse_object(data: bytes) -> dict[str, Any]:
    """Parse ``data`` as one JSON object.

    Integers beyond 2**53 become floats, which is what RFC 8785 says they are.

    Raises
    ------
    NotReadableError
        If it is not JSON, not an object, holds more values than any file needs, or is not what
        every parser reads alike.
    """
    refuse_many(data)
    try:
        value = json.loads(
            data.decode("utf-8-sig"),
            object_pairs_hook=unique,
            parse_constant=_refuse_constant,
            parse_int=_integer,
        )
    except UnicodeDecodeError as error:
        raise NotReadableError(Said("not UTF-8 text (byte {start})", start=error.start)) from error
    except json.JSONDecodeError as error:
        raise NotReadableError(
            Said(
                "not valid JSON: {fault} (line {line}, column {column})",
                fault=error.msg,
                line=error.lineno,
                column=error.colno,
            )
        ) from error
    except RecursionError as error:
        raise NotReadableError(_TOO_DEEP) from error
    if not isinstance(value, dict):
        raise NotReadableError(Said("not a JSON object"))
    refuse_deep(value)
    canonical(value)
    return value


def refuse_many(data: bytes) -> None:
    """Refuse JSON of too many values before they are made: three bytes of it cost a hundred.

    Raises
    ------
    NotReadableError
        If it has more than ``MAX_VALUES`` commas and brackets.
    """
    if sum(map(data.count, (b",", b"[", b"{"))) > MAX_VALUES:
        raise NotReadableError(Said("more than {limit:count} values", limit=MAX_VALUES))


def refused(error: "ValidationError") -> str:
    """Say the first place that a model refuses, and why; never what stands there."""
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"]) or "top level"
    return f"{place}: {first['msg']}"


def canonical(value: Any) -> str:
    """Encode plain data as canonical JSON text.

    Raises
    ------
    NotReadableError
        If it holds what canonical JSON cannot: infinity or half a surrogate pair.
    """
    try:
        return rfc8785.dumps(value).decode()
    except rfc8785.FloatDomainError as error:
        raise NotReadableError(Said("holds a number that is not finite")) from error
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise NotReadableError(Said("holds text that is not valid Unicode")) from error


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build one JSON object (an ``object_pairs_hook``), refusing a key that occurs twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = min(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise NotReadableError(Said('the key "{twice}" occurs twice', twice=shortened(twice)))
    return found


def refuse_deep(value: Any) -> None:
    """Refuse nesting beyond ``MAX_DEPTH``: a limit of ours, not of the stack's state."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [below for item in level for below in _below(item)]
        if not level:
            return
    raise NotReadableError(_TOO_DEEP)


def _below(value: Any) -> Collection[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _refuse_constant(name: str) -> NoReturn:
    raise NotReadableError(Said("not valid JSON: {name} is not a JSON number", name=name))


def _integer(digits: str) -> int | float:
    exact = len(digits) <= 17 and abs(int(digits)) <= _EXACT
    return int(digits) if exact else float(digits)
