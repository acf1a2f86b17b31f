# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Reduces a text to the words that carry its meaning, so that typography cannot differ.

The same licence circulates with straight and curly quotes, other dashes, markdown, lists
numbered or not, and broken lines. None of that is a change of terms. Case, punctuation,
quotes, dashes, mark-up, link targets and enumerators are dropped; every CJK ideograph is a
word of its own. The rules look at characters and never at where a line happens to end,
except that a word broken by a hyphen at the end of a line is marked as such.
"""

import html
import re
import unicodedata
from dataclasses import dataclass

_IDEOGRAPH = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_IDEOGRAPH}]|[^\W_{_IDEOGRAPH}]+")
_FOLD = str.maketrans(
    {"©": "(c)", "\u00ad": None, "\u200b": None, "\u2060": None, "\ufeff": None}
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
)
_LINK = re.compile(r"!?\[([^\[\]]{0,500})\]\(([^()\s]{0,500})\)")
_TAG = re.compile(
    r"</?(?:a|b|br|center|code|div|em|h[1-6]|hr|i|li|ol|p|pre|span|strong|table|td|th|tr|u|ul)"
    r"(?:\s[^<>]{0,300})?/?>",
    re.I,
)
_NUMERAL = r"(?:[a-z]|x{1,3}(?:ix|iv|v?i{0,3})|ix|iv|v?i{1,3}|\d{1,2})"
_ENUMERATOR = re.compile(
    rf"\({_NUMERAL}\)"  # (a) (iv) (12), and (c) for copyright
    rf"|(?<![\w.&'-]){_NUMERAL}\\?[.)](?=\s|$)"  # a. IV) 12. 1\.
    r"|(?:^|(?<=[.;:]\s)|(?<=\n\n))[\s#*>]{0,20}\d{1,2}(?:\.\d{1,2})+\.?(?=\s)"  # 2.1 after a stop
)
_LINE_END = re.compile(r"\r\n|\r|\n")
_BROKEN = re.compile(r"-[ \t]*\n[ \t]*$")


@dataclass(frozen=True, slots=True)
class Word:
    """One word in its folded form, its line from 1, and whether a hyphen broke it off.

    ``broken``: the word before ended in a hyphen at the end of its line, so that the two
    may be one.
    """

    form: str
    line: int
    broken: bool = False


def words(text: str) -> list[Word]:
    r"""Return the words of a text.

    Examples
    --------
    >>> [word.form for word in words("1.2 You may “copy” the Non-Commercial\nWork © 2024")]
    ['you', 'may', 'copy', 'the', 'non', 'commercial', 'work', '2024']
    """
    found: list[Word] = []
    line, end = 1, 0
    plain = _plain(text)
    for match in _WORD.finditer(plain):
        between = plain[end : match.start()]
        line += between.count("\n")
        broken = bool(found) and _BROKEN.search(between) is not None
        found.append(Word(match[0], line, broken))
        end = match.end()
    return found


def forms(found: list[Word]) -> list[str]:
    """Return the folded words alone."""
    return [word.form for word in found]


def _plain(text: str) -> str:
    """Fold what typography does; the number of lines stays."""
    folded = unicodedata.normalize("NFKC", html.unescape(text)).translate(_FOLD)
    # Line by line, and with bounded repetition below: a file may be one line of spaces.
    folded = "\n".join(line.rstrip(" \t") for line in _LINE_END.split(folded)).casefold()
    folded = _LINK.sub(_shown, folded)
    folded = _TAG.sub(_lines_only, folded)
    return _ENUMERATOR.sub(_lines_only, folded)


def _shown(match: re.Match[str]) -> str:
    return match[1] or match[2]


def _lines_only(match: re.Match[str]) -> str:
    return " " + "\n" * match[0].count("\n")
