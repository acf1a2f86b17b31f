# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The list of a fleet: text, CSV or JSON lines, one model to a line."""

import csv
from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from audit.errors import UsageError
from audit.given import read_given
from audit.text.strict_json import parse_object, refused
from audit.unreadable import NotReadableError

_LIMIT = 256 << 20
_MOST = 1_000_000
Spec = Annotated[str, Field(min_length=1, max_length=4096)]


class Target(BaseModel):
    """One model: what names it, a claimed day, and what an audit compares it with."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    target: Spec
    released: date | None = None
    against: tuple[Spec, ...] = ()


def read_targets(path: Path) -> tuple[Target, ...]:
    """Read a list by its suffix (``.csv``, ``.jsonl``, else text); what stands twice counts once.

    Raises
    ------
    UsageError
        If it cannot be read, a line is wrong, or it names no model.
    """
    data = read_given(path, limit=_LIMIT, option="LIST")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _wrong(path, 1 + data[: error.start].count(b"\n"), "it is not UTF-8") from error
    rows = {".csv": _csv, ".jsonl": _json}.get(path.suffix.lower(), _text)
    found: dict[Target, None] = {}
    number = 0
    try:
        for number, row in rows(text):  # noqa: B007 - said of a line that is wrong
            found[Target.model_validate(row)] = None
    except ValidationError as error:
        raise _wrong(path, number, refused(error)) from error
    except (NotReadableError, csv.Error) as error:
        raise _wrong(path, number + 1, str(error)) from error
    if not 1 <= len(found) <= _MOST:
        raise UsageError(f"{path.name} names {len(found)} models.", advice="Check the list.")
    return tuple(found)


def _wrong(path: Path, line: int, why: str) -> UsageError:
    return UsageError(
        f"{path.name}, line {line}: {why}.",
        advice="One model to a line; docs/library.md shows the three forms.",
    )


def _text(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.splitlines(), 1):
        spec = line.strip()
        if spec and not spec.startswith("#"):
            yield number, {"target": spec}


def _json(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield number, parse_object(line.encode())


def _csv(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    rows = csv.DictReader(StringIO(text, newline=""), strict=True)
    for row in rows:
        more = row.pop(None, None)
        cells = {name: value for name, value in row.items() if value}
        yield rows.line_num, {**cells, **({"": more} if more else {})}
