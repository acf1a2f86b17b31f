# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The files under ``expected``: how digests are written, read and told apart."""

import json
import math
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from tests.frozen.digest import Row

EXPECTED = Path(__file__).resolve().parent / "expected"
TOLERANCE = {"rel_tol": 5e-4, "abs_tol": 1e-6}
"""Of two processors, which sum in different orders; what a change of meaning moves is more."""
ABSENT = "nothing"
_DEPTH = 4
"""Levels of a file that stand on lines of their own: case, field, its field, row."""


@cache
def expected(group: str) -> dict[str, Row]:
    """Return the digests of a group by the names of their cases."""
    stored: dict[str, Row] = json.loads((EXPECTED / f"{group}.json").read_text("utf-8"))
    return stored


def write(group: str, digests: dict[str, Row], folder: Path = EXPECTED) -> None:
    """Write a group: sorted, one row to a line."""
    folder.mkdir(exist_ok=True)
    text = "".join((*_lines(digests, 0), "\n"))
    (folder / f"{group}.json").write_text(text, encoding="utf-8")


def _lines(value: Any, level: int) -> Iterator[str]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if level == _DEPTH or not any(isinstance(item, dict) for item in inner):
        yield _compact(value)
        return
    rows = (
        [(f"{_compact(key)}: ", value[key]) for key in sorted(value)]
        if isinstance(value, dict)
        else [("", item) for item in value]
    )
    start, end = "{}" if isinstance(value, dict) else "[]"
    yield start
    for number, (name, item) in enumerate(rows):
        yield f"{',' if number else ''}\n{' ' * (level + 1)}{name}"
        yield from _lines(item, level + 1)
    yield f"\n{' ' * level}{end}"


def _compact(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def differences(before: Any, after: Any, *, exact: bool, field: str = "") -> Iterator[str]:
    """Yield one line for each field that differs: its name, what was said, what is said."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted({*before, *after}):
            pair = before.get(key, ABSENT), after.get(key, ABSENT)
            yield from differences(*pair, exact=exact, field=f"{field} > {key}" if field else key)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, pair in enumerate(zip(before, after, strict=True)):
            yield from differences(*pair, exact=exact, field=f"{field}[{number}]")
    elif not _same(before, after, exact=exact):
        yield f"{field}: before {_shown(before)}, after {_shown(after)}"


def _same(before: Any, after: Any, *, exact: bool) -> bool:
    if isinstance(before, bool) or isinstance(after, bool):
        return before is after
    if float in (type(before), type(after)) and not exact:
        numbers = isinstance(before, int | float) and isinstance(after, int | float)
        return numbers and math.isclose(before, after, **TOLERANCE)
    return bool(before == after)


def _shown(value: Any) -> str:
    return value if value is ABSENT else json.dumps(value, sort_keys=True, ensure_ascii=False)
