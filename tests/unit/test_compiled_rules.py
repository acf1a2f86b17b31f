# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What is kept of the rules is what their YAML says, and never stands for another text."""

import shutil
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from audit import resources
from audit.kept import RESULT, Kept
from audit.rules import compiled, loading

RULES = resources.tree("rules")


@pytest.fixture(autouse=True)
def _no_cache_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return one file of a tree of rules that is quickly parsed."""
    tree = tmp_path / "rules"
    tree.mkdir()
    for name in ("datasets.yaml", "weights.yaml"):
        shutil.copy(RULES / name, tree)
    monkeypatch.setattr(resources, "tree", lambda _name: tree)
    return tree / "datasets.yaml"


class _Parser:
    """Parses YAML and remembers what; each one is another to ``compiled``, as each process is."""

    def __init__(self) -> None:
        self.parsed: list[Path] = []

    def __call__(self, path: Path, text: str) -> Any:
        self.parsed.append(path)
        return loading._parsed(path, text)


def said(path: Path, text: str | None = None) -> tuple[Any, list[Path]]:
    parser = _Parser()
    found = compiled.fields(path, path.read_text() if text is None else text, parser)
    return found, parser.parsed


def test_every_file_of_the_rules_is_kept_and_says_the_same() -> None:
    paths = sorted(RULES.rglob("*.yaml"))
    assert said(paths[0])[1] == paths  # the first process parses all of them
    later = _Parser()
    for path in paths:
        text = path.read_text()
        assert compiled.fields(path, text, later) == loading._parsed(path, text)
    assert later.parsed == []


def test_a_text_that_was_changed_is_parsed(small: Path) -> None:
    said(small)
    text = small.read_text() + "more: 1\n"
    found, parsed = said(small, text)
    assert parsed == [small]
    assert found["more"] == 1


@pytest.mark.parametrize(
    "planted",
    [b"", b"{}", b"[1]", b'{"a": 1}', b"null", b"\xff", b'{"TEXT": "b"}'],
    ids=["empty", "none", "list", "numbers", "null", "bytes", "foreign"],
)
def test_what_was_planted_or_damaged_changes_nothing(planted: bytes, small: Path) -> None:
    first, _ = said(small)
    with Kept() as kept:
        [key] = [key for key in kept._keys() if key.startswith(RESULT)]
        planted = planted.replace(b"TEXT", compiled._key(small.read_text()).encode())
        kept.put(key, planted)
    assert said(small)[0] == first
    with Kept() as kept:
        kept._cache.set(key, planted)
    assert said(small)[0] == first


def test_nothing_is_compiled_where_nothing_is_kept(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUDIT_CACHE_LIMIT", "0")
    assert said(small)[1] == [small]


def test_files_of_others_are_parsed(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("a: 1\n")
    said(path)
    assert said(path) == ({"a": 1}, [path])
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize(
    "value",
    [
        {"day": date(2024, 2, 29), "days": [date(1999, 1, 1)]},
        {"a": [1, 1.5, True, None, "1", "é\u2028"], "b": {"c": {}}},
    ],
)
def test_json_gives_back_what_yaml_said(value: object) -> None:
    text = compiled.as_json(value)
    assert text is not None
    assert compiled.from_json(text) == value


@pytest.mark.parametrize(
    "value",
    [
        {1: "number as key"},
        {"!date": "2024-01-01"},
        {"!date": "no day"},
        [datetime(2024, 1, 1, 12)],  # noqa: DTZ001 - as YAML has it
        [float("nan")],
        {"bytes": b"x"},
        [(1, 2)],
    ],
)
def test_what_json_would_change_is_not_kept(value: object) -> None:
    assert compiled.as_json(value) is None
