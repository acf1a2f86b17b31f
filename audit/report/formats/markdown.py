# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Markdown of the summary and of every finding: for a step summary, a comment, an issue.

GitHub Flavored Markdown (GFM 0.29). Everything that comes from the audited folder is escaped, so
that a file name cannot make a link, an image, a mention or a heading.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from audit.languages import Language
from audit.report import blocks as b
from audit.report.formats.interface import Format
from audit.report.page import Page
from audit.report.sections.findings import explained
from audit.report.sections.summary import summary
from audit.report.words.language import Words, words
from audit.report.words.texts import visible

MARK: Final = "<!-- audit: model provenance report -->"
"""The first line: who keeps one comment finds theirs by it, and puts the new text in its place."""
MOST: Final = 60_000
"""Characters; a comment holds 65,536. What is cut off is said."""
_SPECIAL = re.compile(r"([\\`*_{}\[\]()+!|<>~&$^=-]|:(?=//)|(?<=www)\.)")
_REFERENCE = re.compile(r"[@#]")
"""Hosts look for people and issues in the finished text, where no backslash is left."""
_TICKS = re.compile(r"`([^`]+)`")


def render(page: Page, language: Language) -> bytes:
    """Write the summary, then each finding with its message and its fix."""
    spoken = words(language)
    blocks = (*summary(page), *explained(page.record.findings))
    paragraphs: list[str] = [MARK]
    left = MOST
    for paragraph in _all(blocks, spoken):
        left -= len(paragraph) + 2
        if left < 0:
            paragraphs.append("…  (`report.html` has the rest)")
            break
        paragraphs.append(paragraph)
    return ("\n\n".join(paragraphs) + "\n").encode()


MARKDOWN = Format(name="markdown", suffix=".md", signed=False, render=render)


def written(blocks: Iterable[b.Block], language: Language) -> bytes:
    """Write blocks as a page of its own, with no limit."""
    return ("\n\n".join(_all(blocks, words(language))) + "\n").encode()


def _all(blocks: Iterable[b.Block], spoken: Words) -> Iterator[str]:
    for block in blocks:
        yield from filter(str.strip, _block(block, spoken))


def _block(block: b.Block, spoken: Words) -> Iterator[str]:
    match block:
        case b.Bullets():
            yield _bullets(block, spoken)
        case b.Section(blocks=inner):
            yield from _all(inner, spoken)
        case b.Table():
            yield _table(block, spoken)
        case b.Definitions(rows=rows):
            yield "\n".join(f"- {_inline(k, spoken)}: {_inline(v, spoken)}" for _, k, v in rows)
        case b.Facts(rows=rows):
            yield "\n".join(f"- {_inline(k, spoken)}: {_cell(v, spoken)}" for k, v in rows)
        case b.Quote(lines=lines):
            yield "\n".join(f"    {visible(spoken.say(line))}" for line in lines)
        case _:
            yield _running(block, spoken)


def _running(block: b.Heading | b.Paragraph | b.Figure, spoken: Words) -> str:
    if isinstance(block, b.Figure):
        return _inline((block.drawing.title, block.caption), spoken)
    marks = f"{'#' * block.level} " if isinstance(block, b.Heading) else ""
    return f"{marks}{_inline(block.text, spoken)}"


def _bullets(block: b.Bullets, spoken: Words) -> str:
    marks = (f"{n}." if block.numbered else "-" for n in range(1, len(block.items) + 1))
    return "\n".join(
        f"{mark} {_cell(item, spoken)}" for mark, item in zip(marks, block.items, strict=True)
    )


def _table(table: b.Table, spoken: Words) -> str:
    heads = [_inline(heading, spoken) for heading, _, _ in table.heads]
    rows: list[Sequence[str]] = [[_cell(cell, spoken) for cell in row] for row in table.rows]
    lines: list[Sequence[str]] = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(cell: b.Cell, spoken: Words) -> str:
    parts: tuple[Any, ...] = cell.parts if isinstance(cell, b.Lines) else (cell,)
    written = (
        "; ".join(_cell(item, spoken) for item in part.items)
        if isinstance(part, b.Bullets)
        else _inline(part, spoken)
        for part in parts
    )
    return "<br>".join(filter(None, written))


def _inline(text: b.Text, spoken: Words) -> str:
    match text:
        case tuple():
            return " ".join(filter(None, (_inline(part, spoken) for part in text)))
        case b.Code(text=code):
            return _code(visible(code))
        case b.Strong(text=inner) | b.Badge(text=inner):
            written = _inline(inner, spoken)
            return f"**{written}**" if written else ""
        case b.Link(text=inner):
            return _inline(inner, spoken)
        case b.Opening(text=inner):
            return _marked("".join(run.text for run in spoken.opening(inner)))
        case _:
            return _marked(spoken.say(text))


def _marked(said: str) -> str:
    """Escape a sentence; what it sets in backticks stays code."""
    pieces = _TICKS.split(visible(said))
    return "".join(_code(p) if n % 2 else _escaped(p) for n, p in enumerate(pieces))


def _escaped(text: str) -> str:
    return _REFERENCE.sub(r"\g<0><!-- -->", _SPECIAL.sub(r"\\\1", text))


def _code(text: str) -> str:
    ticks = "``" if "`" in text else "`"
    pad = " " if "`" in text else ""
    return f"{ticks}{pad}{text.replace('|', chr(92) + '|')}{pad}{ticks}"
