# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Running text split into pieces that a template can set: words, code and raised exponents.

Findings are written once, as plain text, for the record and the terminal. The page marks up
what a reader expects to see marked up, and it does so by splitting, never by trusting markup:
a template prints each piece with the usual escaping.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of text: ``code`` is set in the code face, ``raised`` as an exponent."""

    text: str
    code: bool = False
    raised: bool = False


Prose = tuple[Piece, ...]
"""Running text as the templates' ``prose`` macro takes it."""

_MARK = re.compile(r"`(?P<code>[^`\n]+)`|\b10\^(?P<power>-?\d+)\b|\b(?P<log>log10)\b")
_CODE = re.compile(r"`[^`\n]+`")
_END = re.compile(r"[.!?][”’\"')\]]*(?=\s+[^\sa-z])")
_ABBREVIATION = re.compile(
    r"\b(?:e\.g|i\.e|etc|cf|vs|no|art|sec|inc|ltd|co|corp)\.$", re.IGNORECASE
)


def prose(text: str) -> Prose:
    """Split ``text`` at words between backticks and at powers of ten.

    A backtick without a partner stays as it is. Joining the pieces gives the text back,
    less the backticks and carets, with real minus signs and the base of ``log10`` lowered.
    """
    pieces: list[Piece] = []
    position = 0
    for match in _MARK.finditer(text):
        _plain(pieces, text[position : match.start()])
        pieces.extend(_marked(match))
        position = match.end()
    _plain(pieces, text[position:])
    return tuple(pieces)


def _plain(pieces: list[Piece], text: str) -> None:
    if text:
        pieces.append(Piece(text=text))


def _marked(match: re.Match[str]) -> tuple[Piece, ...]:
    if match["code"]:
        return (Piece(text=match["code"], code=True),)
    if match["power"]:
        return (Piece(text="10"), Piece(text=match["power"].replace("-", "−"), raised=True))
    return (Piece(text="log₁₀"),)


def first_sentence(text: str) -> str:
    """Return the first whole sentence of ``text``; full stops inside backticks end none."""
    code = [match.span() for match in _CODE.finditer(text)]
    for match in _END.finditer(text):
        inside = any(start < match.start() < end for start, end in code)
        if not inside and not _ABBREVIATION.search(text[: match.start() + 1]):
            return text[: match.end()]
    return text
