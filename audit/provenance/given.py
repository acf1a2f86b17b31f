# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What the models that a README gives out are called: "heron/Llama-2-7b-heron" was a Llama 2.

A link to a model of the project's own at a hub counts: its id, its words, and what the row of the
table that it stands in is about. Whose it is, is told by the organisation, which is that of the
project's own repository or is called like it, by the project's name in the id, or since the
project's README links no other.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from audit.inventory.model_card import ModelCard
from audit.licenses.declared.clause import NAMING, Owner
from audit.licenses.declared.inline import plain
from audit.licenses.declared.owner import LETTERS
from audit.provenance.names import families, meant
from audit.provenance.offered import AT_HUB
from audit.rules import prose_words
from audit.rules.known_works import is_variant_word, known_model, present_name, publishers
from audit.text.fold import letters

HOME = re.compile(r"(?:github|gitlab|gitee)\.com[/:]([\w-]{1,60})/([\w.-]{1,80})", re.I)
"""Where a project is kept: its owner, and what it is called there."""
_WORDS = re.compile(r"\[([^\[\]]{1,120})\]\($")
_LONGEST = 1000
_MOST = 200
"""Links of one README that are looked at."""
_BETWEEN = re.compile(r"[-_/]")


def called(card: ModelCard, owner: Owner) -> Iterator[tuple[str, int]]:
    """Yield the models that the project's own are called after, and the line of each."""
    for number, link in _of_the_project(card, owner):
        yield from ((name, number) for name in _named(link) if not _is_of(name, link["of"]))


def with_its_models(card: ModelCard, owner: Owner) -> Owner:
    """Return whose README it is, who is also called as the models that it gives out are."""
    names = (link["name"] for _, link in _of_the_project(card, owner))
    words = {word.casefold() for name in names for word in LETTERS.findall(name)}
    named = {w for w in words if len(w) > NAMING + 1 and w.isalpha() and not is_variant_word(w)}
    new = {word for word in named if not owner.is_a_works(word)}
    return replace(owner, words=owner.words | new, wholes=owner.wholes | new)


def _of_the_project(card: ModelCard, owner: Owner) -> Iterator[tuple[int, re.Match[str]]]:
    links = list(islice(_links(card), _MOST))
    own = _own(card, owner, {link["of"] for _, link in links})
    for number, link in links:
        if letters(link["of"]) in own or _is_called_so(link["name"], owner):
            yield number, link


def _links(card: ModelCard) -> Iterator[tuple[int, re.Match[str]]]:
    for number, line in enumerate(card.prose.split("\n"), card.prose_line):
        for link in AT_HUB.finditer(line[:_LONGEST]):
            if known_model(link[1]) is None:
                yield number, link


def _own(card: ModelCard, owner: Owner, linked: set[str]) -> frozenset[str]:
    """Return the organisations whose models are the project's own."""
    homes = islice(HOME.findall(card.prose), _MOST)
    own = {of for of, home in homes if letters(home.removesuffix(".git")) in owner.wholes}
    unknown = {of for of in linked if of.casefold() not in publishers()}
    alone = len(unknown) == 1 and "/" not in card.path
    own |= unknown if alone else {of for of in unknown if _is_named_so(of, owner)}
    return frozenset(map(letters, own))


def _is_named_so(organisation: str, owner: Owner) -> bool:
    """Whether an organisation at a hub was made for the project: "sparrow-lm" for Sparrow-LM."""
    named = letters(organisation)
    return len(named) > NAMING and any(whole.startswith(named) for whole in owner.wholes)


def _is_called_so(model: str, owner: Owner) -> bool:
    named = (whole for whole in owner.wholes - prose_words().headings if len(whole) > NAMING)
    return any(whole in letters(model) for whole in named)


def _is_of(name: str, organisation: str) -> bool:
    """Whether a model is one of the organisation's own, whose later ones are called alike."""
    listed = known_model(meant(name))
    of = "" if listed is None else listed.row.id.partition("/")[0]
    return letters(present_name(of)) == letters(present_name(organisation))


def _named(link: re.Match[str]) -> Iterator[str]:
    """Yield the models in an id, in the words of its link, and in the first cell of its row."""
    yield from ("-".join(said.split()) for said in families(_BETWEEN.sub(" ", link["name"])))
    words = _WORDS.search(link.string, 0, link.start())
    if words is not None:
        yield from families(plain(words[1])[0])
    if link.string.lstrip().startswith("|"):
        yield from families(plain(link.string.strip().strip("|").split("|")[0])[0])
