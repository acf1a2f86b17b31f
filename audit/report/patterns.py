# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Messages with placeholders, and whether a text fills them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from audit.report.messages import PLACEHOLDER

WORD = re.compile(r"[A-Za-z]+")
_NEXT_SENTENCE = re.compile(r"\s+[A-Z].{8}")
"""What follows a placeholder in which whole sentences may stand."""
_LISTED = re.compile(r"[;:] ")
_NUMBER = re.compile(r"[\d.,]+")
_SMALL = frozenset(
    ("a", "about", "and", "at", "by", "for", "in", "is", "of", "on", "or", "since", "the", "to")
)

Values = dict[str, str]
"""What fills the placeholders of a message, by their names."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A message with placeholders, cut at them, and its translation.

    ``roomy`` names the placeholders in which whole sentences may stand, because one follows;
    ``announced`` those that may hold a list, because a colon or a bracket precedes.
    ``weak`` marks a message that has nothing but a word such as *of* between its placeholders;
    ``counts`` one whose first placeholder is a number.
    """

    literals: tuple[str, ...]
    names: tuple[str, ...]
    roomy: frozenset[str]
    announced: frozenset[str]
    weak: bool
    counts: bool
    translation: str

    @property
    def literal(self) -> int:
        """How many characters of the message are its own."""
        return sum(map(len, self.literals))

    def is_clean(self, values: Values) -> bool:
        """Tell if the message has words of its own and no value holds a list unannounced."""
        return not self.weak and not any(
            _LISTED.search(v) for n, v in values.items() if n not in self.announced
        )

    def matches(self, text: str) -> Iterator[Values]:
        """Yield the fillings with the shortest first values and with the longest."""
        first, *middle, last = self.literals
        end = len(text) - len(last)
        if not (text.startswith(first) and text.endswith(last)) or len(first) > end:
            return
        for cut in (_from_left, _from_right):
            found = cut(text[len(first) : end], middle)
            values = dict(zip(self.names, found, strict=False))
            if found and self.counts and not _NUMBER.fullmatch(found[0]):
                continue
            if found and all(values[n] == v for n, v in zip(self.names, found, strict=True)):
                yield values


def _from_left(text: str, literals: list[str]) -> list[str]:
    values = []
    for literal in literals:
        value, found, text = text.partition(literal)
        if not found:
            return []
        values.append(value)
    return [*values, text]


def _from_right(text: str, literals: list[str]) -> list[str]:
    values = []
    for literal in reversed(literals):
        text, found, value = text.rpartition(literal)
        if not found:
            return []
        values.append(value)
    return [text, *reversed(values)]


def sure_words(message: str) -> set[str]:
    """Return words that stand whole in every text that fills ``message``."""
    literals = PLACEHOLDER.sub("\0", message)
    return {
        m[0]
        for m in WORD.finditer(literals)
        if literals[m.start() - 1 : m.start()] != "\0" and literals[m.end() : m.end() + 1] != "\0"
    }


def pattern_of(message: str, translation: str, *, counts: bool) -> Pattern:
    """Cut a message at its placeholders; ``counts``: the first one is a number."""
    pieces = PLACEHOLDER.split(message)
    literals, names = pieces[::2], pieces[1::2]
    return Pattern(
        literals=tuple(literals),
        names=tuple(names),
        roomy=frozenset(
            n for n, text in zip(names, literals[1:], strict=True) if _NEXT_SENTENCE.match(text)
        ),
        announced=frozenset(
            n for n, text in zip(names, literals, strict=False) if text.endswith((": ", "("))
        ),
        weak=set(WORD.findall(" ".join(literals))) <= _SMALL,
        counts=counts,
        translation=translation,
    )


def neutral(pattern: Pattern) -> str:
    """Return the translation with its placeholders numbered as the message places them."""
    order = {name: str(index) for index, name in enumerate(dict.fromkeys(pattern.names))}
    return PLACEHOLDER.sub(lambda place: f"{{{order[place[1]]}}}", pattern.translation)


def after_labels(messages: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what stands after a label such as ``Containment:``, which is also printed without."""
    for message, translation in messages.items():
        found = re.fullmatch(r"[A-Z][a-z]+: (.{30,})", message)
        label, colon, rest = translation.partition("：")
        if found and colon and len(label) < 10:
            yield found[1], rest
