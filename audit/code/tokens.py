# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Reads Python source as tokens, never as code: comments, docstrings and layout go away.

What is left is the same whether a licence header, a formatter or another Python version
came in between: strings become one sign, numbers ``0``, and a comma before a closing
bracket is dropped.
"""

import io
import keyword
import token as kinds
import tokenize
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from audit.record.said import Said

STRING, NUMBER = '"', "0"
"""Stand for any string and any number; neither can be the text of an identifier."""
_F_START = getattr(kinds, "FSTRING_START", -1)
_F_END = getattr(kinds, "FSTRING_END", -1)
_LAYOUT = frozenset({kinds.NEWLINE, kinds.INDENT, kinds.DEDENT})
_SKIPPED = frozenset({tokenize.COMMENT, tokenize.NL, kinds.ENCODING, kinds.ENDMARKER})
_ERRORS = (tokenize.TokenError, SyntaxError, ValueError)
_LONGEST_HEADER = 4000
_LONGEST_LINE = 50_000
"""Characters. Nobody writes such a line, and Python 3.12.1 takes its square in time."""
_NO_SIGNS = frozenset("$?!`")
"""What Python 3.12 passes on as a sign, and 3.11 as an error."""


class NotPythonError(Exception):
    """The text cannot be read as Python tokens; carries the reason."""

    def __init__(self, reason: Said) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Token:
    """One token that counts; ``name`` tells identifiers from keywords, signs and literals."""

    text: str
    name: bool
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function: dotted name, lines, and its tokens as a slice of the file's."""

    name: str
    first: int
    last: int
    start: int
    stop: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A tokenised file; ``header`` is the comments and the docstring before any code."""

    tokens: tuple[Token, ...]
    functions: tuple[Function, ...]
    header: str
    prefix: str


def read_source(text: str) -> Source:
    """Tokenise Python source.

    Raises
    ------
    NotPythonError
        If the text cannot be split into Python tokens.
    """
    if any(len(line) > _LONGEST_LINE for line in text.splitlines()):
        raise NotPythonError(
            Said(
                "a line of it is longer than {limit:count} characters",
                limit=_LONGEST_LINE,
            )
        )
    reader = _Reader()
    for item in _items(text):
        reader.take(item)
    tokens = tuple(reader.tokens)
    return Source(
        tokens=tokens,
        functions=tuple(sorted(reader.functions, key=lambda f: (f.first, f.last, f.name))),
        header="\n".join(reader.header)[:_LONGEST_HEADER],
        prefix=class_prefix(reader.classes),
    )


def _items(text: str) -> Iterator[tokenize.TokenInfo]:
    """Yield tokens; an f-string is one string on every Python."""
    depth = 0
    try:
        for item in tokenize.generate_tokens(io.StringIO(text).readline):
            if item.type == _F_START:
                if not depth:
                    yield item._replace(type=kinds.STRING, string="''")
                depth += 1
            elif item.type == _F_END:
                depth -= 1
            elif depth:
                continue
            elif _is_error(item):
                raise NotPythonError(
                    Said("it is not Python that can be read (line {start})", start=item.start[0])
                )
            else:
                yield item
    except _ERRORS as error:
        raise NotPythonError(Said("it is not Python that can be read")) from error


def _is_error(item: tokenize.TokenInfo) -> bool:
    if item.type == kinds.ERRORTOKEN:
        return not item.string.isspace()
    return item.type == kinds.OP and item.string in _NO_SIGNS


class _Reader:
    """Sorts tokens into code, header and functions, in one pass."""

    def __init__(self) -> None:
        self.tokens: list[Token] = []
        self.functions: list[Function] = []
        self.classes: list[str] = []
        self.header: list[str] = []
        self._statement_start = True
        self._strings: list[tokenize.TokenInfo] = []
        self._keyword = ""
        self._depth = 0
        self._open: list[tuple[str, bool, int, int, int]] = []
        self._pending: tuple[str, bool, int, int] | None = None
        self._last_line = 0

    def take(self, item: tokenize.TokenInfo) -> None:
        """Take the next token of the file."""
        if item.type in _SKIPPED:
            if item.type == tokenize.COMMENT and not self.tokens:
                self.header.append(item.string)
            if item.type == kinds.ENDMARKER:
                self._close(0)
        elif item.type in _LAYOUT:
            self._layout(item)
        elif item.type == kinds.STRING and (self._statement_start or self._strings):
            self._strings.append(item)
            self._statement_start = False
        else:
            self._flush_strings()
            self._statement_start = False
            self._code(item)

    def _layout(self, item: tokenize.TokenInfo) -> None:
        if item.type == kinds.NEWLINE:
            if not self.tokens:
                self.header += [string.string for string in self._strings]
            self._strings = []
            self._statement_start = True
            if self._pending is not None and self.tokens[-1].text != ":":
                self._enter()
                self._close(self._depth)
        elif item.type == kinds.INDENT:
            if self._pending is not None:
                self._enter()
            self._depth += 1
        else:
            self._depth -= 1
            self._close(self._depth)

    def _flush_strings(self) -> None:
        """A string that goes on is no docstring after all."""
        for string in self._strings[:1]:
            self._add(STRING, name=False, line=string.start[0])
        self._strings = []

    def _code(self, item: tokenize.TokenInfo) -> None:
        line = item.start[0]
        self._last_line = item.end[0]
        if item.type == kinds.NAME:
            self._name(item.string, line)
        elif item.type == kinds.NUMBER:
            self._add(NUMBER, name=False, line=line)
        elif item.type == kinds.STRING:
            if not self.tokens or self.tokens[-1].text != STRING:
                self._add(STRING, name=False, line=line)
        else:
            if item.string in ")]}" and self.tokens and self.tokens[-1].text == ",":
                self.tokens.pop()
            self._add(item.string, name=False, line=line)

    def _name(self, text: str, line: int) -> None:
        if self._keyword:
            is_class = self._keyword == "class"
            self._pending = (text, is_class, line, len(self.tokens) - 1)
            if is_class:
                self.classes.append(text)
        self._keyword = text if text in ("def", "class") else ""
        self._add(text, name=not keyword.iskeyword(text), line=line)

    def _add(self, text: str, *, name: bool, line: int) -> None:
        self.tokens.append(Token(text, name, line))

    def _enter(self) -> None:
        if self._pending is not None:
            self._open.append((*self._pending, self._depth))
            self._pending = None

    def _close(self, depth: int) -> None:
        """End every block that was opened at this depth or deeper."""
        while self._open and self._open[-1][4] >= depth:
            name, is_class, first, start, _ = self._open.pop()
            if not is_class:
                dotted = ".".join([*(block[0] for block in self._open), name])
                self.functions.append(
                    Function(
                        name=dotted,
                        first=first,
                        last=max(first, self._last_line),
                        start=start,
                        stop=len(self.tokens),
                    )
                )


def class_prefix(classes: list[str]) -> str:
    """Return the first words that most class names share: ``Toy`` of ToyMLP, ToyAttention.

    Of prefixes with equally many votes the longest wins; ``""`` if there are no classes
    of two words or more.
    """
    votes: Counter[str] = Counter()
    for name in classes:
        for end in range(1, len(name)):
            starts_word = not name[end - 1].isupper() or name[end + 1 : end + 2].islower()
            if name[end].isupper() and starts_word and name[end - 1] != "_":
                votes[name[:end]] += 1
    best = max(votes.items(), key=lambda v: (v[1], len(v[0]), v[0]), default=("", 0))
    return best[0]
