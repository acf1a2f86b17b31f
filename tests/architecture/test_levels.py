# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""How the modules lean on each other: no circle, and a weight stage that is not a tower."""

import ast
from collections.abc import Callable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEVELS = 8
"""The longest chain of imports inside ``audit.weights`` that is allowed."""
FILES = 20
COMPARISON = 80
"""Lines of the procedure by which two models are compared."""
CIRCLES = {
    frozenset(f"audit.signing.identity.{name}" for name in ("key_file", "keys", "token")),
    frozenset({"audit.checks.case", "audit.request"}),
}
"""Known, and to be cut where signing and the line are looked at."""
Graph = dict[str, set[str]]


def modules(root: Path) -> dict[str, Path]:
    found = {}
    for path in (root / "audit").rglob("*.py"):
        parts = path.relative_to(root).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def graph(root: Path) -> Graph:
    """Every import, those inside functions and for the type checker among them."""
    known = modules(root)
    found: Graph = {}
    for name, path in known.items():
        wanted = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                whole = {f"{node.module}.{alias.name}" for alias in node.names}
                wanted |= {n if n in known else node.module for n in whole}
            elif isinstance(node, ast.Import):
                wanted |= {alias.name for alias in node.names}
        found[name] = (wanted & set(known)) - {name}
    return found


def chain(edges: Graph, part: str) -> list[str]:
    """The longest chain of imports inside a package."""
    inside = {name: {m for m in to if m.startswith(part)} for name, to in edges.items()}

    @cache
    def longest(name: str) -> tuple[str, ...]:
        below = (longest(other) for other in sorted(inside[name]))
        return (name, *max(below, key=len, default=()))

    return list(max(map(longest, (n for n in inside if n.startswith(part))), key=len))


def circles(edges: Graph) -> set[frozenset[str]]:
    """Groups of modules that import each other, by whom each reaches."""

    def reached(name: str) -> set[str]:
        seen: set[str] = set()
        left = [name]
        while left:
            new = edges[left.pop()] - seen
            seen |= new
            left += new
        return seen

    reach = {name: reached(name) for name in edges}
    return {
        frozenset(other for other in reach[name] if name in reach[other])
        for name in edges
        if name in reach[name]
    }


def test_the_weight_stage_has_few_floors(record_property: Callable[[str, object], None]) -> None:
    found = chain(graph(ROOT), "audit.weights")
    record_property("levels", len(found))
    assert len(found) <= LEVELS, " > ".join(found)


def test_no_modules_import_each_other() -> None:
    assert circles(graph(ROOT)) <= CIRCLES


def test_a_circle_and_a_chain_are_seen() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == {frozenset("abc")}
    assert chain({"p.a": {"p.b"}, "p.b": {"p.c", "q"}, "p.c": set(), "q": {"p.a"}}, "p") == [
        "p.a",
        "p.b",
        "p.c",
    ]


def test_no_folder_is_crowded() -> None:
    folders = {p.parent for p in (ROOT / "audit" / "weights").rglob("*.py")}
    counted = {str(f.relative_to(ROOT)): len(list(f.glob("*.py"))) for f in folders}
    assert {folder: n for folder, n in counted.items() if n > FILES} == {}


def test_the_comparison_is_one_screen() -> None:
    path = ROOT / "audit" / "weights" / "comparison.py"
    assert len(path.read_text(encoding="utf-8").splitlines()) <= COMPARISON
