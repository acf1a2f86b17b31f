# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Whose README it is: by its title, and by the names of public works."""

import re
from functools import cache

from audit import rules
from audit.inventory.model_card import ModelCard
from audit.licenses.declared.clause import Owner
from audit.licenses.declared.plain import titles
from audit.rules.known_works import known_datasets, known_models

CLONE = re.compile(
    r"git clone\s+(?:https?://|git@)[\w.-]{1,60}[/:][\w.-]{1,60}/([\w.-]{1,80}?)(?:\.git)?(?![\w.-])"
)
LETTERS = re.compile(r"[^\W_]+")
_BESIDE = re.compile(r"^\W{0,6}[\[【]?[^\[\]【】]{1,40}[\]】]\s*|\s[(（].*", re.S)
"""What stands beside the name in a title: "[CVPR 2024] Sparrow (a bird)"."""


def owner_of(card: ModelCard, names: tuple[str, ...] = ()) -> Owner:
    """Return whose README it is, by its titles and by what the release is called elsewhere."""
    named = [*titles(card.prose), *names, *CLONE.findall(card.prose)]
    words = [word.casefold() for name in named for word in LETTERS.findall(name)]
    generic = rules.prose_words().headings
    if not set(words) - generic:
        words = []
    short = {"".join(w[0].casefold() for w in LETTERS.findall(name)) for name in named}
    own = frozenset(words) - generic | {initials for initials in short if len(initials) > 2}
    named += [_BESIDE.sub("", name) for name in named]
    wholes = frozenset("".join(LETTERS.findall(name)).casefold() for name in named) - {""}
    return Owner(title="".join(words), words=own, wholes=wholes, others=_known_works())


@cache
def _known_works() -> tuple[str, ...]:
    """Return how the names of public models and data sets begin, letters and digits only."""
    works = (*known_models(), *known_datasets())
    ids = [work.id.split("/")[-1].rstrip("*") for work in works] + [
        n for w in works for n in w.names
    ]
    found = {"".join(c for c in name.casefold() if c.isalnum()) for name in ids}
    return tuple(sorted(name for name in found if len(name) > 2))
