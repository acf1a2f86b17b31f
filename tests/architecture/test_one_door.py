# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Files of an audited model are opened in one module; the others open files of our own."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

DOOR = "sources/folder.py"
OWN = {
    "__main__.py": "the null device, where a standard stream was closed",
    "cli/common.py": "the null device, when standard output was closed",
    "cli/setup/doctor.py": "names of our own fonts",
    "cli/report.py": "a report that was written before",
    "cli/sign.py": "a report that was written before, and an answer to it",
    "code/archives.py": "published archives that the caller of `refs` has",
    "code/index.py": "indexes that come with the programme",
    "code/shelf.py": "indexes that come with the programme",
    "fingerprints/shelf.py": "names in a library's folder",
    "fleets/manifest.py": "the folder of a run, to hold it alone",
    "fleets/overview.py": "style sheets and a script that come with the programme",
    "fleets/pool.py": "the null device, in processes that nobody reads",
    "given.py": "what the caller names: keys, policies, waivers, records",
    "formats/safetensors.py": "a stand-in in memory, which the library asks for",
    "licenses/detected/exact_index.py": "the scanner's own index",
    "licenses/detected/scan.py": "the source of our own worker, for its digest",
    "licenses/detected/scanner.py": "the size of the scanner's own index",
    "licenses/detected/worker.py": "the pipe to its parent",
    "licenses/known/difference.py": "texts that come with the licence scanner",
    "licenses/known/recognise.py": "rules",
    "output.py": "what is written, never read",
    "report/formats/html.py": "templates",
    "report/formats/pdf.py": "fonts",
    "report/words/language.py": "catalogues",
    "resources.py": "files that come with the programme",
    "rules/compiled.py": "rules",
    "rules/loading.py": "rules",
    "rules/policies.py": "policies",
    "rules/statistics.py": "rules",
    "signing/identity/passphrase.py": "the caller's file descriptor",
    "signing/identity/token.py": "a session of a token, no file",
    "sources/marks.py": "names beside the folder: whether a model may lie there",
    "sources/names.py": "asks whether the folder may be listed",
    "verification/editions.py": "names in the folder of a later edition",
    "verification/own.py": "names in the folder of a report that is to be replaced",
    "verification/verify.py": "names in the folder of a report",
    "weights/model/families.py": "rules",
}
"""Modules that read or list files that are not an audited model's, and what files those are."""
PATHS = {
    "code/archives.py": "archives of known code",
    "code/index.py": "indexes that come with the programme",
    "code/shelf.py": "indexes that come with the programme",
    "licenses/detected/exact_index.py": "the scanner's own index",
    "licenses/detected/scanner.py": "the worker's own source",
    "licenses/detected/worker.py": "the file beside it",
    "licenses/evidence.py": "what is kept on this machine",
    "licenses/known/difference.py": "texts that come with the licence scanner",
    "licenses/known/recognise.py": "rules",
    "weights/model/families.py": "rules",
}
"""Modules between sources and report that name a place on this machine, and which."""
STAGES = (
    "checks", "code", "formats", "inventory", "licenses", "notice", "obligations", "provenance",
    "weights",
)  # fmt: skip
_CALLED = {"open", "safe_open", "FileIO", "fdopen"}
_METHODS = {
    "open", "fdopen", "read_bytes", "read_text", "scandir", "listdir", "iterdir", "glob", "rglob",
    "mmap", "memfd_create", "FileIO", "memmap", "fromfile", "walk", "stat", "lstat", "samefile",
}  # fmt: skip
_NOT_FILES = {"ast.walk", "item.stat"}


def opens(tree: ast.Module) -> Iterator[str]:
    """Yield what a module calls to read or list files, by name."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        if isinstance(node.func, ast.Name) and name in _CALLED:
            yield name
        if (
            isinstance(node.func, ast.Attribute)
            and node.func.attr in _METHODS
            and name not in _NOT_FILES
        ):
            yield name


@cache
def modules(root: Path) -> tuple[tuple[str, ast.Module], ...]:
    return tuple(
        (path.relative_to(root / "audit").as_posix(), ast.parse(path.read_text(encoding="utf-8")))
        for path in sorted((root / "audit").rglob("*.py"))
    )


def test_one_module_opens_files_of_an_audited_model(root: Path) -> None:
    found = {module: sorted(set(opens(tree))) for module, tree in modules(root)}
    opening = {module for module, names in found.items() if names}
    assert DOOR in opening
    assert {m: found[m] for m in opening - OWN.keys() - {DOOR}} == {}
    assert OWN.keys() - opening == set()


@pytest.mark.parametrize(
    "line",
    [
        "open(path)", "os.open(path, 0)", "path.open()", "(root / path).read_bytes()",
        "path.read_text()", "io.FileIO(path)", "os.scandir(path)", "safe_open(path, 'numpy')",
        "folder.glob('*')", "mmap.mmap(0, 0)", "numpy.fromfile(path)", "path.stat()",
    ],
)  # fmt: skip
def test_a_second_door_would_be_seen(line: str) -> None:
    assert list(opens(ast.parse(line)))


def test_stages_name_no_place_on_this_machine(root: Path) -> None:
    naming = {
        module
        for module, tree in modules(root)
        if module.split("/")[0] in STAGES
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and node.module == "pathlib"
        and any(alias.name == "Path" for alias in node.names)
    }
    assert naming == PATHS.keys()


def test_a_source_is_asked_by_its_interface_alone(root: Path) -> None:
    """Only what turns a name into a source knows which sources there are.

    What the hub's client has downloaded, and one file, are read through the folder's door.
    """
    knowing = {
        module
        for module, tree in modules(root)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "audit.sources.folder"
    }
    assert knowing == {"sources/names.py", "sources/downloads.py", "sources/one_file.py"}
