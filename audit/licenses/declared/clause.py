# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Who and what a clause speaks of: the release, a part of it, or others.

English has the head of a noun phrase first ("the code of this project"), Chinese last
(本项目的代码). "The use of X" is X. A proper name is the release's own if its title holds it.
"""

from dataclasses import dataclass, field
from functools import cache

from audit import rules
from audit.licenses.declared.names import Named, Word, names

TITLE = 5
VARIANT = 4
"""Letters of a title, and of what a later work adds to it ("HeronX" of Heron's)."""

Scopes = tuple[str | None, ...]
"""The parts that are spoken of; ``None`` is the release."""
OTHER: Scopes = ("other",)
NOBODY: Scopes = ()
PARTS = ("code", "weights", "data", "docs")
NAMING = 3
"""Letters from which a word is a name by itself, where the title holds it."""
_PARTICIPLE = 5
"""Letters from which a word that ends like one tells how something was made: "Mined corpora"."""
_LATIN = "\u02b0"
"""The first letter that is not Latin: others are not told to be names by a capital."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose README it is: the title's words, also run together, and how works of others begin.

    ``wholes`` are the names that the release has, each run together.
    """

    title: str = ""
    words: frozenset[str] = frozenset()
    wholes: frozenset[str] = frozenset()
    others: tuple[str, ...] = ()

    def has(self, word: str) -> bool:
        """Whether a word stands in the title."""
        more = len(word) - len(self.title)
        variant = len(self.title) >= TITLE and 0 < more <= VARIANT and word.startswith(self.title)
        return word in self.words or variant or (len(word) >= NAMING and word in self.title)

    def knows_as_others(self, name: str) -> bool:
        """Whether a name is that of a public work; asked only where there is no title."""
        known = len(name) >= NAMING and not self.title
        return known and any(name.startswith(o) or o.startswith(name) for o in self.others)

    def is_a_works(self, word: str) -> bool:
        """Whether a word is the name of a public work, or how one begins."""
        return word in _beginnings(self.others)


@cache
def _beginnings(names: tuple[str, ...]) -> frozenset[str]:
    """Return names, and how they begin, from more letters on than a word has by chance."""
    begun = (name[:end] for name in names for end in range(NAMING + 1, len(name)))
    return frozenset((*names, *begun))


@dataclass(slots=True)
class Clause:
    """A sentence as words; ``kinds`` are the classes of each, ``heading`` what stands over it.

    ``linked`` are the words that link the text of the release's own licence.
    """

    words: list[Word]
    owner: Owner
    heading: Scopes = NOBODY
    named: list[Named] = field(default_factory=list)
    linked: frozenset[int] = frozenset()
    kinds: list[frozenset[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Sort the words."""
        classes = rules.prose_words().classes
        nothing: frozenset[str] = frozenset()
        self.kinds = [
            nothing if self._is_in_an_identifier(at) else classes.get(word.low, nothing)
            for at, word in enumerate(self.words)
        ]
        self.named = names(self.words)

    def _is_in_an_identifier(self, at: int) -> bool:
        """Whether a word is a piece of a name that programmes have, such as ``user_dict``."""
        return any(
            0 < mark < len(self.words) - 1
            and self.words[mark].low == "_"
            and self.words[mark - 1].end == self.words[mark].start
            and self.words[mark].end == self.words[mark + 1].start
            for mark in (at - 1, at + 1)
        )

    def has(self, at: int, *kinds: str) -> bool:
        """Whether a word is of one of these classes."""
        return 0 <= at < len(self.kinds) and not self.kinds[at].isdisjoint(kinds)

    def any_in(self, first: int, last: int, *kinds: str) -> bool:
        """Whether one of these words is of one of these classes."""
        return any(self.has(at, *kinds) for at in range(first, last))

    def low(self, at: int) -> str:
        """Return a word in lower case; nothing beyond the ends."""
        return self.words[at].low if 0 <= at < len(self.words) else ""


def parts(clause: Clause, first: int, last: int) -> Scopes:
    """Return the parts that words name, as one scope where they are all of the release."""
    found: set[str | None] = set()
    at_end = last
    for at in range(last - 1, first - 2, -1):  # the head of a Chinese phrase comes last
        if at < first or clause.has(at, "of"):
            found = _conjuncts(clause, at + 1, at_end)
            at_end = at
            if found:
                break
    if found == {"code", "docs"}:
        return ("code",)
    if None in found or (len(found) > 1 and found != {"weights", "data"}):
        return (None,)
    return tuple(sorted(part for part in found if part))


def _conjuncts(clause: Clause, first: int, last: int) -> set[str | None]:
    """Return one part for each thing that "and" joins: "model weights" are weights."""
    found: set[str | None] = set()
    part: str | None = ""
    for at in range(first, last + 1):
        if at == last or clause.has(at, "and"):
            found |= {part} if part != "" else set()
            part = ""
        else:
            part = next((p for p in PARTS if clause.has(at, p)), part)
            part = None if part == "" and clause.has(at, "whole") else part
    return found


def is_foreign(clause: Clause, first: int, last: int) -> bool:
    """Whether words name somebody else's work and not the release's."""
    proper = [at for at in range(first, last) if is_proper(clause, at)]
    if names_own(clause, first, last):
        return False
    if clause.owner.title:
        return bool(proper)
    joined = "".join(clause.low(at) for at in proper)
    return clause.owner.knows_as_others("".join(c for c in joined if c.isalnum()))


def names_own(clause: Clause, first: int, last: int) -> bool:
    """Whether one of these words stands in the title, and is not part of another's name."""
    return any(
        is_own_name(clause, at) and not _is_of_another(clause, at) for at in range(first, last)
    )


def _is_of_another(clause: Clause, at: int) -> bool:
    """Whether one word of a longer title stands in a name with a word that is not the title's."""
    word = clause.words[at]
    if word.low.removesuffix("'s") in clause.owner.wholes or not word.raw[:1].isupper():
        return False
    beside = [i for i in (_beside(clause, at, -1), _beside(clause, at, 1)) if i >= 0]
    return any(is_proper(clause, i) and clause.low(i) not in clause.owner.title for i in beside)


def _beside(clause: Clause, at: int, step: int) -> int:
    """Return the word next to one, past what joins the two: "YOLOv5-Face"."""
    i = at + step
    if clause.low(i) == "-" and touch(clause, i):
        i += step
        while clause.low(i).isdigit() or clause.low(i) == "v":
            i += step
    return i if i < len(clause.words) else -1


def touch(clause: Clause, at: int) -> bool:
    """Whether a mark stands between two words without a gap."""
    if not 0 < at < len(clause.words) - 1:
        return False
    before, here, after = clause.words[at - 1 : at + 2]
    return before.end == here.start and here.end == after.start


def is_own_name(clause: Clause, at: int) -> bool:
    """Whether a word of no class stands in the title; none stands past the end."""
    if at >= len(clause.words):
        return False
    word = clause.words[at]
    named = word.low.removesuffix("'s")
    return not clause.kinds[at] and named.isalnum() and clause.owner.has(named)


def is_proper(clause: Clause, at: int) -> bool:
    """Whether a word is written as a name: no word of the grammar, and with a capital."""
    if at >= len(clause.words):
        return False
    raw = clause.words[at].raw.removesuffix("'s")
    known = clause.kinds[at] or clause.low(at) in rules.prose_words().filling
    known = known or (len(raw) >= _PARTICIPLE and raw[1:].islower() and raw.endswith(("ed", "ing")))
    latin = raw.isascii() or (at > 0 and max(raw) < _LATIN)
    return not known and latin and raw.isalpha() and len(raw) > 1 and raw != raw.lower()
