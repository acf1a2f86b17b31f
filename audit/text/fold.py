# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Reduces text to the words that carry its meaning, so that typography cannot differ.

The same words circulate with straight and curly quotes, other dashes, hyphenated and broken lines.
None of that is a change. Case, punctuation, quotes and dashes are dropped; every CJK ideograph is
a word of its own; © is (c). Of a licence (:func:`words`) mark-up, link targets and enumerators are
dropped too, and a word broken by a hyphen at the end of a line is marked; elsewhere
(:func:`phrase`) the two halves are one word.
"""

import html
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

_IDEOGRAPH = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_IDEOGRAPH}]|[^\W_{_IDEOGRAPH}]+")
_FOLD = str.maketrans(
    {"©": "(c)", "\u00ad": None, "\u200b": None, "\u2060": None, "\ufeff": None}
    | dict.fromkeys("\u2010\u2011", "-")
    | dict.fromkeys("\u2012\u2013\u2014\u2015\u2212", "\u2013")
)
_SOFT_BREAK = re.compile(r"\u00ad(?=[ \t]*\n)")
_LINK = re.compile(r"!?\[([^\[\]]{0,500})\]\(([^()\s]{0,500})\)")
_TAG = re.compile(
    r"</?(?:a|b|br|center|code|div|em|h[1-6]|hr|i|li|ol|p|pre|span|strong|table|td|th|tr|u|ul)"
    r"(?:\s[^<>]{0,300})?/?>",
    re.I,
)
_NUMERAL = r"(?:[a-z]|x{1,3}(?:ix|iv|v?i{0,3})|ix|iv|v?i{1,3}|\d{1,2})"
_ENUMERATOR = re.compile(
    rf"\({_NUMERAL}\)"  # (a) (iv) (12), and (c) for copyright
    rf"|(?<![\w.&'\u2013-]){_NUMERAL}\\?[.)](?=\s|$)"  # a. IV) 12. 1\.
    r"|(?:^|(?<=[.;:]\s)|(?<=\n\n))[\s#*>]{0,20}\d{1,2}(?:\.\d{1,2})+\.?(?=\s)"  # 2.1 after a stop
)
_LINE_END = re.compile(r"\r\n|\r|\n")
_BROKEN = re.compile(r"-[ \t]*\n[ \t]*")
_SHORT = 100
_PREFIX = re.compile(r"\b(pre|re|un)[-\u2010\u2011]", re.I)
_APOSTROPHE = re.compile(r"['\u2019]")


def letters(text: str) -> str:
    """Return a name's letters and digits alone, without regard to case."""
    return "".join(filter(str.isalnum, text)).casefold()


class Word(NamedTuple):
    """One word in its folded form, its line from 1, and whether a hyphen broke it off.

    ``broken``: the word before ended in a hyphen at the end of its line, so that the two
    may be one.
    """

    form: str
    line: int
    broken: bool = False


def words(text: str) -> list[Word]:
    r"""Return the words of a licence.

    Examples
    --------
    >>> [word.form for word in words("1.2 You may “copy” the Non-Commercial\nWork © 2024")]
    ['you', 'may', 'copy', 'the', 'non', 'commercial', 'work', '2024']
    """
    shown = _TAG.sub(_lines_only, _LINK.sub(_shown, _folded(text)))
    return _split(_ENUMERATOR.sub(_lines_only, shown))


def phrase(text: str) -> list[Word]:
    """Return the words of any text, those that a line's end broke in one piece.

    Examples
    --------
    >>> forms(phrase("Copyright © Meta—All “Rights”"))
    ['copyright', 'c', 'meta', 'all', 'rights']
    """
    found: list[Word] = []
    for word in _split(_folded(text)):
        if word.broken and not word.form[0].isdigit():
            found[-1] = Word(found[-1].form + word.form, found[-1].line)
        else:
            found.append(word)
    return found


def plain(text: str) -> str:
    """Return the words of a sentence with a space around each; ``pre-trained`` is one word.

    Examples
    --------
    >>> plain("**Pre-trained** by Meta's team")
    ' pretrained by metas team '
    """
    return _short(text) if len(text) <= _SHORT else _plain(text)


@lru_cache(maxsize=4096)
def _short(text: str) -> str:
    """Keep the words of rules, which every sentence is asked for."""
    return _plain(text)


def _plain(text: str) -> str:
    joined = _PREFIX.sub(r"\1", _APOSTROPHE.sub("", text))
    return f" {' '.join(forms(phrase(joined)))} "


def forms(found: list[Word]) -> list[str]:
    """Return the folded words alone."""
    return [word.form for word in found]


def _split(text: str) -> list[Word]:
    found: list[Word] = []
    line, end = 1, 0
    for match in _WORD.finditer(text):
        between = text[end : match.start()]
        line += between.count("\n")
        broken = bool(found) and _BROKEN.fullmatch(between) is not None
        found.append(Word(match[0], line, broken))
        end = match.end()
    return found


def _folded(text: str) -> str:
    """Fold what typography does; the number of lines stays."""
    folded = html.unescape(text) if "&" in text else text
    if not folded.isascii():
        folded = unicodedata.normalize("NFKC", _SOFT_BREAK.sub("-", folded)).translate(_FOLD)
    # Line by line, and with bounded repetition above: a file may be one line of spaces.
    return "\n".join(line.rstrip(" \t") for line in _LINE_END.split(folded)).casefold()


def _shown(match: re.Match[str]) -> str:
    return match[1] or match[2]


def _lines_only(match: re.Match[str]) -> str:
    return " " + "\n" * match[0].count("\n")
