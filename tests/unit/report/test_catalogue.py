# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The catalogues hold nothing stale or malformed; what is missing blocks a release only."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from scripts import catalogue

PLACE = re.compile(r"\{[^{}]*\}")


@cache
def found() -> dict[str, list[str]]:
    return catalogue.collect()


@cache
def messages(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


def test_there_is_a_catalogue() -> None:
    assert [path.parts[-3] for path in catalogue.CATALOGUES] == ["zh_CN"]
    assert len(found()) > 1200


@pytest.mark.parametrize("path", catalogue.CATALOGUES, ids=lambda p: p.parts[-3])
def test_nothing_in_it_is_stale(path: Path) -> None:
    """``python scripts/catalogue.py`` moves what is no longer said to the end."""
    assert [m.id for m in messages(path) if m.id and m.id not in found()] == []


@pytest.mark.parametrize("path", catalogue.CATALOGUES, ids=lambda p: p.parts[-3])
def test_a_translation_keeps_what_is_filled_in_and_what_is_typed(path: Path) -> None:
    for message in messages(path):
        source, target = str(message.id), str(message.string)
        if source and target:
            assert sorted(PLACE.findall(source)) == sorted(PLACE.findall(target)), source
            code = re.compile(r"`[^`]+`")
            assert sorted(code.findall(source)) == sorted(code.findall(target)), source


def test_what_is_missing_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    path = catalogue.CATALOGUES[0]
    assert catalogue.missing(path, ["Weights", "A sentence that nobody knows."]) == [
        "A sentence that nobody knows."
    ]
    assert catalogue.main(["--missing"]) in (0, 1)
    assert "messages translated" in capsys.readouterr().out


def test_what_the_collector_sees() -> None:
    source = '''
"""A docstring is not a message."""
LEAD = "A sentence with a name of {section}."
def f(n: int) -> str:
    print("no message")
    unsaid = f"{n} of {n}"
    return Said("{n:count} were read.", n=amount(n, "file")), refer(LEAD)
LABELS = {"key": Said("one" if LEAD else "other"), "more": left_out(1, 2, "entry", "entries")}
'''
    assert list(catalogue.in_python(ast.parse(source))) == [
        "one",
        "other",
        "{n:count} more entry",
        "{n:count} more entries",
        "{n:count} were read.",
        "A sentence with a name of {section}.",
        "{n:count} file",
        "{n:count} files",
    ]


def test_what_the_collector_sees_in_rules() -> None:
    words = {"copy": {"label": "A", "tested_by": ["x"]}, "b": [{"c": "B", "find": ["C"]}]}
    assert list(catalogue.in_yaml(words)) == ["A", "B", "C"]
