# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Annexes say what a record knows, where it was read, and "not stated" for all else."""

import re
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from audit import resources
from audit.record.files import Origin
from audit.record.said import Said
from audit.report import render_as
from audit.report.facts import FACTS
from audit.report.formats.annex import NOT_STATED
from audit.rules.annexes import Annex, annex
from tests.unit.report import records

NAMES = sorted(p.stem for p in (resources.tree("rules") / "annexes").glob("*.yaml"))


def rows(name: str, record: Any) -> dict[str, tuple[str, str]]:
    """Return value and source by element; escapes are taken out."""
    page = render_as(name, record).decode().replace("\\", "")
    cells = (line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| "))
    return {c[0]: (c[2].strip(" |"), c[3] if len(c) > 3 else "") for c in cells if len(c) > 2}


def lists() -> list[Annex]:
    return [annex(name) for name in NAMES]


def test_every_fact_is_known_and_used() -> None:
    asked = {row.fact for one in lists() for part in one.parts for row in part.rows} - {None}
    assert asked == {*FACTS, "record"}


@pytest.mark.parametrize("name", NAMES)
def test_elements_are_named_once(name: str) -> None:
    ids = [row.id for part in annex(name).parts for row in part.rows]
    assert [one for one, n in Counter(ids).items() if n > 1] == []


def test_the_g7_has_fifty_elements_in_seven_clusters() -> None:
    sizes = [len(part.rows) for part in annex("g7-ai-sbom").parts]
    assert sizes == [10, 9, 13, 10, 2, 4, 2]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("make", [records.convicted, records.cleared, records.hostile])
def test_every_row_has_a_value_with_its_source_or_says_so(name: str, make: Any) -> None:
    page = render_as(name, make()).decode()
    assert "Not legal advice" in page
    assert annex(name).read.isoformat() in page.replace("\\", "")
    listed = [row for part in annex(name).parts for row in part.rows]
    lines = [line for line in page.splitlines() if line.startswith("| ")]
    heads = len(annex(name).parts) * 2
    assert len(lines) == len(listed) + heads
    stated = sum(f"| {NOT_STATED} |" in line for line in lines)
    assert f"{len(listed) - stated} of {len(listed)} elements" in page
    assert re.search(r"(?<!\\)<script", page) is None


def test_what_is_known_is_said_with_its_source() -> None:
    record = records.convicted()
    found = rows("eu-ai-act", record)
    assert found["XI 1(d) parameters"] == ("589,824", "headers of the weight files")
    assert "reference (the weights show it" in found["MDF 1.6"][0]
    assert "derived" in found["MDF 1.3"][0]
    assert found["53(1)(c)"][0] == found["MDF 1.1"][0] == NOT_STATED
    assert found["MDF 1.2"][0] == NOT_STATED, "a folder's name identifies no model"


def test_a_name_on_a_hub_is_called_that() -> None:
    record = records.convicted()
    source = Origin(
        model="acme/toy", commit="a" * 40, said_by=Said("the hub"), address="https://h/x"
    )
    found = rows("g7-ai-sbom", replace(record, subject=replace(record.subject, source=source)))
    assert found["MDL-02"] == ("acme/toy", "the hub")
    assert found["MDL-05"][0] == "acme"
    assert "no legal name" in found["MDL-05"][1]


def test_a_release_without_weights_or_papers_states_nothing_of_them() -> None:
    record = records.convicted()
    bare = replace(
        record,
        subject=replace(record.subject, artifacts=(), parameters=0, architecture=None, training=()),
        licenses=replace(record.licenses, claims=()),
        obligations=replace(record.obligations, edges=(), nodes=()),
    )
    found = rows("openness", bare)
    assert {value for value, _ in found.values()} <= {NOT_STATED, "Value", "---"}
