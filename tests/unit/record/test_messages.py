# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Every sentence of a record is made of a message that the extractor knows."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from audit.record.weights import Relation
from scripts.messages import MAKERS, ROOT, has_words, messages, of_module
from tests.frozen import entry
from tests.zoo import relations, zoo_path

STAND_INS = {f"The weights are {relation}." for relation in Relation} | {"toy"}
"""What the comparisons say that stand in for measured ones (``tests/unit/checks/cases.py``)."""
ALLOWED = {
    "audit/record/said.py",
    "audit/checks/make.py",
    "audit/cli/rules.py",
}
"""Where a message is no literal: the words of a rule."""


def found(value: Any, keys: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield every message of a record's JSON, those inside others too, with the keys to it."""
    if isinstance(value, dict):
        if set(value) == {"text", "arguments"}:
            yield keys, value["text"]
        for key, part in value.items():
            yield from found(part, (*keys, key))
    elif isinstance(value, list):
        for part in value:
            yield from found(part, keys)


@cache
def known() -> frozenset[str]:
    return frozenset(messages())


def unknown(record: Any) -> set[tuple[tuple[str, ...], str]]:
    """Return what no catalogue can hold: messages that were put together at the last moment."""
    return {
        (keys, message)
        for keys, message in found(record)
        if has_words(message) and message not in known()
    }


@pytest.mark.parametrize("name", ["suspect", "independent"])
def test_the_dispute(dispute: Path, name: str) -> None:
    assert unknown(entry.audit_folder(dispute / name, dispute / "reference")) == set()


@pytest.mark.parametrize(
    "name",
    [
        *("peers-six-faults", "planted-faults", "llama-under-mit", "cyclic-base-models"),
        *("expired-waiver", "altered-license", "broken-front-matter", "dataset-non-commercial"),
        *("code-header-stripped", "texts-named-by-scope", "package-against-license"),
    ],
)
def test_releases(tmp_path: Path, name: str) -> None:
    said = unknown(entry.audit_scenario(name, tmp_path))
    assert {(keys, message) for keys, message in said if message not in STAND_INS} == set()


def test_a_pair_of_the_zoo() -> None:
    pair = relations()[0]
    found_here = entry.compare_folders(zoo_path(pair.suspect), zoo_path(pair.reference))
    assert unknown({"comparisons": [found_here]}) == set()


def test_a_message_is_a_literal() -> None:
    """A message that is put together while the programme runs would be in no catalogue."""
    odd = {
        name
        for path in (ROOT / "audit").rglob("*.py")
        if (name := path.relative_to(ROOT).as_posix()) not in ALLOWED
        and not name.startswith("audit/report/")  # its messages are those of its wording.yaml
        and not _all_literal(path.read_text(encoding="utf-8"))
    }
    assert odd == set()


def _all_literal(source: str) -> bool:
    calls = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKERS
    ]
    told = [argument for call in calls for argument in call.args[: MAKERS[call.func.id]]]  # type: ignore[attr-defined]
    return all(isinstance(one, ast.Constant | ast.IfExp) for one in told)


def test_the_extractor_sees_what_is_said() -> None:
    source = 'Said("one {a}" if b else "other", a=c)\nby_number("{n} x", "{n} xs", n=3)\nsay("no")'
    assert sorted(of_module(source)) == ["one {a}", "other", "{n} x", "{n} xs"]
    assert has_words("{n:count} files")
    assert not has_words("{a}: {b:share} (10 %)")
