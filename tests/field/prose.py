# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""How much the prose reader understands of what READMEs say, and whether it invents anything.

A sentence is understood where exactly the licences that it gives are read from it; where it
gives none that could be identified, reading one is an invention. Which part a licence is for is
counted apart, and limits to non-commercial use only once the reader has a way to say them.
"""

from collections.abc import Iterable
from typing import Any

from audit.inventory.model_card import ModelCard
from audit.licenses.declared.prose import prose_claims
from audit.licenses.expressions import readings
from audit.record.licenses import NOASSERTION, LicenseClaim

Sentence = dict[str, Any]


def read(sentence: Sentence) -> tuple[LicenseClaim, ...]:
    """Give a sentence to the prose reader, under the name of the repository that says it."""
    name = sentence["source"].split("@")[0].split("/")[1]
    prose = f"# {name}\n\n{sentence['text']}"
    return prose_claims(ModelCard(path="README.md", metadata="{}", prose=prose))


def given(sentence: Sentence) -> dict[str, set[str]]:
    """Return the identified licences that a sentence gives, each with the parts it is for."""
    found: dict[str, set[str]] = {}
    for part in sentence["truth"]:
        for name in part["licenses"]:
            for symbol in readings(name) if name != NOASSERTION else ():
                found.setdefault(symbol, set()).add(part["scope"])
    return found


def heard(claims: Iterable[LicenseClaim]) -> dict[str, set[str]]:
    """Return the licences that were read, each with the parts; all of it is ``release``."""
    found: dict[str, set[str]] = {}
    for claim in claims:
        for symbol in readings(claim.expression) if claim.expression != NOASSERTION else ():
            found.setdefault(symbol, set()).add(claim.scope or "release")
    return found


def figures(sentences: Iterable[Sentence]) -> tuple[dict[str, list[int]], list[str]]:
    """Return the counts, and a line for each sentence that was missed or misread."""
    counted = {"understood": [0, 0], "parts": [0, 0], "invented": [0, 0]}
    lines = []
    for sentence in sentences:
        wanted, got = given(sentence), heard(read(sentence))
        invented = set(got) - set(wanted)
        counted["invented"][0] += bool(invented)
        counted["invented"][1] += 1
        if wanted:
            right = set(got) == set(wanted)
            counted["understood"][0] += right
            counted["understood"][1] += 1
            counted["parts"][0] += right and got == wanted
            counted["parts"][1] += right
        if invented or set(wanted) - set(got):
            names = " and ".join(sorted(wanted)) or "nothing"
            lines.append(
                f"{names}, read as {' and '.join(sorted(got)) or 'nothing'}: "
                f"{sentence['text'][:160]}"
            )
    return counted, lines
