# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The words that are data, so that a lawyer can amend them without reading Python.

``templates/wording.yaml`` holds conclusions and adjectives; the explanation of each weight test
stands beside the test. Both are shipped with the version of the report; the numbers that a page
quotes are in its record.
"""

from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from audit import resources
from audit.errors import RenderError, RulesError
from audit.record.said import Said
from audit.record.verdict import Status, Verdict
from audit.report.outline import refer
from audit.rules.loading import load_fields
from audit.rules.statistics import StatisticText
from audit.rules.statistics import texts as methods


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


class Unreviewed(LabelledMeaning):
    """The mark of a report that nobody reviewed, and how it is taken away."""

    how: str


class Band(_Strict):
    """A grade for log10 probabilities at or below ``at_most``; the last one is open."""

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
    examined: str = Said("Tested")
    untestable: str = ""


class Term(_Strict):
    """An entry of the glossary; ``find`` are the forms that are linked at their first use."""

    term: str
    meaning: str
    find: tuple[str, ...]


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
    fixed: str
    out_of_scope: tuple[str, ...]
    no_contact: str
    unreviewed: Unreviewed
    combination: tuple[str, ...]
    keys: dict[str, tuple[str, ...]]
    """What a signature is worth, by the kind of its key."""
    glossary: tuple[Term, ...]
    change: tuple[str, ...]
    """What would change a conclusion."""
    paragraphs: dict[str, str]
    """What stands in every report, by section; names of sections are their numbers."""
    plain: dict[str, str]
    """What relations and obligations are called, by their ids."""
    terms: tuple[str, ...]
    """Words of the record that are printed as they are."""


_Model = TypeVar("_Model", bound=BaseModel)
_UNKNOWN = Said("This version of the report has no description of this test.")


@cache
def wording() -> Wording:
    """Return the report's words."""
    path = resources.tree("templates") / "wording.yaml"
    return _validate(_yaml(path), Wording, path)


def gate_words(outcome: Verdict) -> LabelledMeaning:
    """Return the words of the gate's answer; a PASS without a comparison has its own."""
    passed_papers = outcome.status is Status.PASS and outcome.papers_only
    return wording().gate["PASS-papers-only" if passed_papers else outcome.status.value]


def plain(name: str) -> Said:
    """Return what a relation or an obligation is called; one that is not known by its id."""
    return Said(wording().plain.get(name, name))


def paragraph(name: str) -> Said:
    """Return a paragraph that stands in every report."""
    return refer(wording().paragraphs[name])


def method(test: str) -> StatisticText:
    """Return the explanation of ``test``, or one that says that there is none."""
    missing = dict.fromkeys(("null", "statistic", "survives", "blind_to"), _UNKNOWN)
    effect, reads = Said("as defined by the test"), Said("not described")
    unknown = StatisticText(name=test, effect=effect, reads=reads, **missing)
    return methods().get(test, unknown)


def band(log10_p: float) -> Band:
    """Return the grade of a log10 probability on the scale of the glossary."""
    return next((b for b in wording().scale if log10_p <= b.at_most), wording().scale[-1])


def _yaml(path: Path) -> Any:
    try:
        return load_fields(path)
    except (OSError, RulesError) as error:
        raise RenderError(f"{path}: {error}", advice="Reinstall audit.") from error


def _validate(fields: Any, model: type[_Model], path: Path) -> _Model:
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise RenderError(
            f"{path}: {error.errors()[0]['msg']}", advice="Reinstall audit."
        ) from error
