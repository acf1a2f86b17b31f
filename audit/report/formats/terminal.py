# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Writes blocks as lines of text, for terminals and for files of plain text.

Lines are broken here, at spaces and with a hanging indent, because a terminal breaks them
anywhere. Nothing is shortened that the reader would need: ids and paths stay whole. Control
characters in names become visible code points, so that a file name cannot drive the terminal.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from rich.cells import cell_len
from rich.text import Text as Rich

from audit.languages import Language
from audit.record.said import Said
from audit.report import blocks as b
from audit.report.contents import sections
from audit.report.formats.interface import Format
from audit.report.page import Page
from audit.report.words.language import Words, words
from audit.report.words.texts import visible
from audit.text.lines import breaks

_LEAST, _PLAIN = 24, 80
"""Columns that any terminal is taken to have; columns of a file."""
_GAP, _STEP = 2, 2
_NARROW = 12
"""Columns that each column of a table needs on average; with fewer its rows are stacked."""
_NAME = re.compile(r"[!-~]+")
"""Characters without a space, of which a name or a path is made."""
_COLON = Said(": ")
_CODE, _HELD = re.compile(r"`[^`\n]+`"), "\ue000"
"""Text in back-ticks; what stands for its spaces while lines are broken, and in no text."""
_STYLES = {
    **{"critical": "bold red", "high": "red", "medium": "yellow"},
    **{"pass": "bold green", "fail": "bold red", "indeterminate": "bold yellow", "dim": "dim"},
}


def render(page: Page, language: Language) -> bytes:
    """Write a whole report as plain text."""
    return f"{draw(sections(page), _PLAIN, language).plain}\n".encode()


TEXT = Format(name="text", suffix=".txt", signed=False, render=render)


def draw(blocks: Sequence[b.Block], width: int, language: Language = Language.ENGLISH) -> Rich:
    """Return blocks as text of at most ``width`` columns; what is longer is a path."""
    paper = _Paper(max(_LEAST, width), words(language))
    for block in blocks:
        paper.block(block, 0)
    paper.text.rstrip()
    return paper.text


