# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Makes a repository from a clean one by the mutations that its ``expected.json`` states.

A scenario with ``repo/`` is whole. One with ``from`` begins as a copy of another and changes
it, one line of JSON per change, so that what was done to it can be reviewed. An operation
that changes nothing is an error: a mutation that was not made would be a test of nothing.
Licence texts are the ones that the scanner's own data hold; nothing of it is imported.
"""

import importlib.util
import json
import re
import shutil
import struct
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
REPOS = ROOT / "tests" / "repos"
_HEADER = re.compile(r"\A(?:#[^\n]*\n)+")
_FUNCTION = re.compile(r"^( *)def [^\n]*\n(?:\1 +[^\n]*\n|\s*\n)*", re.M)


@cache
def license_text(key: str) -> str:
    """Return the text of a licence by the scanner's key, without its front matter."""
    spec = importlib.util.find_spec("licensedcode")
    assert spec is not None
    assert spec.origin is not None
    path = Path(spec.origin).parent / "data" / "licenses" / f"{key}.LICENSE"
    return path.read_text(encoding="utf-8").split("\n---\n", 1)[1].lstrip("\n")


def build(name: str, truth: dict[str, Any], target: Path) -> None:
    """Write the repository of a scenario into the new folder ``target``."""
    if "from" in truth:
        build(truth["from"], scenario_truth(truth["from"]), target)
    else:
        shutil.copytree(REPOS / name / "repo", target)
    mutate(target, truth.get("mutations", []))


def scenario_truth(name: str) -> dict[str, Any]:
    """Return what a scenario expects."""
    truth: dict[str, Any] = json.loads((REPOS / name / "expected.json").read_text())
    return truth


def mutate(folder: Path, mutations: list[dict[str, Any]]) -> None:
    """Make the changes, in their order."""
    for mutation in mutations:
        change = dict(mutation)
        OPERATIONS[change.pop("op")](folder / change.pop("path"), **change)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _bytes(path: Path, latin1: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(latin1.encode("latin-1"))


def _append(path: Path, text: str) -> None:
    _write(path, path.read_text(encoding="utf-8") + text)


def _prepend(path: Path, text: str) -> None:
    _write(path, text + path.read_text(encoding="utf-8"))


def _cut(path: Path, at: str) -> None:
    """Drop everything from the first occurrence of ``at``."""
    before, found, _ = path.read_text(encoding="utf-8").partition(at)
    assert found
    _write(path, before)


def _copy(path: Path, source: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / source, path)


def _latin1(path: Path, old: str, new: str) -> None:
    """Replace, and store the file in Latin-1."""
    before = path.read_text(encoding="utf-8")
    assert old in before
    path.write_bytes(before.replace(old, new).encode("latin-1"))


def _weights(path: Path, metadata: dict[str, str]) -> None:
    """Write a safetensors file of one number with ``__metadata__``."""
    tensor = {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}
    header = json.dumps({"__metadata__": metadata, "extra": tensor}).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header + bytes(4))


def _replace(path: Path, old: str, new: str) -> None:
    before = path.read_text(encoding="utf-8")
    assert old in before, f"{path.name} does not hold {old!r}"
    _write(path, before.replace(old, new))


def _rename(path: Path, to: str) -> None:
    path.rename(path.with_name(to))


def _license(path: Path, keys: list[str]) -> None:
    _write(path, "\n\n".join(license_text(key) for key in keys))


def _typography(path: Path) -> None:
    """Give a text the quotes, dashes and hyphenated line ends of a word processor."""
    text = path.read_text(encoding="utf-8")
    changed = re.sub(r'"([^"]*)"', "\u201c\\1\u201d", text).replace("'", "\u2019")
    changed = changed.replace("(c)", "\u00a9").replace(" - ", " \u2013 ")
    changed = re.sub(r"\b(distri|condi|permis)(?=\w{4})", "\\1-\n", changed)
    assert changed != text
    _write(path, changed)


def _strip_header(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert _HEADER.match(text)
    _write(path, _HEADER.sub("", text))


def _drop_functions(path: Path) -> None:
    """Delete every second function that is not a constructor."""
    text = path.read_text(encoding="utf-8")
    found = [m for m in _FUNCTION.finditer(text) if "__init__" not in m[0]]
    dropped = found[1::2]
    assert dropped
    for match in reversed(dropped):
        text = text[: match.start()] + text[match.end() :]
    _write(path, text)


OPERATIONS: dict[str, Callable[..., None]] = {
    "write": _write,
    "bytes": _bytes,
    "append": _append,
    "prepend": _prepend,
    "cut": _cut,
    "copy": _copy,
    "latin1": _latin1,
    "weights": _weights,
    "replace": _replace,
    "delete": lambda path: path.unlink(),
    "rename": _rename,
    "license": _license,
    "typography": _typography,
    "strip header": _strip_header,
    "drop functions": _drop_functions,
}
"""The closed list; each takes a file of the repository and what ``expected.json`` gives."""
