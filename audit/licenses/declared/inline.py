# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Takes the words and the links out of one line of Markdown."""

import re

MARK = re.compile(r"\]\(|!?\[|\)|<[^<>]{0,400}>|\*+|`+|~~")
BREAK = re.compile(
    r"<(?:br|p|/p|div|/div|li|/li|td|/td|th|/th|tr|hr|h\d|/h\d|summary|/summary)\b", re.I
)


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
