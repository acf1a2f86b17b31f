# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A statistic is two files and a line: nothing else knows it by its name."""

import ast
from pathlib import Path

from audit.rules.statistics import texts
from audit.weights.statistics.battery import STATISTICS

ROOT = Path(__file__).resolve().parents[2]


def literals() -> dict[str, set[str]]:
    """String constants of the package that are the id of a statistic: id -> files."""
    ids = {statistic.id for statistic in STATISTICS}
    found: dict[str, set[str]] = {name: set() for name in ids}
    for path in (ROOT / "audit").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and node.value in ids:
                found[str(node.value)].add(str(path.relative_to(ROOT)))
    return found


def test_ids_stand_in_their_own_file_only() -> None:
    own = {
        statistic.id: {f"{type(statistic).__module__.replace('.', '/')}.py"}
        for statistic in STATISTICS
    }
    assert literals() == own


def test_each_statistic_has_its_words_beside_it() -> None:
    assert sorted(texts()) == sorted(statistic.id for statistic in STATISTICS)
    for statistic in STATISTICS:
        path = ROOT / f"{type(statistic).__module__.replace('.', '/')}.yaml"
        assert f"{statistic.id}:" in path.read_text(encoding="utf-8").splitlines()


def test_every_threshold_of_a_statistic_is_read() -> None:
    """By the statistic's own file, or by what all calibrated ones share."""
    shared = (ROOT / "audit/weights/statistics/interface.py").read_text(encoding="utf-8")
    for statistic in STATISTICS:
        own = (ROOT / f"{type(statistic).__module__.replace('.', '/')}.py").read_text("utf-8")
        for name in statistic.text.thresholds:
            assert f'["{name}"]' in own + shared, (statistic.id, name)


def test_nothing_missing_is_a_bare_string() -> None:
    """What is not there is ``Absent``, or ``None`` where it needs no reason."""
    mixed = []
    for path in (ROOT / "audit" / "weights").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.returns is not None:
                union = {part.strip() for part in ast.unparse(node.returns).split(" | ")}
                if "str" in union and len(union - {"None"}) > 1:
                    mixed.append(f"{path.relative_to(ROOT)}:{node.name}")
    assert mixed == []