class _Paper:
    """Collects lines; each block says how far it is indented."""

    def __init__(self, width: int, spoken: Words) -> None:
        self.width, self.spoken = width, spoken
        self.text = Rich(overflow="fold")

    def block(self, block: b.Block, indent: int) -> None:
        """Write one block."""
        write: Callable[[Any, int], None] = getattr(self, f"_{type(block).__name__.lower()}")
        write(block, indent)

    def _heading(self, block: b.Heading, indent: int) -> None:
        if block.level < 4 and self.text and not self.text.plain.endswith("\n\n"):
            self.text.append("\n")
        self._lines(self._rich(block.text, "bold"), indent)

    def _paragraph(self, block: b.Paragraph, indent: int) -> None:
        self._lines(self._rich(block.text), indent + _STEP * (block.kind == "indent"))

    def _bullets(self, block: b.Bullets, indent: int) -> None:
        for number, item in enumerate(block.items, start=1):
            self._cell(item, indent, f"{number}. " if block.numbered else "- ")

    def _figure(self, block: b.Figure, indent: int) -> None:
        for text in (block.drawing.title, block.drawing.description, block.caption):
            self._lines(self._rich(text), indent)

    def _quote(self, block: b.Quote, indent: int) -> None:
        for line in block.lines:
            self._lines(Rich(visible(self.spoken.say(line))), indent + _STEP)

    def _section(self, block: b.Section, indent: int) -> None:
        for inner in block.blocks:
            self.block(inner, indent + _STEP * (block.kind == "indent"))

    def _rich(self, text: b.Text, style: str = "") -> Rich:
        """Write running text; marks stay as they were typed."""
        if isinstance(text, tuple):
            return self._sentences(text, style)
        if isinstance(text, b.Opening):
            return Rich("".join(run.text for run in self.spoken.opening(text.text)), style)
        if isinstance(text, str):
            return Rich(visible(self.spoken.say(text)), style)
        look = {"Strong": "bold", "Badge": _STYLES.get(getattr(text, "kind", ""), style)}
        written = self._rich(text.text, look.get(type(text).__name__, style))
        written.no_wrap = isinstance(text, b.Code) and text.line
        return written

    def _sentences(self, texts: Iterable[b.Text], style: str) -> Rich:
        found = Rich()
        for written in (self._rich(text, style) for text in texts):
            if found and written:
                found.append(self.spoken.space_after(found.plain))
            found.append_text(written)
        return found

    def _lines(self, text: Rich, indent: int, lead: Rich | None = None) -> None:
        """Write a paragraph; ``lead`` takes the place of the indent on its first line."""
        if text.no_wrap:
            self.text.append_text((lead or Rich(" " * indent)) + text).append("\n")
            return
        for index, line in enumerate(self._wrapped(text, self.width - indent)):
            blank = Rich(" " * indent)
            self.text.append_text(blank if index or lead is None else lead)
            self.text.append_text(line).append("\n")

    def _wrapped(self, text: Rich, room: int) -> list[Rich]:
        """Break a paragraph between words, but never inside a command that has room on a line."""
        lines: list[Rich] = []
        for one in text.split("\n", allow_blank=True):
            held = _CODE.sub(lambda code: _held(code[0], room), one.plain)
            lines += one.divide(breaks(held, max(1, room)))
        for line in lines:
            line.rstrip()
        return lines or [Rich()]

    def _cell(self, cell: b.Cell, indent: int, mark: str = "") -> None:
        """Write a cell as paragraphs, the first of them behind ``mark``."""
        lead = Rich(" " * indent + mark)
        for part in _parts(cell):
            if isinstance(part, b.Bullets):
                self.block(part, indent + cell_len(mark))
            else:
                self._lines(self._rich(part), indent + cell_len(mark), lead)
            lead = Rich(" " * (indent + cell_len(mark)))

    def _facts(self, block: b.Facts, indent: int) -> None:
        named = [(self._rich(name), value) for name, value in block.rows]
        column = max((cell_len(name.plain) for name, _ in named), default=0) + _GAP
        narrow = self.width - indent - column < self.width // 2
        for name, value in named:
            if narrow:
                self._lines(name, indent)
                self._cell(value, indent + _STEP)
            else:
                self._cell(value, indent, name.plain + " " * (column - cell_len(name.plain)))

    def _definitions(self, block: b.Definitions, indent: int) -> None:
        self._facts(b.Facts(tuple((term, meaning) for _, term, meaning in block.rows)), indent)

    def _table(self, table: b.Table, indent: int) -> None:
        rows = [[self._flat(cell) for cell in row] for row in table.rows]
        heads = [self._rich(heading, "bold") for heading, _, _ in table.heads]
        numbers = ["num" in look for _, _, look in table.heads]
        wanted = [max(map(_longest, cells)) for cells in zip(heads, *rows, strict=True)]
        room = self.width - indent - _GAP * (len(heads) - 1)
        least = [min(max(map(cell_len, h.plain.split()), default=1), _NARROW) for h in heads]
        if table.columns:
            columns = zip(least, *rows, strict=True)
            least = [max(head, *map(self._unbroken, cells)) for head, *cells in columns]
        if room < max(min(sum(wanted), _NARROW * len(heads)), sum(least)):
            self._stack(heads, rows, indent)
            return
        widths = _shared(wanted, least, room)
        if any(head.plain.strip() for head in heads):
            self._row(heads, widths, numbers, indent)
        for row in rows:
            self._row(row, widths, numbers, indent)

    def _unbroken(self, cell: Rich) -> int:
        """Return the longest name in a cell, which is not to be broken if half a line holds it."""
        return min(max(map(len, _NAME.findall(cell.plain)), default=1), self.width // 2)

    def _flat(self, cell: b.Cell) -> Rich:
        """Write a cell in one piece, its lines one under the other."""
        parts = [
            self._sentences(("; ".join(self._flat(i).plain for i in part.items),), "")
            if isinstance(part, b.Bullets)
            else self._rich(part)
            for part in _parts(cell)
        ]
        return Rich("\n").join(part for part in parts if part)

    def _row(self, cells: list[Rich], widths: list[int], numbers: list[bool], indent: int) -> None:
        wrapped = [self._wrapped(c, w) for c, w in zip(cells, widths, strict=True)]
        for index in range(max(map(len, wrapped))):
            line = Rich(" " * indent)
            for lines, width, number in zip(wrapped, widths, numbers, strict=True):
                part = lines[index] if index < len(lines) else Rich()
                blank = " " * (width - cell_len(part.plain))
                line.append_text(Rich(blank) + part if number else part + Rich(blank))
                line.append(" " * _GAP)
            line.rstrip()
            self.text.append_text(line).append("\n")

    def _stack(self, heads: list[Rich], rows: list[list[Rich]], indent: int) -> None:
        """Write the rows one under the other, with the heading of every cell."""
        colon = self.spoken.say(_COLON)
        for row in rows:
            deeper = 0
            for head, value in zip(heads, row, strict=True):
                if value:
                    label = Rich(f"{head.plain}{colon}") if deeper and head else Rich()
                    self._lines(label + value, indent + deeper)
                    deeper = _STEP


def _held(code: str, room: int) -> str:
    """Return ``code`` with spaces at which no line is broken, if a line can hold it."""
    return code.replace(" ", _HELD) if cell_len(code) <= room else code


def _parts(cell: b.Cell) -> tuple[b.Text | b.Bullets, ...]:
    if isinstance(cell, b.Lines):
        return cell.parts
    return (cell,)


def _longest(cell: Rich) -> int:
    return max(cell_len(line) for line in cell.plain.split("\n"))


def _shared(wanted: list[int], least: list[int], room: int) -> list[int]:
    """Share ``room``, which holds what they need at ``least``, among columns.

    None gets more than it wants; narrow ones get all that.
    """
    widths, left = list(least), room - sum(least)
    order = sorted(range(len(wanted)), key=lambda index: wanted[index] - least[index])
    for position, index in enumerate(order):
        more = min(max(0, wanted[index] - least[index]), left // (len(order) - position))
        widths[index] += more
        left -= more
    return widths
