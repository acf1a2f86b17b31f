# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Takes the words and the links out of one line of Markdown, and asides out of a sentence.

An aside (an address, the date of news, "unless otherwise noted") is replaced by spaces, so that
every word keeps its place. An exception for what says something else takes nothing back.
"""

import re

MARK = re.compile(
    r"\]\(|!?\[|\)|<[^<>]{0,400}>|\*+|`+(?:__?(?!\w))?|~~|(?<!\w)__(?=\w)|(?<=[\w.!)])__(?!\w)"
)
BREAK = re.compile(
    r"<(?:br|p|/p|div|/div|li|/li|td|/td|th|/th|tr|hr|h\d|/h\d|summary|/summary)\b", re.I
)
_ADDRESS = re.compile(r"https?://[^\s<>()\[\]，。；、）》]+")
_NEWS = re.compile(
    r"^\W{0,3}(?:(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?\s?"
    r"|(?:19|20)\d\d|\d{1,2}(?:st|nd|rd|th)?|[年月日\s,./-]){2,8}[\]\)】]{0,2}\s?[:：-]?(?=\s)",
    re.I,
)
"""The date with which a piece of news begins."""
_UNLESS = re.compile(
    r",?\s?\b(?:unless|except (?:where|when|as|if)|where not)\s"
    r"(?:(?:it is|explicitly|otherwise|specifically|specified|noted|stated|marked|indicated"
    r"|mentioned|declared|licensed|differently|in the|in an|individual|files?|headers?|below|above)"
    r"[\s,]?){1,8},?"
    r"|\b(?:sauf (?:indication|mention) contraire|sofern nicht anders (?:angegeben|vermerkt)"
    r"|salvo que se indique lo contrario|salvo indicación contraria|salvo indicação em contrário"
    r"|salvo diversa indicazione|если не указано иное),?"
    r"|除(?:非)?(?:另有|特别|特殊)(?:说明|注明|规定|声明|標註|标注)(?:的?(?:内容)?(?:以?外|之外)?)[，,]?"
    r"|(?:特に|別途)[^、。\s]{0,12}(?:明記|記載|断り|指定)[^、。\s]{0,8}(?:限り|場合は?)、?"
    r"|(?:별도|따로)[^,.\s]{0,4}\s?(?:명시|언급|표기)[^,.\s]{0,6}\s?(?:없는|않는)\s?한,?",
    re.I,
)
"""Words by which a sentence leaves out what says something else."""
_INCLUDING = re.compile(r"(?<=,)\s(?:including|incl\.|such as|e\.g\.)\s[^,.;:()]{1,100},", re.I)
"""What a subject includes, between commas."""
_SHOWN = re.compile(r"\bas (?:shown|found|available|stated) (?:at|in|on)\b|\bavailable at\b", re.I)
"""What stands before an address between two names."""
_WHOLE = re.compile(r"(?<=\w) as a whole\b", re.I)


def without_asides(text: str) -> str:
    """Return a sentence with spaces in place of what names no subject and no licence.

    Examples
    --------
    >>> " ".join(without_asides("It is, unless otherwise noted, MIT licensed.").split())
    'It is MIT licensed.'
    """
    for aside in (_ADDRESS, _NEWS, _UNLESS, _INCLUDING, _SHOWN, _WHOLE):
        text = aside.sub(lambda found: " " * len(found[0]), text)
    return text


def plain(raw: str) -> tuple[str, list[int], list[tuple[int, int, str]]]:
    """Return the words of Markdown, where each character stood, and the links in them."""
    reader = _Inline(raw)
    for mark in MARK.finditer(raw):
        reader.take(mark)
    return reader.rest()


class _Inline:
    """Takes marks off, from left to right; images say nothing, links keep their target."""

    def __init__(self, raw: str) -> None:
        self._raw = raw
        self._at = 0
        self._text = ""
        self._places: list[int] = []
        self._links: list[tuple[int, int, str]] = []
        self._opened: list[tuple[int, bool]] = []
        self._target: tuple[int, int, bool] | None = None

    def take(self, mark: re.Match[str]) -> None:
        """Go on to a mark and past it."""
        if self._target is not None or mark[0] == ")":
            if self._target is not None and mark[0] == ")":
                self._close(*self._target, mark)
            return
        self._copy(mark.start())
        self._at = mark.end()
        if mark[0] in ("[", "!["):
            if self._text[-1:].isascii() and self._text[-1:].isalpha():  # "under[MIT](LICENSE)"
                self._text += " "
                self._places.append(mark.start())
            self._opened.append((len(self._places), mark[0] == "!["))
        elif mark[0] == "](" and self._opened:
            begin, image = self._opened.pop()
            self._target = (begin, mark.end(), image)
        elif mark[0].startswith("<") and BREAK.match(mark[0]):
            self._text += "\x1f"
            self._places.append(mark.start())

    def rest(self) -> tuple[str, list[int], list[tuple[int, int, str]]]:
        """Copy what is left; a target that never ends is text."""
        self._at = self._at if self._target is None else self._target[1]
        self._copy(len(self._raw))
        return self._text, self._places, self._links

    def _copy(self, upto: int) -> None:
        self._text += self._raw[self._at : upto]
        self._places.extend(range(self._at, upto))

    def _close(self, begin: int, start: int, image: bool, mark: re.Match[str]) -> None:
        if image:
            self._text = self._text[:begin]
            del self._places[begin:]
        else:
            target = self._raw[start : mark.start()].strip()
            self._links.append((begin, len(self._places), target))
        self._target, self._at = None, mark.end()
