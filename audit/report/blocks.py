# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a report is made of. A section says what there is; a format says how it looks.

Blocks know no language and no format. Text is a ``str``: a :class:`~audit.record.said.Said`
is a sentence that every language says in its own way and in which backticks and powers of ten
are marked up; any other ``str`` is a name and stays as it is. ``kind`` is a hint about the look,
in the words of the style sheet.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from audit.record.said import Said
from audit.report.figures import Drawing
from audit.report.words.texts import prose


@dataclass(frozen=True, slots=True)
class Code:
    """Something to type or to compare letter by letter; ``line`` sets it on a line of its own."""

    text: str
    line: bool = False


@dataclass(frozen=True, slots=True)
class Strong:
    """Words with weight."""

    text: str


@dataclass(frozen=True, slots=True)
class Badge:
    """A word in a frame, such as a severity; ``kind`` is the severity's name."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Link:
    """A reference to a place in the same report."""

    text: str
    to: str


@dataclass(frozen=True, slots=True)
class Opening:
    """The first whole sentence of a text, in whatever language it is said."""

    text: str


Text: TypeAlias = str | Code | Strong | Badge | Link | Opening | tuple["Text", ...]
"""Running text; a tuple is one sentence after the other, and empty ones are left out."""


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list; numbered where the order matters."""

    items: "tuple[Cell, ...]"
    kind: str = ""
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Lines:
    """What stands in a cell one under the other."""

    parts: tuple[Text | Bullets, ...]

    @property
    def broken(self) -> tuple[tuple[Text | Bullets, bool], ...]:
        """Each part, and whether a line is to be broken after it: blocks do that by themselves."""
        flows = [
            not isinstance(p, Bullets) and not (isinstance(p, Code) and p.line) for p in self.parts
        ]
        after = zip(flows, [*flows[1:], False], strict=True)
        return tuple(zip(self.parts, (one and other for one, other in after), strict=True))


Cell: TypeAlias = Text | Lines | Bullets


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 4; a level 2 ``plain`` one is in no table of contents."""

    text: Text
    level: int = 3
    kind: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: Text
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and values, row by row; ``width`` is that of the column of names."""

    rows: tuple[tuple[Text, Cell], ...]
    kind: str = "facts keep"
    width: str = "name"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; a ``wide`` one scrolls on a narrow screen, others are stacked.

    ``columns`` maps a heading, which is a message, to its width and then ``num`` for numbers, with
    ``any`` where they may be broken. Empty, it leaves the headings out.
    """

    columns: Mapping[str, str]
    rows: tuple[tuple[Cell, ...], ...]
    kind: str = "grid stack"
    wide: bool = False

    @property
    def heads(self) -> tuple[tuple[Said, str, str], ...]:
        """Heading, width and kind of each column."""
        named = self.columns or dict.fromkeys(map(" ".__mul__, range(len(self.rows[0]))), "")
        split = ((prose(heading), *look.partition(" ")) for heading, look in named.items())
        return tuple((heading, width, kind) for heading, width, _, kind in split)


@dataclass(frozen=True, slots=True)
class Definitions:
    """Terms and what they mean, each with the id of its place."""

    rows: tuple[tuple[str, str, Text], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing and its caption."""

    drawing: Drawing
    caption: Text


@dataclass(frozen=True, slots=True)
class Quote:
    """Text of others or to paste, line by line as it is; ``code`` sets it like a file."""

    lines: tuple[str, ...]
    code: bool = True


@dataclass(frozen=True, slots=True)
class Section:
    """Blocks that belong together; those of the outline have an ``id`` and a ``title``.

    ``tag`` is the element of a page: ``section``, ``article``, or ``div`` for boxes side by side.
    """

    blocks: "tuple[Block, ...]"
    id: str = ""
    title: str = ""
    kind: str = ""
    tag: str = "section"


Block: TypeAlias = (
    Heading | Paragraph | Bullets | Facts | Table | Definitions | Figure | Quote | Section
)


def term_id(place: int) -> str:
    """Return where an entry of the glossary stands, by its place in it."""
    return f"term-{place + 1}"


def present(*blocks: Block | None) -> tuple[Block, ...]:
    """Leave out what is not there: ``None``, and blocks without content."""
    return tuple(block for block in blocks if block is not None and not _is_empty(block))


def _is_empty(block: Block) -> bool:
    match block:
        case Paragraph(text=text) | Heading(text=text):
            return _says_nothing(text)
        case Bullets(items=()) | Facts(rows=()) | Table(rows=()) | Definitions(rows=()):
            return True
        case Quote(lines=()):
            return True
    return False


def _says_nothing(text: Text) -> bool:
    return all(map(_says_nothing, text)) if isinstance(text, tuple) else text == ""


def note(text: Text, kind: str = "note") -> Paragraph:
    """Return a remark in small type."""
    return Paragraph(text, kind)


def reasons(rows: tuple[tuple[str, str], ...], what: str, reason: str) -> Table:
    """Return names beside the reason of each."""
    return Table({what: "half", reason: ""}, rows)


def bulleted(heading: str, items: tuple[Text, ...], level: int = 4) -> tuple[Block, ...]:
    """Return a list under its heading, or nothing where it has no items."""
    return (Heading(heading, level), Bullets(items)) if items else ()
