# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What the scanner did not read to its end, read again: tags, and versions of GNU licences."""

import re
from dataclasses import replace

from audit.licenses.detected.basic import tags
from audit.licenses.detected.reply import Match

_UNKNOWN_TAG = "LicenseRef-scancode-unknown-spdx"
_ANY_GNU = re.compile(r"(?:(A)GPL-1\.0|(L)GPL-2\.0|GPL-1\.0)-or-later")
"""What the scanner says where it read no version."""
_VERSION = re.compile(
    r"(?P<kind>affero |lesser |library |)general public licen[sc]e,? "
    r"(?:as published by [\w ]{1,40},? )?(?:either )?(?:version|v\.?) ?"
    r"(?P<major>[123])(?:\.(?P<minor>[01]))?"
    r"(?P<later>(?: of the licen[sc]e)?,? or (?:\(at your option\) )?(?:any )?later|\+)?",
    re.I,
)
_KINDS = {"": "", "affero ": "A", "lesser ": "L", "library ": "L"}
_MARKS = re.compile(r"[\s#*/;%<!>-]+")
"""What stands between words of a comment that goes on on another line."""
_NEXT = 2
"""Lines after a match on which a version may stand."""


def read_again(detection: tuple[Match, ...], lines: list[str]) -> tuple[Match, ...]:
    """Return the matches of one place of a text, with what the scanner left out of them."""
    return tuple(again for match in detection for again in _again(match, lines))


def _again(match: Match, lines: list[str]) -> list[Match]:
    """Read a tag, which the scanner takes in the code after a comment with, or a version."""
    if match.expression == _UNKNOWN_TAG and match.start <= len(lines):
        return [replace(match, expression=each) for each in tags(lines[match.start - 1])]
    kind = _ANY_GNU.fullmatch(match.expression)
    if kind is None:
        return [match]
    near = _MARKS.sub(" ", " ".join(lines[match.start - 1 : match.end + _NEXT]))
    letter = kind[1] or kind[2] or ""
    said = [v for v in _VERSION.finditer(near) if _KINDS[v["kind"].casefold()] == letter]
    read = {
        f"{letter}GPL-{v['major']}.{v['minor'] or 0}-{'or-later' if v['later'] else 'only'}"
        for v in said
    }
    return [replace(match, expression=read.pop())] if len(read) == 1 else [match]
