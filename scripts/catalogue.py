# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Brings ``templates/locale/*/LC_MESSAGES/audit.po`` up to date with the words of the report.

``python scripts/catalogue.py`` collects every message and updates each language: translations
stay, what is new stands there empty, what is gone moves to the end as obsolete. With
``--missing`` it lists instead what has no translation, and fails if there is something: that
holds a release back, not a commit.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import yaml
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from scripts.messages import MAKERS, messages

ROOT = Path(__file__).resolve().parents[1]
CATALOGUES = sorted((ROOT / "templates" / "locale").glob("*/LC_MESSAGES/audit.po"))
SENTENCES = {**MAKERS, "refer": 1, "prose": 1, "sentence": 1}
"""Functions that make a sentence, and how many of their first arguments are messages."""
COUNTED = {
    "amount": (1, "{n:count} "),
    "left_out": (2, "{n:count} more "),
    "some": (2, "{n:count} more "),
}
"""Functions that count a noun: which argument it is, and what stands before it."""
YAML = ("templates/wording.yaml",)
"""Words of the report; those of the rules and of the record are in ``scripts/messages.py``."""
_NOTHING = datetime(2026, 1, 1, tzinfo=UTC)
"""The catalogue has no dates: the same words give the same file."""


def collect() -> dict[str, list[str]]:
    """Return every message, with the files it stands in, in the order of the catalogue."""
    found: dict[str, list[str]] = {}
    for name in YAML:
        _add(found, ROOT / name, in_yaml(yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))))
    for path in sorted((ROOT / "audit").rglob("*.py")):
        _add(found, path, in_python(ast.parse(path.read_text(encoding="utf-8"))))
    for message, files in messages().items():
        found.setdefault(message, files)
    return found


def _add(found: dict[str, list[str]], path: Path, messages: Iterable[str]) -> None:
    name = path.relative_to(ROOT).as_posix()
    for message in messages:
        files = found.setdefault(message, []) if is_message(message) else [name]
        files += [] if name in files else [name]


def is_message(text: str) -> bool:
    """Tell a text that a language may say otherwise from a lone place and from nothing."""
    return text.strip() != "" and not re.fullmatch(r"\{[^{}]*\}", text)


def in_yaml(node: Any) -> Iterator[str]:
    """Yield the words of a file."""
    pairs = node.items() if isinstance(node, dict) else (("", value) for value in node)
    for name, value in pairs:
        if isinstance(value, dict | list) and name != "tested_by":
            yield from in_yaml(value)
        elif isinstance(value, str):
            yield value.strip()


def in_python(tree: ast.Module) -> Iterator[str]:
    """Yield the messages of a module: what is said, directly or by a name, and counted nouns."""
    named: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            named.setdefault(node.targets[0].id, []).append(node.value)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _of_call(node, named)


def _of_call(node: ast.Call, named: dict[str, list[ast.expr]]) -> Iterator[str]:
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    most = 1 if name == "Table" else SENTENCES.get(name, 0)
    for argument in node.args[:most]:
        for value in (argument, *named.get(getattr(argument, "id", ""), [])):
            yield from _literals(value)
    place, before = COUNTED.get(name, (len(node.args), ""))
    nouns = [noun for argument in node.args[place:] for noun in _literals(argument)]
    if nouns:
        plural = nouns[1] if nouns[1:] else f"{nouns[0]}s"
        yield from (f"{before}{nouns[0]}", f"{before}{plural}")


def _literals(node: ast.expr) -> Iterator[str]:
    """Yield a literal, both of a choice between two, or the keys of a table's headings."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*_literals(node.body), *_literals(node.orelse))
    elif isinstance(node, ast.Dict):
        yield from (text for key in node.keys if key is not None for text in _literals(key))


def updated(path: Path, found: dict[str, list[str]]) -> bytes:
    """Return the catalogue of one language with today's messages."""
    old = read_po(BytesIO(path.read_bytes()), locale=path.parts[-3])
    about = dict.fromkeys(("language_team", "copyright_holder", "msgid_bugs_address"), "none")
    new = Catalog(
        locale=path.parts[-3],
        header_comment=old.header_comment,
        project="audit",
        version="1",
        charset="utf-8",
        creation_date=_NOTHING,
        revision_date=_NOTHING,
        fuzzy=False,
        last_translator="The audit developers",
        **about,
    )
    for message, files in found.items():
        kept = old.get(message) or old.obsolete.get(message)
        comments = kept.user_comments if kept else ()
        places = [(name, 0) for name in files]
        new.add(message, kept.string if kept else "", places, user_comments=comments)
    for message in (*old, *old.obsolete.values()):
        if message.id and message.id not in found and message.string:
            new.obsolete[message.id] = message
    buffer = BytesIO()
    write_po(buffer, new, width=100, include_lineno=False)
    return buffer.getvalue()


def missing(path: Path, found: Iterable[str]) -> list[str]:
    """Return the messages that a language has no translation of."""
    known = read_po(BytesIO(path.read_bytes()), locale=path.parts[-3])
    return [text for text in found if (entry := known.get(text)) is None or not entry.string]


def main(arguments: list[str]) -> int:
    """Update every language, or list what it lacks."""
    found, lacking = collect(), 0
    for path in CATALOGUES:
        if "--missing" not in arguments:
            path.write_bytes(updated(path, found))
        left = missing(path, found)
        lacking += len(left)
        print(f"{path.parts[-3]}: {len(found) - len(left)} of {len(found)} messages translated")
        print(*(f"  {text}" for text in left if "--missing" in arguments), sep="\n")
    return 1 if lacking and "--missing" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
