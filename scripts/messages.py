# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Every message that a sentence of the record can be made of.

Three sources: literals at the calls that make sentences, the closed lists of the record, and
the words of the rules. ``python scripts/messages.py`` prints them with the places they stand in.
"""

import ast
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from audit.record.findings import Severity
from audit.record.library import Standing
from audit.record.licenses import ClaimOrigin
from audit.record.weights import PKind, Relation

ROOT = Path(__file__).resolve().parents[1]
MAKERS = {"Said": 1, "by_number": 2}
"""Calls that make a sentence, and how many of their first arguments are messages."""
RULES: Mapping[str, frozenset[str]] = {
    "rules/checks": frozenset({
        "title", "what", "why", "long_term", "owner", "effort", "how_to_fix",
        "advice_unread", "advice_dependent",
        "word_copy", "word_derived", "word_component_reuse", "word_calibrated", "word_disguised",
    }),
    "rules/licenses": frozenset({
        "text", "question", "unit", "constraint", "when", "scope", "reaches", "kind",
    }),
    "audit/weights/statistics": frozenset({
        "name", "reads", "effect", "null", "statistic", "survives", "blind_to", "planted",
        "uncontrolled", "alike",
    }),
    "rules/disguises.yaml": frozenset({"what"}),
    "rules/calibration.yaml": frozenset({"population", "what", "models"}),
    "rules/controls": frozenset({"pairs", "population", "of", "what"}),
    "audit/weights/families": frozenset({
        "reason", "why", "note", "untested", "component", "labelled_axis", "elsewhere",
        "companions",
    }),
}  # fmt: skip
"""Folders and files with words that enter the record, and under which keys."""

TERMS = (
    ("audit/record/findings.py", Severity),
    ("audit/record/licenses.py", ClaimOrigin),
    ("audit/record/weights.py", Relation),
    ("audit/record/weights.py", PKind),
    ("audit/record/library.py", Standing),
)

Messages = dict[str, list[str]]
"""Each message with the files that it stands in."""
_PLACE = re.compile(r"\{[a-z_][a-z0-9_]*(?::[a-z0-9-]+)?\}")


def messages() -> Messages:
    """Return every message that has words, in order of file and line."""
    found: Messages = {}
    for path, message in (*_of_code(), *_of_lists(), *_of_rules()):
        if has_words(message) and path not in found.setdefault(message, []):
            found[message].append(path)
    return found


def has_words(message: str) -> bool:
    """Whether there is something to translate outside the places."""
    return re.search(r"[^\W\d_]", _PLACE.sub("", message)) is not None


def of_module(source: str) -> Iterator[str]:
    """Yield the messages of one module; a choice between two literals is both."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            for argument in node.args[: MAKERS.get(node.func.id, 0)]:
                yield from _literals(argument)


def _literals(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*_literals(node.body), *_literals(node.orelse))


def _of_code() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "audit").rglob("*.py")):
        for message in of_module(path.read_text(encoding="utf-8")):
            yield path.relative_to(ROOT).as_posix(), message


def _of_lists() -> Iterator[tuple[str, str]]:
    """Yield the words of the closed lists that sentences use (:func:`audit.record.said.term`)."""
    for path, kind in TERMS:
        for word in kind:
            yield path, word.value


def _of_rules() -> Iterator[tuple[str, str]]:
    for place, keys in RULES.items():
        top = ROOT / place
        for path in sorted(top.glob("*.yaml")) or [top]:
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
            for text in _values(content, keys):
                yield path.relative_to(ROOT).as_posix(), text.strip()


def _values(node: Any, keys: frozenset[str]) -> Iterator[str]:
    """Yield the texts under ``keys``; of a ``check`` only its question is said."""
    pairs: Iterable[tuple[str, Any]]
    pairs = node.items() if isinstance(node, dict) else (("", value) for value in node)
    for name, value in pairs:
        if isinstance(value, dict | list):
            below = frozenset({"question"}) if name == "check" else keys
            yield from _values(value, below | frozenset(value) if name in keys else below)
            if isinstance(value, list) and name in keys:
                yield from (item for item in value if isinstance(item, str))
        elif isinstance(value, str) and name in keys:
            yield value


if __name__ == "__main__":
    print(json.dumps(messages(), ensure_ascii=False, indent=1))
