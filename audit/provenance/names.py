# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The models that a text names: by id, by name and version, or by what a family is called."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice

from audit.rules.known_works import known_model, provenance_words

Names = Callable[[str], Iterator[str]]
"""What yields the models of a text: ``versions``, or ``families`` as well."""
_MOST_TOKENS = 4
_TOKEN = re.compile(r"[A-Za-z][\w.+]{0,40}(?:[-/][\w.+]{1,40}){0,8}|\d[\w.]{0,20}", re.ASCII)
_DIGITS = re.compile(r"(?<=[a-z])(?=\d)", re.I)
_SIZE = re.compile(r"[-_ ]\d{1,3}(?:\.\d)?b(?=$|[-_ ])", re.I)
_BETWEEN = re.compile(r"[-_ ]+")
_PLAIN = frozenset({
    "a", "an", "and", "are", "as", "at", "backbone", "but", "by", "for", "from", "in", "into", "is",
    "it", "its", "model", "models", "of", "on", "or", "our", "that", "the", "this", "to", "using",
    "via", "was", "we", "weights", "were", "which", "with",
})  # fmt: skip
"""Words that stand behind the name of a model, and are no part of it."""
_ID = re.compile(
    r"(?<![\w./:@-])(?!(?:and|or|datasets|spaces|models)/)[A-Za-z][\w-]{1,40}/(?=[\w.-]*[\d-])"
    r"[A-Za-z0-9][\w.-]{2,80}(?![\w/])",
    re.ASCII,
)
"""An id at a hub: an organisation, and a name that has a digit or a hyphen."""
_INTO = "distill"
"""Whose child "R1-Distill-Qwen-14B" is, the teacher's name tells, and not what stands behind."""
_ANY_CASE = 6
"""Letters from which what a family is called is told by its letters alone, and not their case."""


def versions(text: str) -> Iterator[str]:
    """Yield the longest runs of words that the table knows; a name without a digit is none."""
    yield from _named(text, families_too=False)


def families(text: str) -> Iterator[str]:
    """Yield those, and what families are called by ("Vicuna", "SD 1.5"), as it is written."""
    yield from _named(text, families_too=True)


def models(text: str) -> Iterator[str]:
    """Yield those, or where there are none, the ids of models that nobody here knows."""
    known = list(families(text))
    yield from known or (match[0].rstrip(".") for match in _ID.finditer(text))


def meant(name: str) -> str:
    """Return the model that the table lists for what prose calls one; else the name itself."""
    return name if _is_a_model(name) else _called().get(_folded(name)) or name


def _named(text: str, *, families_too: bool) -> Iterator[str]:
    tokens = [match[0].strip(".") for match in _TOKEN.finditer(text)]
    at = 0
    while at < len(tokens):
        for size in range(_most(tokens[at : at + _MOST_TOKENS]), 0, -1):
            said = " ".join(tokens[at : at + size])
            forms = (said, _DIGITS.sub("-", said, count=1))
            found = next((form for form in forms if _is_a_model(form)), None)
            called = _called().get(_folded(said)) if families_too and found is None else None
            if found or called is not None:
                told = (found or called) and not (at and tokens[at - 1].casefold() == _INTO)
                yield from (found or said,) if told else ()
                at += size - 1
                break
        else:
            yield from _inside(tokens[at])
        at += 1


def _most(tokens: list[str]) -> int:
    """Return how many of these words one name may have: an id ends it, and so does a plain word."""
    ends = (i for i, token in enumerate(tokens, 1) if "/" in token)
    plain = (i for i, token in enumerate(tokens) if i and token in _PLAIN)
    return min(len(tokens), next(ends, _MOST_TOKENS), next(plain, _MOST_TOKENS))


def _inside(name: str) -> Iterator[str]:
    """Yield the longest part of a model's name that is another's: calme-2.1-qwen2-72b.

    But for the part behind "Distill".
    """
    parts = name.rpartition("/")[2].split("-")
    sizes = range(len(parts) - 1, 1, -1)
    starts = [i for i in range(len(parts)) if not i or parts[i - 1].casefold() != _INTO]
    runs = ("-".join(parts[i : i + n]) for n in sizes for i in starts if i + n <= len(parts))
    yield from islice(filter(_is_a_model, runs), 1)


def _is_a_model(name: str) -> bool:
    return any(c.isdigit() for c in name) and known_model(name) is not None


@cache
def _called() -> dict[str, str]:
    """Return the families by what they are called; what is of no model only begins like one."""
    words = provenance_words()
    found = {_folded(name): model for name, model in words.made_from_families.items()}
    return found | {_folded(name): "" for name in words.made_from_no_families}


def _folded(name: str) -> str:
    """Return a name without its size and what stands between its words."""
    bare = _BETWEEN.sub("", _SIZE.sub("", name))
    return bare if len(bare) < _ANY_CASE else bare.casefold()
