# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Prints what the house is measured by, each figure with its target: ``make shape``.

Everything is read off the source; only ``--help`` is run, for its seconds. ``--list`` also
prints what each count counts. ``tests/architecture/test_figures.py`` holds what is reached.
"""

import argparse
import ast
import importlib.util
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "audit"
_INPUTS = {"None", "Absent", "Path", "bytes", "int", "float", "bool", "list[str]", "RenderableType"}
_TEXT = ROOT / "audit" / "report" / "blocks.py"
"""Running text is a string, or one of a few pieces; nothing in it is missing."""
_DRAWS = re.compile(r"\.(charts|figures)\b")
"""Their numbers are coordinates."""
_NUMBER = re.compile(r"^[-+ 0]*\d*[,_]?(\.\d+)?[%deEfFgG]?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measure: at most ``target`` is wanted; ``counted`` names what it counts."""

    name: str
    value: float
    target: float
    counted: tuple[str, ...] = ()

    @property
    def reached(self) -> bool:
        """Whether it is as wanted."""
        return self.value <= self.target


@cache
def sources() -> dict[str, Path]:
    """Return every module by its dotted name."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in sorted(PACKAGE.rglob("*.py"))
    }


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines()) if path.is_file() else 0


def lines() -> Figure:
    """Count all lines of the package's Python."""
    total = sum(map(_lines, sources().values()))
    return Figure(name="lines of audit/", value=total, target=34_000)


def wide_folders() -> Figure:
    """Count folders with more than 20 Python files."""
    files = Counter(path.parent.relative_to(ROOT) for path in sources().values())
    wide = tuple(f"{folder}: {n}" for folder, n in files.items() if n > 20)
    return Figure(name="folders over 20 files", value=len(wide), target=0, counted=wide)


@cache
def imports() -> dict[str, frozenset[str]]:
    """Return which modules each imports, at any depth of its code but for types alone."""
    return {name: frozenset(_imported(path, name)) for name, path in sources().items()}


def _imported(path: Path, name: str) -> Iterator[str]:
    for node in _running(_tree(path)):
        found: list[str] = []
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            found = [one if one in sources() else node.module for one in inner]
        yield from (one for one in found if one in sources() and one != name)


