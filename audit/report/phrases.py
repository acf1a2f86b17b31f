# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The parts of a text that are translated one by one: sentences, lists, brackets.

Nothing here knows a language but English: where a text may be cut, and what in it is prose.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

UNIT = re.compile(r"(?<=[.!?])(?<!\bInc\.)(?<!\bLtd\.)(?<!\bCo\.)(?<!\be\.g\.)[”’\"')\]]*\s+")
_QUOTED = re.compile(r"“[^”]*”|`[^`]*`|\"[^\"]*\"")
_PAIR = re.compile(r"(?<![\w./@-])([A-Za-z’'-]+) (?=([A-Za-z’'-]+)(?![\w/@]|\.\w))")
_REFERENCES = re.compile(r"((?:(?:\[[^\]]*\]|\([^()]*\)) )+)(.+)", re.DOTALL)
_REFERENCE_AFTER = re.compile(r"(.+)( \[[^\]]*\])", re.DOTALL)
_INNER = re.compile(r"\([^()]*\)")
_FULL_WIDTH = "。，、；：！？）」』】》”"


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a translated text; ``known`` is false where it is still English prose."""

    text: str
    known: bool


def variants(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the text with its first letter in the other case, with a full stop, and with both."""
    swapped = text[:1].swapcase() + text[1:]
    yield swapped, False
    if not text.endswith("."):
        yield f"{text}.", True
        yield f"{swapped}.", True


def without_stop(runs: list[Run]) -> list[Run]:
    """Take the full stop off the end of a translation."""
    *before, last = runs
    return [*before, Run(last.text.removesuffix("。"), last.known)]


def stopped(text: str) -> list[Run] | None:
    """Cut a full stop off the end."""
    return [Run(text[:-1], True), Run("。", False)] if text.endswith(".") else None


def bracketed(text: str) -> list[Run] | None:
    """Cut references such as ``[4(a)]`` off the beginning or the end."""
    found = _REFERENCES.fullmatch(text)
    if found:
        return [Run(found[1], False), Run(found[2], True)]
    after = _REFERENCE_AFTER.fullmatch(text)
    return after and [Run(after[1], True), Run(after[2], False)]


def parenthesised(text: str) -> list[Run] | None:
    """Cut a text in brackets off the end."""
    found = re.fullmatch(r"(.+?) (\(.+\))([.;,]?)", text, re.DOTALL)
    start = 0 if found is None else _opening(text, found.end(2) - 1)
    if found is None or not start or text[start - 1] != " ":
        return None
    end = found[3].replace(".", "。").replace(";", "；").replace(",", "，")
    inner = text[start + 1 : found.end(2) - 1]
    return [
        Run(text[: start - 1], True), Run("（", False), Run(inner, True), Run(f"）{end}", False)
    ]  # fmt: skip


def _opening(text: str, closing: int) -> int:
    """Return where the bracket opens that closes at ``closing``; 0 if nowhere."""
    depth = 0
    for position in range(closing, 0, -1):
        depth += {")": 1, "(": -1}.get(text[position], 0)
        if depth == 0:
            return position
    return 0


def _list(separator: str, written: str, most: int) -> Callable[[str], list[Run] | None]:
    """Return a cut at ``separator``, outside quotation marks and brackets."""

    def cut(text: str) -> list[Run] | None:
        shielded = text
        for shield in (_QUOTED, _INNER, _INNER):
            shielded = shield.sub(lambda match: "\0" * len(match[0]), shielded)
        places = [m.start() for m in re.finditer(re.escape(separator), shielded)][:most]
        parts, start = [], 0
        for place in places:
            parts += [Run(text[start:place], True), Run(written, False)]
            start = place + len(separator)
        return [*parts, Run(text[start:], True)] if parts else None

    return cut


AND, OR = "和", "或"


def spaced(runs: list[Run]) -> Iterator[Run]:
    """Put spaces round the word between two names in Latin letters."""
    for before, run in zip([Run("", True), *runs], runs, strict=False):
        latin = run.text in (AND, OR) and before.text[-1:].isascii()
        yield Run(f" {run.text} ", True) if latin else run


CUTS = (
    stopped,
    bracketed,
    parenthesised,
    _list(" · ", " · ", 99),
    _list("; ", "；", 99),
    _list(": ", "：", 1),
    _list(" and ", AND, 99),
    _list(", ", "、", 99),
    _list(" or ", OR, 99),
)


def is_prose(text: str) -> bool:
    """Tell words of English from names, numbers, paths, lists of those, and quotations.

    Two words after each other of which one is in lower case are prose; so is one with a full
    stop. A single word is taken for a name.
    """
    bare = _QUOTED.sub("\0", text).replace(" or later", "")  # of names of licences
    return any(
        len(pair[1]) > 1 and len(pair[2]) > 1 and (pair[1].islower() or pair[2].islower())
        for pair in _PAIR.finditer(bare)
    )


def parted(before: str, literal: str, after: str) -> str:
    """Return ``literal`` with the spaces that it needs towards what stands on both sides.

    Hanzi and a Latin letter or digit have a space between them, two hanzi have none.
    """
    for text, at_start in ((before, True), (after, False)):
        if not text or not literal.strip():
            continue
        inner = literal.strip()[0 if at_start else -1]
        outer = text[-1 if at_start else 0]
        if _is_hanzi(inner) or _is_hanzi(outer):
            bare = literal.lstrip(" ") if at_start else literal.rstrip(" ")
            space = " " * (_is_latin(inner) or _is_latin(outer))
            literal = space + bare if at_start else bare + space
    return literal


def _is_hanzi(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"


def _is_latin(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character in "%)]_")


def units_of(text: str) -> list[str]:
    """Cut at every place where a sentence may end; the pieces keep their spaces."""
    cuts = [m.end() for m in UNIT.finditer(text)]
    return [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True) if text[a:b]]


def trimmed(text: str) -> tuple[str, str, str]:
    """Return the spaces before, the text, and the spaces after."""
    core = text.strip()
    if not core:
        return "", "", text
    start = text.index(core)
    return text[:start], core, text[start + len(core) :]


def joined(before: list[Run], after: list[Run]) -> list[Run]:
    """Put a space between sentences, except after a full-width stop."""
    if not before or not before[-1].text.strip() or before[-1].text[-1] in _FULL_WIDTH:
        return after
    return [Run(" ", True), *after]


def merged(runs: list[Run]) -> Iterator[Run]:
    """Join neighbours that are both known or both not."""
    held: Run | None = None
    for run in runs:
        if held is not None and held.known == run.known:
            held = Run(held.text + run.text, run.known)
            continue
        if held is not None:
            yield held
        held = run
    if held is not None:
        yield held
