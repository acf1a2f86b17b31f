# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Reads noun phrases: which part of the release they name, or whose work else."""

import re

from audit import rules
from audit.licenses.declared.clause import (
    NAMING,
    NOBODY,
    OTHER,
    PARTS,
    Clause,
    Scopes,
    is_foreign,
    is_own_name,
    is_proper,
    names_own,
    parts,
    touch,
)
from audit.licenses.declared.names import is_eastern

_IDENTIFIER = frozenset({"spdx", "identifier", "id"})


_SIZE = re.compile(r"\d+(?:\.\d+)*")


_FOLDERS = frozenset(
    {
        "src",
        "lib",
        "bin",
        "app",
        "apps",
        "test",
        "tests",
        "example",
        "examples",
        "adapters",
        "config",
    }
    | {"configs", "public", "packages", "http", "https", "com", "org", "io", "github", "content"}
)
"""Names before a "/" that are of folders, and of no publisher."""


_PLACES = frozenset({"module", "folder", "directory", "subfolder", "package", "subpackage"})
"""What a path in a sentence may be of."""


_OF = frozenset({"of", "de", "del", "von"})


_WHOSE = frozenset({"的", "의"})
"""Words after the owner of what stands next, in Chinese and Korean."""


_MODELS = frozenset({"modelo", "modelos", "modèle", "modèles", "modello"})
"""Words that "base" comes after, in Spanish, Portuguese, French and Italian."""


def noun_phrase(clause: Clause, first: int, last: int) -> Scopes:
    """Return the parts that a subject names; ``OTHER``, or ``NOBODY`` where it is empty."""
    while first < last and (
        (clause.has(first, "polite", "and") or not clause.low(first)[:1].isalnum())
        and not clause.has(first, "own", "pronoun")
    ):
        first += 1
    if first >= last:
        return NOBODY
    if names_a_repository(clause, first, last):
        return OTHER
    if names_a_folder(clause, first, last):
        return ("code",)
    if _is_eastern(clause, first, last):
        return _chinese(clause, first, last)
    begin, stop = _head(clause, first, last)
    named = names_own(clause, first, last)
    own = clause.any_in(first, stop, "own") or named
    if _is_of_others(clause, first, begin, stop, last, own=own):
        return OTHER
    return parts(clause, begin, stop) or _unparted(clause, begin, stop, last, own=own)


def _is_of_others(
    clause: Clause, first: int, begin: int, stop: int, last: int, *, own: bool
) -> bool:
    base = any(
        clause.low(at) == "base"
        and (
            clause.low(at + 1) in ("model", "weights", "license")
            or clause.low(at - 1 - (clause.low(at - 1) == "de")) in _MODELS
        )
        for at in range(first, last)
    )
    away = [
        at
        for at in range(stop, last)
        if clause.low(at) in ("from", "by") and not clause.low(at + 1).endswith("ing")
    ]
    return (
        any(clause.has(at, "other") and not adds(clause, at) for at in range(first, stop))
        or (base and not own)
        or any(is_from(clause, at) for at in range(first, last))
        or any(not _is_ours(clause, at + 1) for at in away)
        or any(
            clause.low(at) == "we" and not clause.has(at + 1, "acts", "grant", "train")
            for at in range(first, last)
        )
        or (not clause.any_in(first, stop, "own") and is_foreign(clause, begin, stop))
        or (not own and clause.low(stop) in _OF and names_a_work(clause, stop + 1, last))
        or (not own and _is_anothers(clause, stop, last))
    )


def _is_anothers(clause: Clause, stop: int, last: int) -> bool:
    """Whether "de NAME" follows, and the README has a title that does not hold that name."""
    titled = bool(clause.owner.title) and clause.low(stop) in _OF - {"of"}
    return titled and is_foreign(clause, stop + 1, last)


def is_from(clause: Clause, at: int) -> bool:
    """Whether a word tells whose work something was made from; "derived data" does not."""
    alone = clause.low(at) == "written" and not clause.has(at + 1, "prep")
    return clause.has(at, "based") and not (
        alone or (clause.low(at) == "derived" and clause.has(at + 1, *PARTS))
    )


def is_whole(clause: Clause, at: int) -> bool:
    """Whether a word like "files" is no portion: "the model files", "this derivative"."""
    files = clause.low(at) in ("files", "file") and clause.has(at - 1, "weights", "adjective")
    files = files or (clause.low(at) == "files" and clause.low(at - 1) in ("all", "every"))
    return files or (clause.low(at) == "derivative" and clause.has(at - 1, "own"))


def names_a_repository(clause: Clause, first: int, last: int) -> bool:
    """Whether words hold another publisher's "owner/name"."""
    for at in range(first + 1, last - 1):
        glued = clause.low(at) == "/" and touch(clause, at)
        around = [clause.low(at - 1), clause.low(at + 1)]
        known = any(clause.kinds[i] for i in (at - 1, at + 1)) or set(around) & _FOLDERS
        spelled = all(word.isascii() and word.isalpha() for word in around)
        named = len(around[0]) >= NAMING or clause.low(at - 2) == "-"
        if glued and spelled and named and not known:
            end = next((i for i in range(at, last) if clause.low(i) in "`)） "), last)
            return not any(
                is_own_name(clause, i) and len(clause.low(i)) > 4 for i in range(at, end)
            )
    return False


def names_a_folder(clause: Clause, first: int, last: int) -> bool:
    """Whether words are a path and what it is of: "src/layers/ module"."""
    paths = (at for at in range(first + 1, last - 1) if clause.low(at) == "/")
    return any(
        clause.words[at - 1].end == clause.words[at].start and clause.low(at + 1) in _PLACES
        for at in paths
    )


