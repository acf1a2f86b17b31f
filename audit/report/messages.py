# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a message is: one sentence with placeholders, cut the same way for collecting and lookup.

A message is the unit of translation. Where the program fills a sentence in, the message has a
placeholder, ``{0}`` or ``{name}``; a paragraph is as many messages as it has sentences.
"""

import re

PLACEHOLDER = re.compile(r"\{(\w+)\}")
COUNTED = "0: a number"
"""The catalogue's note on a message whose first placeholder is filled with a number only."""
_END = re.compile(r"[.!?][”’\"')\]]*(?=\s+[A-Z{“‘`0-9(])")
_CODE = re.compile(r"`[^`\n]+`")
_ABBREVIATION = re.compile(
    r"\b(?:e\.g|i\.e|etc|cf|vs|no|art|sec|inc|ltd|co|corp)\.$", re.IGNORECASE
)


_NUMBER = re.compile(r"(\d+(?:\.\d+)*|[A-Z]\.\d+) (?=[A-Z])")


def numbered(text: str) -> tuple[str, str]:
    """Split a heading into its number and its words, so that renumbering changes no message."""
    found = _NUMBER.match(text)
    return (found[0], text[found.end() :]) if found else ("", text)


def sentences(text: str) -> list[str]:
    """Cut ``text`` after each full stop that a new sentence follows; nothing is lost but spaces.

    Examples
    --------
    >>> sentences("One, i.e. the first. {0} is the second.")
    ['One, i.e. the first.', '{0} is the second.']
    """
    code = [match.span() for match in _CODE.finditer(text)]
    found, start = [], 0
    for match in _END.finditer(text):
        inside = any(first < match.start() < last for first, last in code)
        if not inside and not _ABBREVIATION.search(text[: match.start() + 1]):
            found.append(text[start : match.end()].strip())
            start = match.end()
    return [*found, text[start:].strip()] if text[start:].strip() else found
