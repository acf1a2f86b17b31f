# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The report's words and numbers: every rounding, adjective and escape in one place.

The words themselves are data (``templates/wording.yaml``, and beside each statistic), so
that a lawyer can amend them without reading Python. Rounding never flatters: shares round
down, and an upper bound on a probability rounds up.
"""

import unicodedata
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from audit import resources
from audit.errors import RenderError
from audit.record.said import Said
from audit.record.weights import Comparison, Component, PKind, Relation
from audit.rules.statistics import texts
from audit.text.numbers import count
from audit.text.warrant import warrant

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RelationWords(_Strict):
    """Label, sentence, clause and main limit of a relation; ``{suspect}``, ``{reference}``."""

    label: str
    verdict: str
    short: str
    limit: str


class LabelledMeaning(_Strict):
    """A label and one sentence that explains it."""

    label: str
    meaning: str


class Band(_Strict):
    """A grade for log10 probabilities at or below ``at_most``."""

    at_most: float
    grade: str
    short: str
    strong: bool
    silent: bool


class DirectionWords(_Strict):
    """A direction as a clause with ``{suspect}`` and ``{reference}``, and which end is older."""

    clause: str
    source: str


class AlternativeWords(_Strict):
    """An explanation other than lineage, and which tests speak to it."""

    name: str
    text: str
    tested_by: tuple[str, ...]
    tested: str
    examined: str = "Tested"
    untestable: str = ""


class Wording(_Strict):
    """The content of ``templates/wording.yaml``."""

    relations: dict[str, RelationWords]
    calibrated_disguise: RelationWords
    directions: dict[str, DirectionWords]
    containment: dict[str, str]
    directed: str
    gate: dict[str, LabelledMeaning]
    severities: dict[str, str]
    statuses: dict[str, str]
    scale: tuple[Band, ...]
    warrants: dict[str, LabelledMeaning]
    kinds: dict[str, str]
    alternatives: tuple[AlternativeWords, ...]
    propositions: dict[str, str]
    """H1 and H2, with ``{suspect}`` and ``{reference}``."""
    fixed: str
    out_of_scope: tuple[str, ...]
    no_contact: str
    unreviewed: LabelledMeaning
    combination: tuple[str, ...]
    """How lines of evidence become one figure."""


class Method(_Strict):
    """The explanation of one weight test, from the file beside it."""

    name: str
    effect: str
    null: str
    statistic: str
    survives: str
    blind_to: str
    reads: str = "not described"
    """Which tensors; lines that read the same ones repeat each other."""


_Model = TypeVar("_Model", bound=BaseModel)


@cache
def words() -> Wording:
    """Return the report's words."""
    return _load("wording.yaml", Wording)


@cache
def methods() -> dict[str, Method]:
    """Return the explanations of the weight tests by test name."""
    kept = set(Method.model_fields)
    return {name: Method(**text.model_dump(include=kept)) for name, text in texts().items()}


def method(test: str) -> Method:
    """Return the explanation of ``test``, or one that says that there is none."""
    missing = "This version of the report has no description of this test."
    return methods().get(
        test,
        Method(
            name=test,
            effect="as defined by the test",
            null=missing,
            statistic=missing,
            survives=missing,
            blind_to=missing,
        ),
    )


def _load(name: str, model: type[_Model]) -> _Model:
    path = resources.tree("templates") / name
    return _validate(_yaml(path), model, path)


def _yaml(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise RenderError(f"{path}: {error}", advice="Reinstall audit.") from error


def _validate(fields: Any, model: type[_Model], path: Path) -> _Model:
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise RenderError(
            f"{path}: {error.errors()[0]['msg']}", advice="Reinstall audit."
        ) from error


def visible(text: str) -> str:
    """Replace control, format and unassigned characters by their visible code point.

    Line breaks and tabs become spaces. Without this a file name could reorder the line
    it stands in (bidirectional overrides) or drive a terminal (escape sequences).
    """
    return "".join(_visible_character(c) for c in text)


def _visible_character(character: str) -> str:
    if character in "\n\r\t":
        return " "
    return code_point(character) if unicodedata.category(character) in _INVISIBLE else character


def code_point(character: str) -> str:
    """Return the visible stand-in of one character, for example ``‹U+202E›``."""
    return f"‹U+{ord(character):04X}›"


def columns(character: str) -> int:
    """Return how wide a visible character is printed, in Latin letters.

    What the Chinese subset of the bundled fonts has takes two; what no bundled font has is
    printed as ``‹U+4E2D›`` and takes eight.
    """
    if ord(character) < 0x0500 or 0x2000 <= ord(character) < 0x2300:
        return 1
    return 2 if character.encode("gb2312", "ignore") else 8


def clip(text: str, limit: int) -> str:
    """Shorten ``text`` to about ``limit`` characters and say how long it was."""
    if len(text) <= limit:
        return text
    return f"{text[:limit].rstrip()} … ({count(len(text))} characters, whole in record.json)"


def brief(text: str, limit: int) -> str:
    """Shorten ``text`` where the whole of it stands in a later section."""
    if len(text) <= limit:
        return text
    head = text[:limit]
    return f"{head.rpartition(' ')[0] or head} …"


def short_name(text: str, limit: int = 60) -> str:
    """Shorten a name for running text; the start and the end carry the meaning."""
    if len(text) <= limit:
        return text
    return f"{text[: limit - 16]}…{text[-15:]}"


def quoted(name: str, limit: int = 60) -> str:
    """Write a name inside a sentence, where a bare ``model`` would be read as a word."""
    return f"“{short_name(name, limit)}”"


def relation_words(found: Comparison | Component) -> RelationWords:
    """Return the words of a relation; those of a disguise depend on the warrant."""
    if found.relation is Relation.DISGUISED and found.p_kind is PKind.CALIBRATED:
        return words().calibrated_disguise
    return words().relations[found.relation.value]


def band(log10_p: float) -> Band:
    """Return the grade of a log10 probability on the scale of Annex A."""
    return next((b for b in words().scale if log10_p <= b.at_most), words().scale[-1])


def probability_sentence(log10_p: float | None, p_kind: PKind, *, corrected: bool) -> str:
    """Say what a p-value means, with its warrant, for a reader without statistics."""
    if log10_p is None or p_kind is PKind.NONE:
        return "Values were compared directly or no test gave a number; no probability is stated."
    if p_kind is PKind.CALIBRATED:
        return strength_sentence(log10_p, p_kind)
    tail = ", after correction for every test, component and reference tried" * corrected
    return (
        f"{strength_sentence(log10_p, p_kind).removesuffix('.')}{tail}. "
        "This is not the probability that the models are unrelated."
    )


def strength_sentence(log10_p: float, p_kind: PKind) -> Said:
    """Say a probability and its warrant in one sentence."""
    return warrant(log10_p, p_kind)
