# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The budgets and bans of the house, read off the source itself."""

import ast
import re
import statistics
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = sorted((ROOT / "audit").rglob("*.py"))
HEADER = (
    "# SPDX-FileCopyrightText: 2026 The audit developers",
    "# SPDX-License-Identifier: Apache-2.0",
)
FUNCTION_LIMIT = 60
FILE_LIMIT = 350
Function = ast.FunctionDef | ast.AsyncFunctionDef


def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def _functions(path: Path) -> Iterator[Function]:
    yield from (node for node in ast.walk(_parse(path)) if isinstance(node, Function))


def _code_lines(function: Function) -> int:
    """Count the lines of a function below its docstring."""
    first = function.body[0]
    documented = ast.get_docstring(function) is not None
    start = first.end_lineno if documented else function.lineno - 1
    assert start is not None
    assert function.end_lineno is not None
    return function.end_lineno - start


def _tracked(*patterns: str) -> list[Path]:
    """Return the tracked and not yet tracked files that match, none of them ignored.

    In an unpacked sdist there is no git; then every file of the tree counts.
    """
    if not (ROOT / ".git").exists():
        return [p for pattern in patterns for p in ROOT.rglob(pattern) if p.is_file()]
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [path for line in done.stdout.splitlines() if (path := ROOT / line).is_file()]


def test_functions_are_short() -> None:
    long = {
        f"{path.relative_to(ROOT)}:{function.name}": lines
        for path in PACKAGE
        for function in _functions(path)
        if (lines := _code_lines(function)) > FUNCTION_LIMIT
    }
    assert long == {}


def test_most_functions_are_very_short() -> None:
    lengths = [_code_lines(function) for path in PACKAGE for function in _functions(path)]
    assert statistics.median(lengths) <= 12


def test_files_are_short() -> None:
    counted = {str(p.relative_to(ROOT)): len(p.read_text("utf-8").splitlines()) for p in PACKAGE}
    assert {path: n for path, n in counted.items() if n > FILE_LIMIT} == {}


def test_every_source_file_says_its_license() -> None:
    exhibits = {  # audited, not ours
        ROOT / "examples" / "dispute",
        ROOT / "tests" / "repos",
        ROOT / "tests" / "field" / "cases",
    }
    bare = []
    for path in _tracked("*.py", "*.sh", ".ci/run", "Makefile"):
        if exhibits & set(path.parents):
            continue
        lines = path.read_text(encoding="utf-8").splitlines()
        if lines[:1] and lines[0].startswith("#!"):
            del lines[0]
        if lines and tuple(lines[:2]) != HEADER:
            bare.append(str(path.relative_to(ROOT)))
    assert bare == []


def test_every_module_says_why_it_exists() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in PACKAGE
        if path.read_text(encoding="utf-8").strip() and ast.get_docstring(_parse(path)) is None
    ]
    assert silent == []


def test_public_functions_are_documented() -> None:
    silent = [
        f"{path.relative_to(ROOT)}:{node.name}"
        for path in PACKAGE
        for node in _parse(path).body
        if isinstance(node, Function | ast.ClassDef)
        and not node.name.startswith("_")
        and ast.get_docstring(node) is None
    ]
    assert silent == []


def test_no_broad_except_outside_the_command_line() -> None:
    broad = []
    for path in PACKAGE:
        if path == ROOT / "audit" / "cli" / "common.py":
            continue
        for node in ast.walk(_parse(path)):
            if not isinstance(node, ast.ExceptHandler):
                continue
            caught = ast.unparse(node.type) if node.type else "bare"
            if re.search(r"\b(bare|Exception|BaseException)\b", caught):
                broad.append(f"{path.relative_to(ROOT)}:{node.lineno}: {caught}")
    assert broad == []


def test_library_code_never_prints_or_exits() -> None:
    talk = []
    for path in PACKAGE:
        if (ROOT / "audit" / "cli") in path.parents:
            continue
        for node in ast.walk(_parse(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"print", "sys.exit"}:
                talk.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert talk == []


def test_nothing_is_left_to_do() -> None:
    marks = re.compile(
        r"\b(TODO|FIXME|XXX|HACK)\b|raise NotImplementedError|\bNaN\b\s*=|float\(.nan.\)"
    )
    left = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in PACKAGE
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if marks.search(line)
    ]
    assert left == []


def test_nothing_unpickles() -> None:
    """A pickle of an audited repository is never loaded, whatever the library's name."""
    names = re.compile(r"\b(pickle|cPickle|dill|joblib|cloudpickle|marshal|shelve)\b")
    found = []
    for path in PACKAGE:
        for node in ast.walk(_parse(path)):
            if isinstance(node, ast.Import | ast.ImportFrom):
                if names.search(ast.unparse(node)):
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
            elif isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                if called in {"torch.load", "eval", "exec", "runpy.run_path", "yaml.load"}:
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert found == []


def _with_model_names() -> list[str]:
    """Return the family names, which may stand in data and in tests only."""
    return [path.stem for path in sorted((ROOT / "audit/weights/families").glob("*.yaml"))]


@pytest.mark.parametrize("family", _with_model_names())
def test_architectures_are_data(family: str) -> None:
    quoted = re.compile(rf"""["']{re.escape(family)}["']""")
    named = [
        str(path.relative_to(ROOT))
        for path in PACKAGE
        if quoted.search(path.read_text(encoding="utf-8"))
    ]
    assert named == []


def test_nothing_of_one_machine_is_in_the_repository() -> None:
    """No folder of a developer's machine, no registry address, no user name."""
    place = re.compile(r"/(work|root|opt/pypi|opt/wheels|home/\w+|Users/\w+)/|--(extra-)?index-url")
    registry = re.compile(r"https?://[^\s\"')]*(pypi|pythonhosted|/simple\b(?!-))", re.IGNORECASE)
    allowed = {Path(__file__)}
    found = []
    for path in _tracked("*"):
        if path in allowed or path.suffix in {".safetensors", ".woff2", ".ttf", ".otf", ".png"}:
            continue
        text = path.read_bytes().decode("utf-8", errors="replace")
        for number, line in enumerate(text.splitlines(), 1):
            if place.search(line) or registry.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    assert found == []
