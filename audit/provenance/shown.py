# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Bases that a model's card shows without a sentence: rows, recipes of merges, code, its own name.

An adapter is loaded onto its base (``PeftModel``), a recipe lists what was merged, and who calls
a model "Llama-3.1-8B-Chatty" says what it was. Asked only of cards of models.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain, islice

from audit.inventory.model_card import ModelCard
from audit.licenses.declared.inline import plain
from audit.licenses.declared.plain import titles
from audit.provenance.offered import AT_HUB
from audit.provenance.phrases import is_of_others, leads
from audit.provenance.recipes import TRAINED, forms
from audit.rules.known_works import known_model, provenance_words

_LONGEST = 400
"""Characters of a line that are looked at."""
_LEAST = 2
"""Parts of a name from which it is that of a model, and not of a family."""
_HUB = r"[\"']?(?P<name>[A-Za-z0-9][\w.-]{0,60}/[A-Za-z0-9][\w.-]{0,80})[\"']?"
_RECIPE = re.compile(rf"\s*-?\s*(?:model|base_model)\s*:\s*{_HUB}\s*$")
_LOADED = re.compile(
    rf"from_pretrained\(\s*{_HUB}|\bbase_model\w*\s*=\s*{_HUB.replace('name', 'id')}"
)
_VARIANT = re.compile(r"\s*\|\s*`?(?:[\w.-]{1,60}/)?(?P<name>[\w.-]{1,80}:\d[\w.-]{0,40})`?\s*\|")
"""A row of a table that is about one size of a model: ``heron:3B-Q4_K_M``."""
_ITEM = re.compile(r"\s{0,8}(?:[-*+•]|\d{1,2}[.)])\s+")
_ADAPTS = re.compile(r"PeftModel|load_lora_weights|load_adapter|AutoPeft")
_MERGES = re.compile(r"merge_method\s*:")


def shown(
    card: ModelCard, called: str, headers: Iterable[str] = (), *, trains: bool = False
) -> Iterator[tuple[str, int]]:
    """Yield names of models and the line of the card; ``called`` is what the folder is called.

    What code loads may be the release itself, and counts where the table knows it.
    ``headers`` are what the headers of its weights call them; ``trains``: the card is that of a
    project, which also shows how its models were trained.
    """
    written = ["-".join(name.split()) for name in headers]
    merges, adapts = (kind.search(card.prose) is not None for kind in (_MERGES, _ADAPTS))
    for number, whole in enumerate(card.prose.split("\n"), card.prose_line):
        line = whole[:_LONGEST]
        row = _row().match(line)
        if row is not None:
            yield row[1].strip(" *`"), number
        recipe = _RECIPE.match(line) if merges else None
        if recipe is not None:
            yield recipe["name"], number
        loaded = (m["name"] or m["id"] for m in _LOADED.finditer(line) if adapts)
        trained = (m["name"] for m in TRAINED.finditer(line) if trains)
        yield from ((name, number) for name in filter(known_model, chain(loaded, trained)))
        variant = _VARIANT.match(line) if written else None
        known = filter(known_model, forms(variant["name"]) if variant is not None else ())
        yield from ((form, number) for form in islice(known, 1))
    yield from ((name, card.prose_line) for name in written if known_model(name))
    for name in _in_its_name((*titles(card.prose), called, *written)):
        yield name, card.prose_line
    yield from _listed(card)


def _listed(card: ModelCard) -> Iterator[tuple[str, int]]:
    """Yield the items of a list whose lead is about making: "Merged from the following:"."""
    led, gap = False, 0
    for number, whole in enumerate(card.prose.split("\n"), card.prose_line):
        line = whole[:_LONGEST]
        item = _ITEM.match(line)
        if item is not None and led and gap <= 1:
            model = AT_HUB.search(line)
            said = model[1] if model else plain(line[item.end() :])[0]
            yield from () if is_of_others(said) else ((said, number),)
        elif line.strip():
            led = line.rstrip().endswith((":", "：")) and leads(line)
        gap = 0 if line.strip() else gap + 1


def _in_its_name(names: Iterable[str]) -> Iterator[str]:
    """Yield the longest beginning of a name that is a model's, where more follows it."""
    for name in names:
        parts = name.strip().rpartition("/")[2].split("-")
        sizes = range(len(parts) - 1, _LEAST - 1, -1)
        begun = ("-".join(parts[:size]) for size in sizes)
        found = next((b for b in begun if any(map(str.isdigit, b)) and known_model(b)), None)
        whole = known_model("-".join(parts)) is not None
        if found is not None and not whole and " " not in name.strip():
            yield found


@cache
def _row() -> re.Pattern[str]:
    """Return a row of a table that says "base model", and of which."""
    label = "|".join(map(re.escape, provenance_words().made_from_label))
    return re.compile(rf"\s*\|\W*(?:{label})\W*\|([^|\n]{{2,200}})(?:\||$)", re.I)
