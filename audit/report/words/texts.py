# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""How names and sentences of a record are written: visible, cut where they are too long, counted.

What is cut says so. A name inside a sentence is a plain ``str``; everything that a language says
in its own way is :class:`~audit.record.said.Said`.
"""

import re
import unicodedata
from collections.abc import Sequence

from audit.record.licenses import NOASSERTION
from audit.record.said import Argument, Said

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
_CODE = re.compile(r"`[^`\n]+`")
_END = re.compile(r"[.!?][”’\"')\]]*(?=\s+[^\sa-z])|。[”’）]*")
_ABBREVIATION = re.compile(
    r"\b(?:e\.g|i\.e|etc|cf|vs|no|art|sec|inc|ltd|co|corp)\.$", re.IGNORECASE
)
_LONGEST_MESSAGE, _MOST_LISTED = 2000, 24
NO_VALUE = "–"


def visible(text: str) -> str:
    """Replace control, format and unassigned characters by their visible code point.

    Line breaks and tabs become spaces. Without this a file name could reorder the line
    it stands in (bidirectional overrides) or drive a terminal (escape sequences).
    """
    return text if text.isprintable() else "".join(map(_visible_character, text))


def _visible_character(character: str) -> str:
    if character in "\n\r\t":
        return " "
    return code_point(character) if unicodedata.category(character) in _INVISIBLE else character


def code_point(character: str) -> str:
    """Return the visible stand-in of one character, for example ``‹U+202E›``."""
    return f"‹U+{ord(character):04X}›"


def columns(character: str) -> int:
    """Return how wide a visible character is printed, in Latin letters.

    What the Chinese subset of the bundled fonts has takes two; what no bundled font has is
    printed as ``‹U+4E2D›`` and takes eight.
    """
    if ord(character) < 0x0500 or 0x2000 <= ord(character) < 0x2300:
        return 1
    return 2 if character.encode("gb2312", "ignore") else 8


def prose(text: str) -> Said:
    """Return a sentence or word of the record as one that a language may know."""
    return text if isinstance(text, Said) else Said.plain(text)


def sentence(text: str) -> Said:
    """Return a clause of the record as a sentence: with a capital and a full stop."""
    said = Said("{text:sentence}", text=prose(text))
    return said if text.endswith(".") else Said("{text}.", text=said)


def clip(text: str, limit: int) -> str:
    """Shorten ``text`` to about ``limit`` characters and say how long it was.

    Of a sentence of ours what fills it is shortened, so that a language can still say it.
    """
    if len(text) <= limit:
        return text
    if isinstance(text, Said) and text.arguments and len(text.message) <= _LONGEST_MESSAGE:
        most = max(40, limit // 3)
        return Said(text.message, **{k: _clipped(v, most) for k, v in text.arguments.items()})
    if isinstance(text, Said) and len(text) <= min(2 * limit, _LONGEST_MESSAGE):
        return text
    return Said(
        "{beginning} … ({length:count} characters, whole in record.json)",
        beginning=str(text[:limit]).rstrip(),
        length=len(text),
    )


def _clipped(value: Argument, limit: int) -> Argument:
    if isinstance(value, tuple):
        return tuple(clip(part, limit) for part in value[:_MOST_LISTED])
    return clip(value, limit) if isinstance(value, str) else value


def told(text: str, limit: int) -> str:
    """Return a sentence of the record, shortened to about ``limit`` characters."""
    return clip(prose(text), limit)


def brief(text: str, limit: int) -> str:
    """Shorten ``text`` where the whole of it stands in a later section."""
    if len(text) <= limit:
        return text
    head = str(text[:limit])
    return f"{head.rpartition(' ')[0] or head} …"


def short_name(text: str, limit: int = 60) -> str:
    """Shorten a name for running text; the start and the end carry the meaning."""
    if len(text) <= limit:
        return text
    return f"{text[: limit - 16]}…{text[-15:]}"


def quoted(name: str, limit: int = 60) -> str:
    """Write a name inside a sentence, where a bare ``model`` would be read as a word."""
    return f"“{short_name(name, limit)}”"


def place(path: str, line: int | None = None, limit: int = 200) -> str:
    """Write ``path:line``."""
    shown = clip(path, limit)
    if line is None:
        return shown
    return (
        Said("{path}:{line}", path=shown, line=line)
        if isinstance(shown, Said)
        else (f"{shown}:{line}")
    )


def amount(number: int, singular: str, plural: str | None = None) -> Said:
    """Count something: ``1 file``, ``1,204 files``."""
    noun = singular if number == 1 else plural or f"{singular}s"
    return Said(f"{{n:count}} {noun}", n=number)


def known_as(expression: str) -> str:
    """Write a licence expression; what SPDX calls NOASSERTION in words."""
    return Said("not identified") if expression == NOASSERTION else expression


def left_out(total: int, shown: int, singular: str, plural: str | None = None) -> str:
    """Say how many of ``total`` stand in the record only; empty where all are shown."""
    left = total - shown
    others = None if plural is None else f"more {plural}"
    if left <= 0:
        return ""
    return Said("{number} in record.json.", number=amount(left, f"more {singular}", others))


def some(names: Sequence[str], most: int, singular: str = "") -> tuple[str, ...]:
    """Return the first ``most`` names, and a count of the rest as the last."""
    left = len(names) - most
    if left <= 0:
        return tuple(names)
    rest = amount(left, f"more {singular}") if singular else Said("{n:count} more", n=left)
    return (*names[:most], rest)


def first_sentence(text: str) -> str:
    """Return the first whole sentence of ``text``; full stops inside backticks end none."""
    code = [match.span() for match in _CODE.finditer(text)]
    for match in _END.finditer(text):
        inside = any(start < match.start() < end for start, end in code)
        if not inside and not _ABBREVIATION.search(text[: match.start() + 1]):
            return text[: match.end()]
    return text
