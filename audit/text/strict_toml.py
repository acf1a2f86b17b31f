# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""TOML of strangers and of users: parsed by the standard library, after it was found harmless.

``tomllib`` keeps every beginning of a dotted key: 80 kB of one key take it gigabytes. It makes
whole numbers of any length until Python refuses, and nests until the stack ends. So long keys and
long numbers are refused before it starts, wherever they stand, and depth afterwards.
"""

import re
import tomllib
from typing import Any

from audit.record.said import Said
from audit.text.strict_json import refuse_deep
from audit.unreadable import NotReadableError, foreign

MAX_BYTES = 512 << 10
MAX_PARTS = 32
"""Parts of a dotted key; a key has few, and each is kept with all before it."""
MAX_DIGITS = 400
"""Digits of a number; Python itself reads 4,300."""
_PART = r"""(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')"""
_LONG_KEY = re.compile(
    rf"(?<![A-Za-z0-9_-]){_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{{MAX_PARTS},{MAX_PARTS}}}"
)
_LONG_NUMBER = re.compile(rf"[0-9_]{{{MAX_DIGITS}}}")


def parse_toml(data: bytes) -> dict[str, Any]:
    """Parse ``data`` as TOML.

    Raises
    ------
    NotReadableError
        If it is none, or is larger, deeper or longer than any real file; names the line.
    """
    if len(data) > MAX_BYTES:
        raise NotReadableError(Said("more than {limit} KiB of TOML", limit=MAX_BYTES >> 10))
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise NotReadableError(Said("not UTF-8 text (byte {start})", start=error.start)) from error
    if found := _LONG_KEY.search(text):
        line = 1 + text.count("\n", 0, found.start())
        said = Said("line {line}: a key of more than {most} parts", line=line, most=MAX_PARTS)
        raise NotReadableError(said)
    if found := _LONG_NUMBER.search(text):
        line = 1 + text.count("\n", 0, found.start())
        said = Said("line {line}: a number of more than {most} digits", line=line, most=MAX_DIGITS)
        raise NotReadableError(said)
    try:
        with foreign():
            fields = tomllib.loads(text)
    except NotReadableError as error:
        if isinstance(error.__cause__, tomllib.TOMLDecodeError):
            fault = str(error.__cause__)
            raise NotReadableError(Said("not valid TOML: {fault}", fault=fault)) from error
        raise
    refuse_deep(fields)
    return fields


def line_of(text: str, place: tuple[int | str, ...]) -> int | None:
    """Return the line, from 1, at which a key stands that a model refuses, as near as it goes."""
    position, table = None, ""
    for part in place:
        start = position or 0
        if isinstance(part, int):
            heads = list(re.finditer(rf"(?m)^[ \t]*\[\[[ \t]*{re.escape(table)}\b", text))
            found = heads[part].start() if part < len(heads) else None
        else:
            key = re.compile(rf"(?m)^[ \t\[]*(?:[\w.-]+\.)?[\"']?{re.escape(part)}\b")
            match = key.search(text, start)
            found, table = (match.start() if match else None), part
        position = position if found is None else found
    return None if position is None else 1 + text.count("\n", 0, position)
