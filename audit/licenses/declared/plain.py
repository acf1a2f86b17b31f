# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A README as plain sentences: Markdown and HTML taken off, each sentence with its line.

One pass over the text, and no pattern that looks back: the time is linear in its length. Code
blocks and comments say nothing. A list that ends an open sentence ("under either of") belongs to
it. Cells of a table are sentences only in a table whose head speaks of licences.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from audit.licenses.declared.inline import plain

_LONGEST = 4000
"""Characters of a line, and of a paragraph, that are looked at."""
MOST = 1500
"""Blocks of one README that are read for licences; nobody writes so many."""
_LEAST = 3
"""Letters that say nothing of a licence by themselves."""
_LINES = 400
"""Lines of one paragraph or table that are looked at."""
_TOP = 20_000
"""Characters in which the title is looked for."""
_COMMENT = re.compile(r"<!--|-->")
_HEADING = re.compile(r"\s{0,3}(#{1,6})\s+(.{1,400})")
_HTML_HEADING = re.compile(r"\s{0,8}<h([1-6])\b[^<>]{0,200}>", re.I)
_ITEM = re.compile(r"\s{0,12}(?:[-*+•]|\d{1,3}[.)、])\s+")
_TITLE = re.compile(r"\s*[:：|—–]\s|\s-\s|：")
"""Where the name in a title ends and what it is begins."""
_UNDERLINE = " \t=-"
_RULE = re.compile(r"[\s|:=-]+")
_ENDS = re.compile(
    r"[。！？；!?;](?:[\"'”」)])?|\x1f|(?<=\d)\.(?=\s+[\"“(*]{0,2}[A-Z一-鿿]|\s*$)"
    r"|(?<!\b[A-Z])(?<!\bv)(?<!e\.g)(?<!i\.e)(?<!\betc)(?<!\bincl)(?<!\bcf)(?<!\bvs)(?<!\bNo)"
    r"(?<!\b(?:Inc|Ltd|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec))(?<!\d)\.(?=\s|$|[\"”)])"
)
_OPEN = re.compile(r"[:：]\s*$|\b(?:of|under|licen[sc]es?|terms)\s*$", re.I)
_LABEL = re.compile(r"[^:：\n()（）]{1,40}[:：]\s|[^:：\n()（）]{1,40}：")
_SPEAKS = re.compile(
    r"licen[sc]|licen[çz]a|lizenz|лиценз|ліценз|许可|协议|라이[선센]스|ライセンス", re.I
)
_NAMED = re.compile(
    r"[\s*`\[]{0,4}(?:apache|mit\b|[al]?gpl|gnu|bsd|cc[\s0-]|creative|mpl|isc\b|unlicense|epl|eupl)",
    re.I,
)
"""What begins like the name of a common licence."""
_TEXT = re.compile(r"\]\([^()\s]{0,200}LICEN[CS]E")
"""A link to the text of a licence."""
_KEY = 24
"""Most characters of a cell that only says "licence"."""
_INCLUDED = re.compile(r",?\s\(?(?:incl\.|including|e\.g\.|such as)\s.*")
"""What a cell adds to what it names."""
_CELLS = 20
"""Most cells of a row that are looked at."""
_LABELLED = re.compile(r"[:：](?:\*|\s)")
_CHOICE = re.compile(r"(?:at your option|at your discretion|任选其一|二选一)", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence without its mark-up.

    ``links`` are (start, end, target) in ``text``. ``heading`` is what it stands under, and
    ``role`` whether it is itself a ``heading``, an ``item``, a ``row`` or an HTML ``cell`` of a
    table, or ``text``. ``follows``: another sentence of its block comes before.
    """

    text: str
    line: int
    heading: str
    role: str
    follows: bool = False
    links: tuple[tuple[int, int, str], ...] = ()


@dataclass(slots=True)
class _Block:
    role: str
    lines: list[tuple[int, str]]
    gap: bool = False
    listed: bool = False


def sentences(text: str, first_line: int, telling: re.Pattern[str]) -> Iterator[Sentence]:
    """Yield, in order, the sentences of the blocks that have a telling word or heading.

    After ``MOST`` of these blocks comes one sentence of the role ``rest``, and no more.
    """
    heading, told, under = "", 0, False
    for block in _blocks(text, first_line):
        found = _tells(block, telling)
        told += under or found
        if told > MOST:
            yield Sentence(text="", line=block.lines[0][0], heading="", role="rest")
            return
        if under or found:
            for part in _labelled(block) or [block]:
                yield from _sentences(part, plain(_bare(heading))[0].strip())
        if block.role == "heading":
            heading, under = block.lines[0][1], found


def _tells(block: _Block, telling: re.Pattern[str]) -> bool:
    for _, line in block.lines:
        if (len(line) > _LEAST or not line.isascii()) and telling.search(line):
            return True
    return False


def titles(text: str) -> list[str]:
    """Return the headings of the first level, else the first heading."""
    found = [b for b in _blocks(text[:_TOP], 1) if b.role.startswith("heading")]
    levels = [(_level(b.lines[0][1]), plain(_bare(b.lines[0][1]))[0].strip()) for b in found]
    found_names = [_TITLE.split(words)[0] for level, words in levels if level == 1]
    return [name for name in found_names if name][:3] or [w for _, w in levels[:1]]


def _level(line: str) -> int:
    mark = _HEADING.match(line)
    html = _HTML_HEADING.match(line)
    return len(mark[1]) if mark else int(html[1]) if html else 1


def _blocks(text: str, first_line: int) -> Iterator[_Block]:
    """Group lines into headings, paragraphs, items and tables; code and comments are left out."""
    block = _Block("text", [])
    for number, line in _prose_lines(text, first_line):
        if not line and block.role == "blank":
            continue
        role = _role(line, block)
        if role == "setext":
            block.role, role = "heading", "text"
        if role != "same":
            if block.lines:
                yield block
            block = _Block(role, [])
        if line.strip(_UNDERLINE) and len(block.lines) < _LINES:
            block.lines.append((number, line))
    if block.lines:
        yield block


def _prose_lines(text: str, first_line: int) -> Iterator[tuple[int, str]]:
    """Yield the lines outside of blocks of code, with their numbers.

    What stands in a block under a heading about licences is a notice, and no code.
    """
    fence, speaks = "", False
    for number, whole in enumerate(_without_comments(text).split("\n"), first_line):
        line = whole[:_LONGEST]
        bare = line.lstrip()
        mark = bare[:3] if bare.startswith(("```", "~~~")) else ""
        if mark == "```" and "`" in bare.lstrip("`"):
            mark = ""  # code within a line, however many marks it has
        if not mark and (speaks or not fence):
            yield number, line
            head = None if fence else _HEADING.match(line)
            speaks = speaks if head is None else bool(_SPEAKS.search(head[2]))
        elif mark:
            fence = "" if fence == mark else fence or mark


def _role(line: str, block: _Block) -> str:
    """Return what a line begins, or that it goes on with the same block."""
    stripped = line.strip()
    first = stripped[:1]
    if (first == "#" and _HEADING.match(line)) or (first == "<" and _HTML_HEADING.match(line)):
        return "heading"
    if first == "|" or _is_row(stripped):
        return "same" if block.role == "table" else "table"
    if (first in "-*+•" or first.isdigit()) and first and _ITEM.match(line):
        block.listed, block.gap = _is_open(block), False
        return "same" if block.listed else "item"
    lined = first and not stripped.strip(_UNDERLINE)
    if lined and block.role == "text" and block.lines:
        return "setext"
    if not stripped:
        block.gap = True
        return "same" if _is_open(block) else "blank"
    goes_on = block.role in ("text", "item") or (block.role == "open" and not block.gap)
    return "same" if goes_on or (block.listed and _CHOICE.search(stripped)) else "text"


def _is_row(line: str) -> bool:
    """Whether a line is a row of a table without marks at its ends, and not labels in a row."""
    piped = line.count(" | ") > 1 and len(line.split("|")) <= _CELLS
    return piped and not _LABELLED.search(line)


def _is_open(block: _Block) -> bool:
    """Whether a paragraph that speaks of licences waits for the list that follows it."""
    waits = block.role == "text" and block.lines and _OPEN.search(block.lines[-1][1].rstrip()[-40:])
    if waits and any(_SPEAKS.search(line) for _, line in block.lines):
        block.role = "open"
    return block.role == "open"


def _without_comments(text: str) -> str:
    """Blank HTML comments, line ends kept; one that is never closed is text."""
    parts, at, opened = [], 0, -1
    for mark in _COMMENT.finditer(text):
        if mark[0] == "<!--" and opened < 0:
            opened = mark.start()
        elif mark[0] == "-->" and opened >= 0:
            parts += [text[at:opened], "\n" * text.count("\n", opened, mark.end())]
            at, opened = mark.end(), -1
    return "".join((*parts, text[at:]))


def _sentences(block: _Block, heading: str) -> Iterator[Sentence]:
    if block.role == "table":
        yield from _rows(block, heading)
        return
    pieces, starts, size, lead = [], [], 0, _LONGEST * 2
    for number, line in block.lines:
        part = _bare(line).rstrip().rstrip("#").rstrip()
        if block.role == "open":
            part = part + "," if _ITEM.match(line) else part.rstrip(":： ")
        elif line.endswith("  "):
            part += "\x1f"
        if _ITEM.match(line) and block.role == "open":
            lead = min(lead, size)
        starts.append((size, number))
        pieces.append(part)
        size += len(part) + 1
        if size > _LONGEST:
            break
    yield from _cut("\n".join(pieces), starts, heading, block.role, lead)


def _labelled(block: _Block) -> list[_Block]:
    """Split a sentence from its list where each item has a label ("Code: MIT"), else nothing."""
    items = [i for i, (_, line) in enumerate(block.lines) if _ITEM.match(line)]
    if (
        block.role != "open"
        or not items
        or not all(_LABEL.match(_bare(block.lines[i][1])) for i in items)
    ):
        return []
    bounds = zip(items, (*items[1:], len(block.lines)), strict=True)
    lead = _Block("text", block.lines[: items[0]])
    return [lead, *(_Block("item", block.lines[first:last]) for first, last in bounds)]


def _bare(line: str) -> str:
    """Take the marks of a heading, a quotation or a list from the beginning of a line."""
    line = line.lstrip("> \t")
    mark = _HEADING.match(line)
    item = _ITEM.match(line)
    return mark[2] if mark else line[item.end() :] if item else line


def _cut(
    raw: str, starts: list[tuple[int, int]], heading: str, role: str, lead: int
) -> Iterator[Sentence]:
    """Take the mark-up off and cut at ends of sentences, up to a list that begins at ``lead``."""
    text, places, links = plain(raw)
    offsets = [start for start, _ in starts]
    at = 0
    ends = [m.end() for m in _ENDS.finditer(text) if places[m.end() - 1] + 1 < lead]
    for end in (*ends, len(text)):
        said = text[at:end]
        if said.strip(" \n\x1f"):
            begin = at + len(said) - len(said.lstrip(" \n\x1f"))
            line, number = starts[bisect_right(offsets, places[begin]) - 1]
            cell = raw.startswith(("<td", "<th", "<tr", "<tbody", "<table"), line)
            inside = tuple(
                (a - begin, b - begin, target) for a, b, target in links if at <= a and b <= end
            )
            whole = role == "open" and end < len(text)  # and the list belongs to the last
            yield Sentence(
                text=text[begin:end].replace("\n", " ").replace("\x1f", " "),
                line=number,
                heading=heading,
                role="cell" if cell else "text" if whole else role,
                follows=at > 0,
                links=inside,
            )
        at = end


def _rows(block: _Block, heading: str) -> Iterator[Sentence]:
    """Yield "part: licence" for the rows of a table that say what something is under.

    The head names a column of licences; or the first cell of a row says "licence" and the second
    which; or there is no head, and a cell is a name. A cell that links the text is kept.
    """
    rows = [(number, _cells(line)) for number, line in block.lines]
    ruled = any(_RULE.fullmatch(line.strip()) for _, line in block.lines[1:2])
    head = rows[0][1] if ruled else []
    column = next((i for i, cell in enumerate(head) if i and _SPEAKS.search(cell)), None)
    for number, cells in rows[bool(head) :]:
        at = _said_in(cells, column, ruled=ruled)
        if at is None or len(cells) <= at or _RULE.fullmatch("".join(cells)):
            continue
        linked = next((f" ({cell})" for cell in cells[at + 1 :] if _TEXT.search(cell)), "")
        text, _, links = plain(f"{_INCLUDED.sub('', cells[0])}: {cells[at]}{linked}")
        yield Sentence(text=text, line=number, heading=heading, role="row", links=tuple(links))


def _said_in(cells: list[str], column: int | None, *, ruled: bool) -> int | None:
    """Return the cell of a row that says the licence of what the first names."""
    if column is not None:
        return column
    if len(cells[0]) <= _KEY and _SPEAKS.search(cells[0]):
        return 1
    named = (i for i, cell in enumerate(cells) if i and _NAMED.match(cell))
    return None if ruled else next(named, None)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")[:_CELLS]]
