# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The catalogues hold every word of the report, translated, with nothing lost on the way."""

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from audit.report.messages import PLACEHOLDER
from scripts import catalogue

FILES = sorted(catalogue.LOCALES.glob("*/LC_MESSAGES/audit.po"))
MARKUP = re.compile(r"<[^>]+>|%\(\w+\)s|%%")


@cache
def found() -> catalogue.Found:
    return catalogue.collect()


@cache
def messages(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


def test_there_is_a_catalogue() -> None:
    assert [path.parts[-3] for path in FILES] == ["zh_CN"]
    assert len(found()) > 2000


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.parts[-3])
def test_it_is_up_to_date(path: Path) -> None:
    """``python scripts/catalogue.py`` brings it up to date; then translate what is new."""
    assert catalogue.updated(path, found()) == path.read_bytes()


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.parts[-3])
def test_every_message_is_translated(path: Path) -> None:
    assert [m.id for m in messages(path) if m.id and not m.string] == []


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.parts[-3])
def test_a_translation_keeps_what_is_filled_in_and_the_markup(path: Path) -> None:
    for message in messages(path):
        if not message.id:
            continue
        source, target = str(message.id), str(message.string)
        assert sorted(PLACEHOLDER.findall(source)) == sorted(PLACEHOLDER.findall(target)), source
        assert sorted(MARKUP.findall(source)) == sorted(MARKUP.findall(target)), source
        if any(name.endswith(".j2") for name, _ in message.locations):
            assert target.count('"') == source.count('"'), "it may stand in an attribute"


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.parts[-3])
def test_code_and_digits_survive(path: Path) -> None:
    """What stands between backticks is typed by readers; it must be the same in each language."""
    for message in messages(path):
        source, target = str(message.id), str(message.string)
        assert sorted(re.findall(r"`[^`]+`", source)) == sorted(re.findall(r"`[^`]+`", target))


def test_what_the_collector_sees() -> None:
    source = '''
"""A docstring is not a message."""
def f(n: "an annotation") -> str:
    if n == "only compared with":
        return counted(n, "file")
    return f"{n} of {x} were read." + " The rest was not." + (" and more" * n)
LABELS = {"key": "A label"}
'''
    tree = catalogue.ast.parse(source)
    assert [text for text, _ in catalogue.strings_of(tree)] == [
        "{0} file",
        "{0} files",
        "{0} of {1} were read. The rest was not.{2}",
        "and more",
        "A label",
    ]
