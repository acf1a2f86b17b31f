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

ROOT = Path(__file__).resolve().parents[1]
CATALOGUES = sorted((ROOT / "templates" / "locale").glob("*/LC_MESSAGES/audit.po"))
SENTENCES = {"Said", "refer", "prose"}
"""Functions whose first argument is a message."""
COUNTED = {
    "amount": (1, "{n:count} "),
    "left_out": (2, "{n:count} more "),
    "some": (2, "{n:count} more "),
}
"""Functions that count a noun: which argument it is, and what stands before it."""
YAML: dict[str, set[str] | None] = {
    "templates/wording.yaml": None,
    "templates/methods.yaml": None,
    "rules/disguises.yaml": {"what"},
    "rules/calibration.yaml": {"population", "what", "models"},
    "rules/controls": {"pairs", "population", "of"},
    "audit/weights/families": {"reason", "why", "note", "untested"},
    "rules/checks": {"title", "why", "long_term", "owner", "effort", "how_to_fix"}
    | {f"word_{w}" for w in ("copy", "derived", "component_reuse", "calibrated", "disguised")},
    "rules/licenses": {"text"},
}
"""Files and folders with words of the report, and under which keys (``None``: all)."""
_NOTHING = datetime(2026, 1, 1, tzinfo=UTC)
"""The catalogue has no dates: the same words give the same file."""


def collect() -> dict[str, list[str]]:
    """Return every message, with the files it stands in, in the order of the catalogue."""
    found: dict[str, list[str]] = {}
    for place, keys in YAML.items():
        for path in sorted((ROOT / place).glob("*.yaml")) or [ROOT / place]:
            texts = in_yaml(yaml.safe_load(path.read_text(encoding="utf-8")), keys)
            _add(found, path, texts)
    for path in sorted((ROOT / "audit").rglob("*.py")):
        _add(found, path, in_python(ast.parse(path.read_text(encoding="utf-8"))))
    return found


def _add(found: dict[str, list[str]], path: Path, messages: Iterable[str]) -> None:
    name = path.relative_to(ROOT).as_posix()
    for message in messages:
        files = found.setdefault(message, []) if is_message(message) else [name]
        files += [] if name in files else [name]


def is_message(text: str) -> bool:
    """Tell a text that a language may say otherwise from a lone place and from nothing."""
    return text.strip() != "" and not re.fullmatch(r"\{[^{}]*\}", text)


def in_yaml(node: Any, keys: set[str] | None) -> Iterator[str]:
    """Yield the values under ``keys``; under ``check`` only questions are said."""
    pairs = node.items() if isinstance(node, dict) else (("", value) for value in node)
    for name, value in pairs:
        if isinstance(value, dict | list) and name != "tested_by":
            yield from in_yaml(value, {"question"} if name == "check" else keys)
        elif isinstance(value, str) and (keys is None or name in keys):
            yield re.sub(r"\$(\w+)", r"{\1}", " ".join(value.split(" ")).strip())
        if name == "glossary" and isinstance(value, dict):
            yield from value


def in_python(tree: ast.Module) -> Iterator[str]:
    """Yield the messages of a module: what is said, directly or by a name, and counted nouns."""
    texts: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            texts.setdefault(node.targets[0].id, []).append(node.value)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in SENTENCES:
            named = texts.get(getattr(node.args[0], "id", ""), [])
            for value in (node.args[0], *named):
                yield from _literals(value)
        if name == "Table":
            named = texts.get(getattr(node.args[0], "id", ""), [])
            heads = [d for d in (node.args[0], *named) if isinstance(d, ast.Dict)]
            yield from (text for d in heads for key in d.keys if key for text in _literals(key))
        place, before = COUNTED.get(name, (0, ""))
        nouns = [n for argument in node.args[place:] if before for n in _literals(argument)]
        if nouns:
            plural = nouns[1] if nouns[1:] else f"{nouns[0]}s"
            yield from (f"{before}{nouns[0]}", f"{before}{plural}")


def _literals(node: ast.expr) -> Iterator[str]:
    """Yield a literal, or both of a choice between two."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*_literals(node.body), *_literals(node.orelse))


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
