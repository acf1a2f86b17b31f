# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The figures of ``make shape`` that are reached stay reached, and each of them can fail."""

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts import shape

REACHED = (
    *(shape.wide_folders, shape.weight_levels, shape.cycles, shape.openers),
    *(shape.statistic_ids, shape.text_for_absence, shape.numbers_to_words),
    *(shape.pipeline, shape.comparison),
)


@pytest.mark.parametrize("measure", REACHED, ids=lambda measure: measure.__name__)
def test_it_stays_reached(measure: Callable[[], shape.Figure]) -> None:
    figure = measure()
    assert figure.reached, figure


@pytest.mark.parametrize(
    ("code", "formats"),
    [
        ("f'{n:,} files'", True),
        ("f'{p:.2f}'", True),
        ("f'{share:.1%}'", True),
        ("f'{x:.{digits}f}'", True),
        ("float(f'{x:.4g}')", False),
        ("f'{name:<20}'", False),
        ("f'{name}'", False),
        ("f'{digest:02x}'", False),
    ],
)
def test_what_counts_as_turning_numbers_into_words(code: str, formats: bool) -> None:
    assert any(map(shape._formats, shape._shown(ast.parse(code)))) is formats


@pytest.mark.parametrize(
    ("annotation", "members"),
    [
        ("Split | str", {"Split", "str"}),
        ("str | None", {"str", "None"}),
        ("a | (b | c)", set("abc")),
    ],
)
def test_members_of_a_union(annotation: str, members: set[str]) -> None:
    assert shape._members(ast.parse(annotation, mode="eval").body) == members


def test_groups_are_cycles_imported_ones_first() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set(), "e": {"a"}}
    assert shape._groups(graph) == [{"d"}, {"b", "c"}, {"a"}, {"e"}]


def test_imports_for_types_alone_do_not_count(tmp_path: Path) -> None:
    path = tmp_path / "one.py"
    path.write_text(
        "from typing import TYPE_CHECKING\n"
        "from audit import errors\n"
        "if TYPE_CHECKING:\n    from audit import report\n"
        "def f():\n    from audit.text import numbers\n"
    )
    assert set(shape._imported(path, "one")) == {"audit.errors", "audit.text.numbers"}
