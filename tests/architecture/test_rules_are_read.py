# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Every key of every rule file is read by code: a fact that nobody reads decides nothing.

Rule files are loaded into models that refuse unknown keys (``audit.rules.loading.Strict``), so a
key is read where code reads that field of that model. Names alone do not tell (``severity`` is
also a field of findings), so mypy says of what type the object before each dot is. Commands and
scripts do not count: what is only printed decides nothing, and must be listed with its reason.
"""

import ast
from pathlib import Path

import pytest
import yaml
from mypy import build
from mypy.find_sources import create_source_list
from mypy.nodes import AssignmentStmt, MemberExpr, MypyFile, NameExpr, TypeInfo
from mypy.options import Options
from mypy.types import Instance, Type, TypeVarType, UnionType, get_proper_type

from audit import resources

ROOT = Path(__file__).parents[2]
BASE = "audit.rules.loading.Strict"
FIXED = {"schema_version", "kind"}
"""What pydantic itself reads: the version of a file, and which member of a union a row is."""
ELSEWHERE = {
    "Calibration.field": "`audit rules show` and docs/rules.md print how often a check was right",
    "CheckRate.check": "the same",
    "CheckRate.read": "the same",
    "CheckRate.unread": "the same",
    "CheckRule.version": "`audit rules show` and docs/rules.md print it; a check's own revision",
    "CheckRule.what": "`audit rules show` and docs/rules.md print it",
    "Clause.text": "`audit rules show` prints it beside the clause that decides",
    "ErrorRate.target": "test_intervals holds the counts against that row of docs/benchmark.md",
    "Family.sources": "where the names of tensors were read, for whoever amends a family's file",
    "InTheField.checks": "`audit rules show` and docs/rules.md print it",
    "InTheField.read": "the same",
    "InTheField.unread": "the same",
    "Lock.version": "another version of a lock is refused by its type alone",
    "Norms.centred": "test_families holds it against what the module of the family computes",
    "Measured.digest": "test_intervals holds it against its section of docs/benchmark.md",
    "TextEntry.family": "scripts/known_texts.py tells the members of a family apart",
    "TextEntry.source": "docs/rules.md says where a text was taken from",
}
SAMPLE = '''
from typing import Literal

class Strict:
    """Stands for the base of rule models."""

class Part(Strict):
    severity: str
    amount: int

class Row(Strict):
    schema_version: Literal[1]
    severity: str
    parts: tuple[Part, ...]
    never: int

class Finding:
    never: str = ""
    severity: str = ""

def use(rows: dict[str, list[Row]], finding: Finding) -> set[int]:
    print(finding.severity, finding.never)
    return {part.amount for some in rows.values() for row in some for part in row.parts}

def worst(row: Row | None) -> str:
    return "" if row is None else row.severity
'''


def unread(folder: Path, base: str, *, without: str = "-") -> set[str]:
    """Return ``Class.field`` for each field of a rule model that no code of a package reads."""
    options = Options()
    options.follow_imports = "skip"
    options.export_types = options.preserve_asts = options.check_untyped_defs = True
    options.incremental = False
    options.cache_dir = "/dev/null"
    sources = create_source_list([str(folder)], options)
    kept = [source for source in sources if not source.module.startswith(without)]
    result = build.build(kept, options)
    reads = {
        (owner.fullname, expression.name)
        for expression in result.types
        if isinstance(expression, MemberExpr)
        for info in _classes(result.types.get(expression.expr))
        if (owner := info.get_containing_type_info(expression.name)) is not None
    }
    models = [info for tree in result.files.values() for info in _models(tree, base)]
    assert models
    return {
        f"{info.name}.{field}"
        for info in models
        for field in _fields(info)
        if (info.fullname, field) not in reads
    }


def _classes(found: Type | None) -> list[TypeInfo]:
    proper = get_proper_type(found)
    if isinstance(proper, UnionType):
        return [info for item in proper.items for info in _classes(item)]
    if isinstance(proper, TypeVarType):
        return _classes(proper.upper_bound)
    return [proper.type] if isinstance(proper, Instance) else []


def _models(tree: MypyFile, base: str) -> list[TypeInfo]:
    nodes = [entry.node for entry in tree.names.values()]
    return [
        node
        for node in nodes
        if isinstance(node, TypeInfo)
        and node.module_name == tree.fullname
        and any(above.fullname == base for above in node.mro[1:])
    ]


def _fields(info: TypeInfo) -> list[str]:
    return [
        target.name
        for statement in info.defn.defs.body
        if isinstance(statement, AssignmentStmt) and statement.type is not None
        for target in statement.lvalues
        if isinstance(target, NameExpr) and target.name not in FIXED
    ]


def test_every_field_of_a_rule_is_read() -> None:
    assert unread(ROOT / "audit", BASE, without="audit.cli") == set(ELSEWHERE)


def test_a_field_that_is_not_read_is_found(tmp_path: Path) -> None:
    (tmp_path / "sample.py").write_text(SAMPLE)
    assert unread(tmp_path, "sample.Strict") == {"Part.severity", "Row.never"}


def _texts(folder: Path) -> set[str]:
    """Return the strings of a package's code, f-strings by their beginnings."""
    return {
        node.value
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def _is_named(name: str, texts: set[str], beginnings: tuple[str, ...] = ("word_",)) -> bool:
    begun = any(name.startswith(start) and start in texts for start in beginnings)
    return name in texts or begun


def test_every_parameter_of_a_check_is_read() -> None:
    texts = _texts(ROOT / "audit" / "checks")
    rules = sorted((resources.tree("rules") / "checks").glob("*.yaml"))
    named = {
        f"{path.stem}: {name}": name
        for path in rules
        for name in yaml.safe_load(path.read_text(encoding="utf-8")).get("parameters", {})
    }
    assert len(named) > 20
    assert [where for where, name in named.items() if not _is_named(name, texts)] == []
    assert not _is_named("severity_if_nobody_asks", texts)


@pytest.mark.parametrize("suffix", ["yaml", "toml"])
def test_every_rule_file_is_opened(suffix: str) -> None:
    """Singly by its name, or with all of its folder."""
    texts = _texts(ROOT / "audit")
    folder = resources.tree("rules")
    paths = [path.relative_to(folder) for path in folder.rglob(f"*.{suffix}")]
    together = {"annexes", "checks", "licenses", "policies"} & texts
    assert together == {"annexes", "checks", "licenses", "policies"}
    lost = [p for p in paths if p.name not in texts and p.parent.name not in together]
    assert lost == []
