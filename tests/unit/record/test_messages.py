# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Every sentence of a record is made of a message that the extractor knows."""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path

import pytest

from audit.pipeline import Request, audit_repository
from audit.record.document import AuditRecord
from audit.record.said import Said
from scripts.messages import MAKERS, ROOT, has_words, messages, of_module

PLAIN = {"Comparison", "Evidence", "Detectable", "Covered", "SpreadContext", "NullSample"} | {
    "Control",
    "Derivation",
    "Relatives",
}
"""Types whose sentences are made in ``audit/weights``, which is not converted yet."""
ALLOWED = {
    "audit/record/said.py",
    "audit/checks/draft.py",
}
"""Where a message is no literal: the words of a rule."""
_PROSE = re.compile(r"(?<![\w./@-])([a-z’'-]{2,}) (?=([a-z’'-]+)(?![\w/@]|\.\w))")


def found(value: object, where: str = "") -> Iterator[tuple[str, Said]]:
    """Yield every sentence of a record, and those inside it, with the type that holds it."""
    if isinstance(value, Said):
        yield where, value
        for part in value.arguments.values():
            yield from found(part, where)
    elif isinstance(value, tuple):
        for part in value:
            yield from found(part, where)
    elif is_dataclass(value):
        for field in fields(value):
            yield from found(getattr(value, field.name), type(value).__name__)


@cache
def known() -> frozenset[str]:
    return frozenset(messages())


def unknown(record: AuditRecord) -> list[tuple[str, str]]:
    return [
        (where, said.message)
        for where, said in found(record)
        if has_words(said.message) and said.message not in known() and where not in PLAIN
    ]


@pytest.mark.parametrize("name", ["suspect", "independent"])
def test_no_sentence_of_the_dispute_is_unknown(dispute: Path, name: str) -> None:
    request = Request(target=str(dispute / name), against=(str(dispute / "reference"),))
    assert unknown(audit_repository(request)) == []


@pytest.mark.parametrize("path", sorted((ROOT / "audit").rglob("*.py")), ids=lambda p: p.name)
def test_a_message_is_a_literal(path: Path) -> None:
    """A message that is put together while the programme runs would be in no catalogue."""
    source = path.read_text(encoding="utf-8")
    name = path.relative_to(ROOT).as_posix()
    if not any(f"{maker}(" in source for maker in MAKERS) or name in ALLOWED:
        return
    calls = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKERS
    ]
    told = [argument for call in calls for argument in call.args[: MAKERS[call.func.id]]]  # type: ignore[attr-defined]
    assert all(isinstance(a, ast.Constant | ast.IfExp) for a in told), name


def test_the_extractor_sees_what_is_said() -> None:
    source = 'Said("one {a}" if b else "other", a=c)\nby_number("{n} x", "{n} xs", n=3)\nsay("no")'
    assert sorted(of_module(source)) == ["one {a}", "other", "{n} x", "{n} xs"]
    assert has_words("{n:count} files") and not has_words("{a}: {b:share} (10 %)")