def adds(clause: Clause, at: int) -> bool:
    """Whether a word only adds to what was named: "and other files", "and all its contents"."""
    joined = clause.has(at - 1, "and") or (clause.has(at - 1, "most") and at > 1)
    thing = at + 1 + clause.has(at + 1, "adjective")
    more = clause.has(thing, "partial", "whole", *PARTS)
    return clause.low(at) in ("other", "its") and joined and more


def names_a_work(clause: Clause, first: int, last: int) -> bool:
    """Whether words name a public work that is not the release."""
    named = any(
        is_proper(clause, at) and clause.owner.is_a_works(clause.low(at))
        for at in range(first, last)
    )
    return named and not clause.any_in(first, last, "own") and is_foreign(clause, first, last)


def _is_ours(clause: Clause, at: int) -> bool:
    return any(
        clause.has(i, "own", "whole") or is_own_name(clause, i)
        for i in range(at, min(at + 4, len(clause.words)))
    )


def _head(clause: Clause, first: int, last: int) -> tuple[int, int]:
    """Return the head of an English phrase: up to "of" or "in", past "the use of"."""
    begin, depth = first, 0
    for at in range(first, last):
        depth += (clause.low(at) in "(（") - (clause.low(at - 1) in (")", "）"))
        if depth > 0:  # an aside
            continue
        added = clause.low(at) == "included" and not clause.has(at + 1, "prep")
        added = added or (clause.low(at) == "associated" and clause.has(at + 1, *PARTS))
        if (clause.has(at, "prep") and not added) or clause.has(at, "is"):
            light = all(
                clause.has(i, "most") or clause.low(i) in rules.prose_words().filling
                for i in range(begin, at)
            )
            if clause.low(at) != "of" or not light:
                return begin, at
            begin = at + 1
    return begin, last


def _unparted(clause: Clause, begin: int, stop: int, last: int, *, own: bool) -> Scopes:
    """Return what a subject without a part is: a pronoun, the licence itself, a name."""
    inner = [at for at in range(begin, stop) if clause.low(at).isalnum()]
    vocabulary = rules.prose_words()
    if own or clause.any_in(begin, stop, "pronoun"):
        return _of_a_size(clause, begin, stop)
    numbered = any(clause.low(at)[:1].isdigit() for at in inner)
    if numbered and all(_is_version(clause, at) for at in inner):
        return (None,)
    if any(clause.low(at) in vocabulary.nouns for at in inner) and all(
        clause.low(at) in vocabulary.nouns
        or clause.low(at) in vocabulary.filling
        or clause.low(at) in _IDENTIFIER
        for at in inner
    ):
        other = parts(clause, stop, last) == NOBODY and _names_a_thing(clause, stop + 1, last)
        return OTHER if other else parts(clause, stop, last) or (None,)
    files = clause.any_in(stop, last, "own") and any(is_whole(clause, at) for at in inner)
    if files or [clause.low(at).removesuffix("s") for at in inner] == ["permission"]:
        return parts(clause, stop, last) or (None,)  # "all files in this project"
    named = [at for at in inner if is_proper(clause, at)]
    if named and not clause.owner.title:
        return _of_a_size(clause, begin, stop)
    return OTHER


def _names_a_thing(clause: Clause, first: int, last: int) -> bool:
    """Whether "the licence of ..." goes on with a thing that is no part and no name of ours."""
    said = [at for at in range(first, last) if clause.low(at).isalpha()]
    if clause.any_in(first, last, "own", "whole", "pronoun"):
        return False
    if any(is_own_name(clause, at) for at in said):
        return False
    return any(not clause.kinds[at] and not _is_filling(clause.low(at)) for at in said)


def _is_filling(word: str) -> bool:
    return word in rules.prose_words().filling or word in rules.prose_words().nouns


def _is_version(clause: Clause, at: int) -> bool:
    """Whether a word belongs to "both V1 and V2"."""
    word = clause.low(at)
    return (
        word in ("v", "version", "versions") or word[:1].isdigit() or clause.has(at, "and", "aux")
    )


def _of_a_size(clause: Clause, first: int, last: int) -> Scopes:
    """Return the weights for "X-7B", else the release."""
    sized = any(
        _SIZE.fullmatch(clause.low(at)) and clause.low(at + 1) == "b" for at in range(first, last)
    )
    return ("weights",) if sized else (None,)


def _is_eastern(clause: Clause, first: int, last: int) -> bool:
    """Whether a phrase is Chinese, Japanese or Korean; ，。 and “ stand in English too."""
    return any(is_eastern(clause.low(at)) and clause.low(at).isalnum() for at in range(first, last))


def _chinese(clause: Clause, first: int, last: int) -> Scopes:
    if clause.any_in(first, last, "other", "partial", "based", "past", "unsure"):
        return OTHER
    head = next((i + 1 for i in range(last - 1, first, -1) if clause.low(i) in _WHOSE), first)
    own = any(clause.has(at, "own") and clause.low(at + 1) != "对" for at in range(first, last))
    own = own or any(is_own_name(clause, at) for at in range(first, head))
    if is_foreign(clause, head if own else first, last):
        return OTHER
    found = parts(clause, first, last)
    if found:
        return found
    named = any(is_proper(clause, at) or is_own_name(clause, at) for at in range(first, last))
    nouns = rules.prose_words().nouns
    said = [
        at for at in range(first, last) if clause.low(at).isalnum() and not clause.has(at, "of")
    ]
    licence = bool(said) and all(clause.low(at) in nouns for at in said)
    known = own or named or licence or clause.any_in(first, last, "pronoun")
    return _of_a_size(clause, first, last) if known else NOBODY