def _running(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
            continue
        yield child
        yield from _running(child)


def cycles() -> Figure:
    """Count groups of modules that import one another."""
    groups = tuple(" - ".join(sorted(group)) for group in _groups(imports()) if len(group) > 1)
    return Figure(name="import cycles", value=len(groups), target=0, counted=groups)


def weight_levels() -> Figure:
    """Count the floors of ``audit.weights``: the longest way down its own imports."""
    inside = {n: {m for m in to if _of(m, "weights")} for n, to in imports().items()}
    graph = {name: to for name, to in inside.items() if _of(name, "weights")}
    level: dict[str, int] = {}
    way: dict[str, str] = {}
    for group in _groups(graph):  # what is imported comes before what imports it
        below = {m for name in group for m in graph[name]} - group
        deepest = max(below, key=lambda m: level[m], default="")
        for name in group:
            level[name], way[name] = level.get(deepest, 0) + 1, deepest
    at = max(level, key=lambda name: level[name])
    counted = []
    while at:
        counted.append(at)
        at = way[at]
    return Figure(
        name="levels of import in audit/weights",
        value=max(level.values()),
        target=8,
        counted=tuple(counted),
    )


def _of(module: str, *folders: str) -> bool:
    return any(f"{module}.".startswith(f"audit.{folder}.") for folder in folders)


def _groups(graph: dict[str, set[str]] | dict[str, frozenset[str]]) -> list[set[str]]:
    """Return the strongly connected components, imported ones first (Tarjan 1972)."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    groups: list[set[str]] = []

    def visit(name: str) -> None:
        number[name] = low[name] = len(number)
        stack.append(name)
        for other in sorted(graph[name]):
            if other not in number:
                visit(other)
            if other in stack:
                low[name] = min(low[name], low[other])
        if low[name] == number[name]:
            at = stack.index(name)
            groups.append(set(stack[at:]))
            del stack[at:]

    sys.setrecursionlimit(10_000)
    for name in sorted(graph):
        if name not in number:
            visit(name)
    return groups


def openers() -> Figure:
    """Count modules that open files of an audited model, as the test of the one door does."""
    spec = importlib.util.spec_from_file_location(
        "one_door", ROOT / "tests" / "architecture" / "test_one_door.py"
    )
    assert spec is not None
    assert spec.loader is not None
    door = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(door)
    found = tuple(
        module
        for module, tree in door.modules(ROOT)
        if module not in door.OWN and any(door.opens(tree))
    )
    return Figure(name="modules that open audited files", value=len(found), target=1, counted=found)


def _nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(_tree(path))


def statistic_ids() -> Figure:
    """Count ids of statistics that are written as text outside their own file."""
    folder = PACKAGE / "weights" / "statistics"
    ids = {path.stem.replace("_", "-") for path in folder.glob("[a-z]*.py")} - {"interface"}
    found = tuple(
        f"{path.relative_to(ROOT)}:{node.lineno} {node.value}"
        for path in sources().values()
        for node in _nodes(path)
        if isinstance(node, ast.Constant) and node.value in ids
        if path != folder / f"{str(node.value).replace('-', '_')}.py"
    )
    return Figure(
        name="ids of statistics outside their file", value=len(found), target=0, counted=found
    )


def text_for_absence() -> Figure:
    """Count annotations that join ``str`` with something else than an input or ``None``."""
    found = tuple(
        f"{path.relative_to(ROOT)}:{node.lineno} {ast.unparse(node)}"
        for path in sources().values()
        for node in _unions(_tree(path))
        if "str" in (members := _members(node)) and members - {"str"} - _INPUTS
        if path != _TEXT
    )
    return Figure(
        name="unions with `str` for what is missing", value=len(found), target=0, counted=found
    )


def _unions(node: ast.AST) -> Iterator[ast.BinOp]:
    """Yield the outermost unions of types."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.BinOp) and isinstance(child.op, ast.BitOr):
            yield child
        else:
            yield from _unions(child)


def _members(node: ast.expr) -> set[str]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _members(node.left) | _members(node.right)
    return {ast.unparse(node)}


def numbers_to_words() -> Figure:
    """Count modules that format numbers for a reader, other than the one that may."""
    found = tuple(
        name
        for name, path in sources().items()
        if name != "audit.text.numbers"
        and not _DRAWS.search(name)
        and any(_formats(node) for node in _shown(_tree(path)))
    )
    return Figure(
        name="modules beside audit/text/numbers.py that turn numbers into words",
        value=len(found),
        target=0,
        counted=found,
    )


def _shown(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what lies below, but for digits that become a number again: that rounds."""
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.Call) and ast.unparse(child.func) == "float"):
            yield child
            yield from _shown(child)


def _formats(node: ast.AST) -> bool:
    if isinstance(node, ast.FormattedValue) and isinstance(node.format_spec, ast.JoinedStr):
        spec = "".join(
            part.value if isinstance(part, ast.Constant) else "0"
            for part in node.format_spec.values
        )
        return bool(spec) and _NUMBER.match(spec) is not None and not spec.isdecimal()
    return False


def pipeline() -> Figure:
    """Count the lines of the line."""
    return Figure(
        name="lines of audit/pipeline.py", value=_lines(PACKAGE / "pipeline.py"), target=80
    )


def comparison() -> Figure:
    """Count the lines of the procedure that compares two models, wherever it now lies."""
    path = next(
        p for n in ("compare", "comparison") if (p := PACKAGE / "weights" / f"{n}.py").is_file()
    )
    return Figure(name=f"lines of {path.relative_to(ROOT)}", value=_lines(path), target=80)


def help_seconds() -> Figure:
    """Time ``audit --help`` in seconds of the processor, which other programmes change little."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    command = [sys.executable, "-m", "audit", "--help"]
    taken = []
    for _ in range(5):
        before = os.times()
        subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
        after = os.times()
        taken.append(sum(after[2:4]) - sum(before[2:4]))
    return Figure(name="seconds of `audit --help`", value=round(min(taken), 2), target=0.3)


FIGURES: tuple[Callable[[], Figure], ...] = (
    *(lines, wide_folders, weight_levels, cycles, openers, statistic_ids, text_for_absence),
    *(numbers_to_words, pipeline, comparison, help_seconds),
)


def main() -> None:
    """Print every figure, or write them into the page about the architecture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--list", action="store_true", help="also print what is counted")
    parser.add_argument("--write", action="store_true", help="write docs/architecture.md instead")
    given = parser.parse_args()
    found = [measure() for measure in FIGURES]
    if given.write:
        _write(found)
        return
    for figure in found:
        state = "ok " if figure.reached else "NOT"
        print(f"{state}  {figure.value:>8g}  at most {figure.target:<6g}  {figure.name}")
        for item in figure.counted if given.list else ():
            print(f"{'':>16}{item}")


def _write(found: list[Figure]) -> None:
    rows = [f"| {f.name} | {f.value:g} | {f.target:g} |" for f in found]
    table = "\n".join(["| figure | is | at most |", "| --- | --- | --- |", *rows])
    page = ROOT / "docs" / "architecture.md"
    start, _, rest = page.read_text(encoding="utf-8").partition("<!-- shape -->")
    end = rest.partition("<!-- /shape -->")[2]
    text = f"{start}<!-- shape -->\n{table}\n<!-- /shape -->{end}"
    page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
