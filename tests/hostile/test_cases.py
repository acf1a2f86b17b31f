# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Every row of the table comes out as it says, and costs little."""

import re
import time
import tracemalloc
from pathlib import Path

import pytest

from tests.hostile.cases import Case, cases
from tests.hostile.parsers import PARSERS, answer

pytestmark = pytest.mark.sampled(4)

CASES = tuple(cases())
SECONDS = 20
"""Of the CPU, that a case may take; most take a thousandth."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_case_comes_out_as_the_table_says(case: Case) -> None:
    data = case.make()
    start = time.process_time()
    found = answer(case.parser, data)
    assert time.process_time() - start < SECONDS
    if case.reason is None:
        assert found is None
    else:
        assert found is not None, "it was read"
        assert re.search(case.reason, found), found


def test_every_parser_has_cases_and_every_case_a_name_of_its_own() -> None:
    assert {case.parser for case in CASES} | {"first bytes", "git tree"} >= PARSERS.keys()
    assert len({case.id for case in CASES}) == len(CASES)
    assert len(CASES) >= 1000


@pytest.mark.parametrize(
    "name",
    ["toml: a key of 40000 parts", "safetensors: five million values",
     "safetensors: two million objects", "json: four million values",
     "gguf: four million empty texts"],
)  # fmt: skip
def test_little_takes_little_memory(name: str) -> None:
    case = next(case for case in CASES if case.id == name)
    data = case.make()
    tracemalloc.start()
    try:
        answer(case.parser, data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 3 * len(data) + (64 << 20)


def test_each_attack_has_a_test_that_exists() -> None:
    root = Path(__file__).parents[2]
    page = (root / "docs" / "security.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", page)
    for file, name in named:
        assert f"def {name}" in (root / file).read_text(encoding="utf-8"), (file, name)
    rows = set(re.findall(r"^\| (F\d+) ", page, re.M))
    assert rows == {f"F{i}" for i in range(1, 11)}
