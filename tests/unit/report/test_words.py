# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""No sentence of ours accuses anybody or claims more than a test shows: every source is read.

The programme's string literals, the rules, the templates, and what the report says of every
sample. What the report quotes from audited files is theirs and is not judged here.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest
import yaml

from audit import resources
from audit.record.document import AuditRecord
from audit.report.contents import sections
from audit.report.page import Page
from tests.unit.report import records

ROOT = Path(__file__).resolve().parents[3]
BANNED = re.compile(
    r"stolen|theft|\bsteal|plagiar|\bcopied\b|\bcopying\b|\bproves?\b|\bproof\b|\bproven\b"
    r"|definitive|\bconfirm|infring|\bfake|fraud|guilty|counterfeit|pirat|cheat|deceiv|dishonest"
    r"|licenc?e[sd]? violation",
    re.IGNORECASE,
)
SHARE_OF_DESCENT = re.compile(r"\d\s?%[^.;]{0,40}\bderived\b|\bderived\b[^.;]{0,40}\d\s?%")
"""A model is not derived to so many per cent: a size is one of agreement."""
ALLOWED = {
    ("rules/prose.yaml", "copied"): "a word of READMEs, which is read and not said",
    ("audit/inventory/kinds.py", "copying"): "the name of a file (COPYING)",
    ("audit/licenses/release_files.py", "copying"): "the name of a file (COPYING)",
    ("audit/provenance/release.py", "copying"): "the name of a file (COPYING)",
    ("rules/checks/INV001.yaml", "copying"): "the name of a file (COPYING)",
    (
        "audit/licenses/attribution.py",
        "copied",
    ): "a pattern that finds credits in other people's words",
    (
        "audit/licenses/detected/own_words.py",
        "copied",
    ): "a pattern that finds terms in other people's words",
    ("audit/licenses/declared/metadata.py", "copying"): "the name of a file",
    ("audit/weights/origin/experts.py", "copied"): "a value of the record, never printed",
    ("rules/models.yaml", "counterfeit"): "what somebody called a model",
    ("audit/verification/moment.py", "confirm"): "denied: no authority confirms the time",
}
"""Where a word of the list may stand, and why."""


def literals(path: Path) -> Iterator[str]:
    """Yield the string literals of a module that are no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    alone = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    for node in ast.walk(tree):
        text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if text and id(node) not in alone:
            yield node.value  # type: ignore[misc]


def scalars(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from scalars(key)
            yield from scalars(item)
    elif isinstance(value, list):
        for item in value:
            yield from scalars(item)


def sources() -> dict[str, list[str]]:
    found = {p: list(literals(p)) for p in sorted((ROOT / "audit").rglob("*.py"))}
    for tree in ("rules", "templates"):
        for path in sorted(resources.tree(tree).rglob("*.yaml")):
            found[path] = list(scalars(yaml.safe_load(path.read_text(encoding="utf-8"))))
    for path in sorted(resources.tree("templates").rglob("*.j2")):
        found[path] = path.read_text(encoding="utf-8").splitlines()
    return {path.relative_to(ROOT).as_posix(): texts for path, texts in found.items()}


def test_no_source_of_a_sentence_accuses() -> None:
    used = set()
    accused = []
    for path, texts in sources().items():
        for text in texts:
            for word in BANNED.findall(text):
                place = (path, word.lower())
                used.add(place)
                if place not in ALLOWED:
                    accused.append((path, word, text[:80]))
    assert accused == []
    assert set(ALLOWED) - used == set(), "an exception that nothing needs any more"


def strings(value: object) -> Iterator[str]:
    """Yield every string of blocks, drawings included."""
    if isinstance(value, str):
        yield value
    elif is_dataclass(value) and not isinstance(value, type):
        for item in fields(value):
            yield from strings(getattr(value, item.name))
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from strings(item)


def said(record: AuditRecord) -> list[str]:
    return list(strings(sections(Page(record=record, custody=records.CUSTODY))))


SAMPLES = {
    "convicted": records.convicted(),
    "cleared": records.cleared(),
    "inconclusive": records.inconclusive(),
    "nothing compared": records.record(None, ()),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_nothing_that_a_report_says_accuses_or_gives_a_share_of_descent(name: str) -> None:
    found = said(SAMPLES[name])
    assert len(found) > 200
    assert [text for text in found if BANNED.search(text)] == []
    assert [text for text in found if SHARE_OF_DESCENT.search(text)] == []


def test_the_linter_can_see() -> None:
    assert BANNED.search("This proves that it was copied.")
    assert not BANNED.search("It improves.")
    assert SHARE_OF_DESCENT.search("98.2 % of it is derived")
    assert not SHARE_OF_DESCENT.search("derived pairs found. The rate is 1.2 %")
    found = said(records.convicted())
    assert "extremely strong evidence against independent initialisation" in " ".join(found)
    assert any(text.startswith("How closely the weights correspond") for text in found), "a drawing"
