# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""One module turns numbers into words, so that one value is one number wherever it is said."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NUMBERS = "audit/text/numbers.py"
EXCEPTIONS = {
    "audit/report/figures/": "coordinates of a drawing",
}
"""Where a number may be formatted otherwise, and why."""
_ROUNDS = re.compile(r",$|\.\d+[efg%]?$|[efg%]$")
"""Formats that round or group digits."""


def formatted(source: str) -> list[int]:
    """Return the lines on which a number is rounded or grouped into a text, not back into one."""
    tree = ast.parse(source)
    back = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "float"
        for inner in ast.walk(node)
    }
    return [
        node.lineno
        for node in ast.walk(tree)
        if id(node) not in back
        and ((isinstance(node, ast.FormattedValue) and _is_rounding(node)) or _is_format(node))
    ]


def _is_format(node: ast.AST) -> bool:
    called = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "format"
    return called and bool(node.args[1:])


def _is_rounding(node: ast.FormattedValue) -> bool:
    written = isinstance(node.value, ast.Call) and getattr(node.value.func, "id", "") == "round"
    spec = node.format_spec
    parts = spec.values if isinstance(spec, ast.JoinedStr) else []
    text = "".join(str(part.value) for part in parts if isinstance(part, ast.Constant))
    return written or _ROUNDS.search(text) is not None


def test_only_one_module_turns_numbers_into_words() -> None:
    found = {}
    for path in sorted((ROOT / "audit").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if name != NUMBERS and not name.startswith(tuple(EXCEPTIONS)):
            lines = formatted(path.read_text(encoding="utf-8"))
            found.update({name: lines} if lines else {})
    assert found == {}


@pytest.mark.parametrize("place", EXCEPTIONS)
def test_an_exception_is_needed(place: str) -> None:
    paths = [p for p in (ROOT / "audit").rglob("*.py") if place in p.relative_to(ROOT).as_posix()]
    assert any(formatted(path.read_text(encoding="utf-8")) for path in paths)


def test_it_would_notice() -> None:
    assert formatted('f"{a:.1f} {b:,} {c:.0%} {round(d)}"') == [1, 1, 1, 1]
    assert formatted('f"{a} {b:>8} {c:02x} {d!r}"') == []
