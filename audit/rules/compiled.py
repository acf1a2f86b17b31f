# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What the YAML of ``rules/`` says, kept as JSON: a run does not parse what another has parsed.

Each file stands under the SHA-256 of its text, so that nothing kept ever speaks for a text that was
changed, and only where JSON gives back exactly what YAML said. It is validated after that as ever.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from audit import resources
from audit.errors import RulesError
from audit.kept import Kept

_FORMAT = "rules as JSON, 1"
_DAY = "!date"
"""The only key of an object that stands for a day, which JSON has no type for."""

Parse = Callable[[Path, str], Any]


def fields(path: Path, text: str, parse: Parse) -> Any:
    """Return what stands in a YAML file: as it is kept, if it is one of ours, else parsed now."""
    tree = resources.tree("rules")
    kept = _kept(tree, parse).get(_key(text), "") if path.is_relative_to(tree) else ""
    try:
        return from_json(kept)
    except ValueError:  # not kept, or by a foreign hand
        return parse(path, text)


@cache
def _kept(tree: Path, parse: Parse) -> dict[str, str]:
    """Return the JSON of every file under ``rules/``; nothing where nothing can be kept."""
    with Kept() as kept:
        if not kept.keeps:
            return {}
        found = kept.result(
            dict[str, str], (_FORMAT, resources.digest(tree)), lambda: _all(tree, parse)
        )
    return found if isinstance(found, dict) else {}


def _all(tree: Path, parse: Parse) -> dict[str, str]:
    texts = [(path, path.read_text(encoding="utf-8")) for path in sorted(tree.rglob("*.yaml"))]
    found = {_key(text): _json(path, text, parse) for path, text in texts}
    return {key: text for key, text in found.items() if text is not None}


def _json(path: Path, text: str, parse: Parse) -> str | None:
    """Return a file as JSON; ``None`` for one that has an error to be told where it is used."""
    try:
        return as_json(parse(path, text))
    except RulesError:
        return None


def as_json(said: Any) -> str | None:
    """Return a value of YAML as JSON, ``None`` unless JSON gives back the same."""
    try:
        text = json.dumps(said, default=_day, allow_nan=False)
        return text if from_json(text) == said else None
    except (TypeError, ValueError):
        return None


def from_json(text: str) -> Any:
    """Return the value that :func:`as_json` was given.

    Raises
    ------
    ValueError
        If it never gave such a text.
    """
    return json.loads(text, object_hook=_with_days)


def _day(value: object) -> dict[str, str]:
    if type(value) is not date:
        raise TypeError
    return {_DAY: value.isoformat()}


def _with_days(found: dict[str, Any]) -> Any:
    return date.fromisoformat(str(found[_DAY])) if found.keys() == {_DAY} else found


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
