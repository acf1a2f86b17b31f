# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The field corpus is whole: sources, halves, places and counts. What the tool says is measured."""

import re
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest
import yaml

from audit.rules import checks
from tests.field.corpus import (
    HALVES,
    HERE,
    WRITTEN_APART,
    FieldCase,
    Truth,
    cases,
    half_of,
    sentences,
)
from tests.field.measure import judge
from tests.field.prose import figures

KINDS = {"model release", "training code", "adapter", "GGUF conversion", "data set", "fork"}
SCOPES = {"release", "code", "weights", "data", "other", "none"}
VERDICTS = {"pass", "fail", "undecided"}
CARDS = {"open8", "aside8"}
"""Halves of model cards: they have no sentences."""
MIRRORS = {
    "https://github.com/YinanWusoymilk/hf-readme",
    "https://github.com/YoungXinyu1802/HuggingFace-Dataset-Card-Analysis",
}
"""Repositories that keep the cards of others: there the card's own publisher counts."""
MET_TWICE = {"madebyollin", "milvlg"}
"""Whose cards a mirror kept in ``open5`` while it counted as one publisher; all of it is open."""


def test_there_are_enough_of_each() -> None:
    found = cases()
    assert len(found) >= 150
    assert sum(case.language == "zh" for case in found) >= 30
    assert {case.kind for case in found} == KINDS
    assert 0.4 <= sum(case.is_clean for case in found) / len(found) <= 0.65
    traps = Counter(case.fault for case in found)
    assert min(traps.values()) >= 8
    assert len(traps) >= 13


def test_names_are_unique_and_decide_the_half() -> None:
    found = cases()
    assert len({case.name for case in found}) == len(found)
    assert {case.half for case in found} == set(HALVES)
    split = [case for case in found if case.half not in WRITTEN_APART]
    assert all(case.half.rstrip("2") == half_of(case.name) for case in split)
    assert 0.4 <= sum(case.half.startswith("open") for case in split) / len(split) <= 0.6


def test_what_was_written_apart_is_enough_and_new() -> None:
    apart = [case for case in cases() if case.half in WRITTEN_APART]
    met = {case.source["repository"] for case in cases() if case.half not in WRITTEN_APART}
    assert {case.kind for case in apart} == KINDS
    assert not met & {case.source["repository"] for case in apart}
    asked = {"aside3": 120, "aside4": 70, "aside5": 70, "aside6": 70, "aside7": 70}
    for unseen, spoken in asked.items():
        aside = [case for case in apart if case.half == unseen]
        assert len(aside) >= 60
        assert sum(case.language == "zh" for case in aside) >= 12
        assert 0.4 <= sum(case.is_clean for case in aside) / len(aside) <= 0.6
        assert sum(one["half"] == unseen for one in sentences()) >= spoken


def test_there_are_enough_cards_and_no_sentence_of_theirs() -> None:
    found = [case for case in cases() if case.half in CARDS]
    assert all(sum(case.half == half for case in found) >= 45 for half in CARDS)
    assert all((case.folder / "files" / "README.md").is_file() for case in found)


def _publisher(repository: str, *, of_card: str | None) -> str:
    """Return who published what lies there: the owner, or who made the card that a mirror keeps."""
    if repository in MIRRORS:
        assert of_card is not None
        return of_card.lower()
    return repository.split("/")[3].lower()


def _card_owner(path: str) -> str:
    """Return the publisher in a mirror's file name: ``owner_name.md``."""
    return Path(path).name.split("_")[0].lower()


def test_that_no_publisher_is_on_both_sides_of_what_was_written_apart() -> None:
    sources = [
        (case.half, _publisher(case.source["repository"], of_card=case.source.get("publisher")))
        for case in cases()
        if case.half in WRITTEN_APART
    ]
    for one in sentences():
        repository = f"https://github.com/{one['source'].split('@')[0]}"
        owner = _card_owner(one["at"]) if repository in MIRRORS else None
        if one["half"] in WRITTEN_APART:
            sources.append((one["half"], _publisher(repository, of_card=owner)))
    sides = [
        {p for half, p in sources if half == side and (p not in MET_TWICE or half in CARDS)}
        for side in WRITTEN_APART
    ]
    assert all(not one & other for one, other in combinations(sides, 2))


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_case_is_well_formed(case: FieldCase) -> None:
    assert re.fullmatch(r"https://github\.com/[\w.-]+/[\w.-]+", case.source["repository"])
    assert re.fullmatch(r"[0-9a-f]{40}", case.source["commit"])
    is_mirrored = case.source["repository"] in MIRRORS
    owner = _card_owner(case.source["path"]) if is_mirrored else None
    assert case.source.get("publisher") == owner
    assert set(case.verdict) <= VERDICTS
    known = set(checks())
    asked = yaml.safe_load((HERE / "answers.yaml").read_text(encoding="utf-8"))
    assert {allowed.rstrip("<") for allowed in case.allowed} <= known
    for truth in case.truth:
        assert truth.why
        assert truth.check in known if truth.check != "new" else truth.kind in asked
        _check_place(case, truth)
    assert not case.is_clean or "pass" in case.verdict


def _check_place(case: FieldCase, truth: Truth) -> None:
    if truth.path is None:
        return
    file = case.folder / "files" / truth.path
    assert file.is_file() or truth.path in case.texts
    if truth.line is not None:
        assert truth.line <= len(file.read_text(encoding="utf-8").splitlines())


def test_every_case_can_be_written(tmp_path: Path) -> None:
    for case in cases():
        if case.is_possible:
            made = case.write(tmp_path / case.name)
            assert any(made.rglob("*"))
            assert all((made / path).is_file() for path in (*case.texts, *case.gguf))


def test_no_licence_text_is_kept() -> None:
    kept = [p for p in (HERE / "cases").rglob("*") if p.is_file() and p.stat().st_size > 6000]
    assert kept == []


def test_sentences_are_well_formed() -> None:
    said = list(sentences())
    assert len(said) >= 300
    assert len({one["text"] for one in said}) == len(said)
    assert sum(one["language"] == "zh" for one in said) >= 60
    assert {one["half"] for one in said} == set(HALVES) - CARDS
    split = [one for one in said if one["half"] not in WRITTEN_APART]
    assert 0.4 <= sum(one["half"].startswith("open") for one in split) / len(split) <= 0.6
    first = [one for one in split if "batch" not in one]
    assert all(one["half"].rstrip("2") == half_of(one["text"]) for one in first)
    assert {one["batch"] for one in split if one not in first} == {"second"}
    assert {part["scope"] for one in said for part in one["truth"]} == SCOPES
    assert all(re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{12}", one["source"]) for one in said)
    for part in (part for one in said for part in one["truth"]):
        assert set(part) == {"licenses", "scope", "choice", "noncommercial"}
        assert part["scope"] not in ("other", "none") or not part["licenses"]


def test_silence_is_judged() -> None:
    """A tool that says nothing misses every truth and is right about the clean ones only."""
    outcomes = [judge(case, (), "pass") for case in cases()]
    assert all(len(o.missed) == len(o.case.truth) for o in outcomes)
    assert any(not o.verdict_is_right for o in outcomes)


def test_a_reader_that_hears_too_much_is_seen() -> None:
    spoken = "This project is released under the MIT License."
    part = {"licenses": ["Apache-2.0"], "scope": "release"}
    counted, lines = figures([{"text": spoken, "source": "a/b@0", "truth": [part]}])
    assert counted["understood"] == [0, 1]
    assert counted["invented"] == [1, 1]
    assert len(lines) == 1
