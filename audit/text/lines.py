# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Where a line of running text may be broken on a terminal, in Latin letters and in hanzi.

Between words, and before and after a hanzi; not at a space that is there to hold, not before
what closes (a comma, a bracket) and not after what opens. A library that breaks at white space
alone takes a whole Chinese sentence for a word, and cuts it in the middle of a command.
"""

import re
from collections.abc import Iterator

from rich.cells import cell_len

_WIDE = (
    "\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6"
)
_OPENS, _CLOSES = "（「『《〈【“‘［", "，。；：、！？）」』》〉】”’］…"
_PIECE = re.compile(
    rf"[{_OPENS}]*(?:[{_WIDE}]|[^ \t{_WIDE}{_OPENS}]+)[{_CLOSES}]*[ \t]*|[{_OPENS}]+|[ \t]+"
)
_HANGS = re.compile(r" *(?:\S+(?: \S+)* {2,})?")


def breaks(text: str, room: int) -> list[int]:
    """Return where a line goes on in the next one, so that none is wider than ``room`` cells.

    Examples
    --------
    >>> breaks("one two three", 8)
    [8]
    >>> text = "请写入 base_model，再运行。"
    >>> at = breaks(text, 14)
    >>> [text[a:b] for a, b in zip([0, *at], [*at, None])]
    ['请写入 ', 'base_model，再', '运行。']
    """
    return list(_breaks(text, room))


def _breaks(text: str, room: int) -> Iterator[int]:
    used = 0
    for piece in _PIECE.finditer(text):
        word = piece[0].rstrip(" \t")
        if used and used + cell_len(word) > room:
            yield piece.start()
            used = 0
        if cell_len(word) > room:
            for index, character in enumerate(word):
                if used + cell_len(character) > room:
                    yield piece.start() + index
                    used = 0
                used += cell_len(character)
            used -= cell_len(word)
        used += cell_len(piece[0])


def folded(text: str, room: int) -> str:
    """Fold lines between words; what goes on hangs under what stands after the line's columns.

    Examples
    --------
    >>> print(folded("  not checked  signer: a self-made identity", 30))
      not checked  signer: a
                   self-made
                   identity
    """
    return "\n".join(line for one in text.split("\n") for line in _folded(one, room))


def _folded(line: str, room: int) -> Iterator[str]:
    lead = _HANGS.match(line)
    first = lead[0] if lead and cell_len(lead[0]) <= room // 2 else ""
    rest, indent = line[len(first) :], cell_len(first)
    ends = breaks(rest, room - indent)
    for number, (start, end) in enumerate(zip([0, *ends], [*ends, len(rest)], strict=True)):
        yield f"{' ' * indent if number else first}{rest[start:end]}".rstrip()
