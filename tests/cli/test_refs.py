# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit refs``: list, add and build, and what they refuse."""

import json
import zipfile
from pathlib import Path

import pytest

from audit.code import shelf
from tests.tiny_repo import one_line, run_audit
from tests.unit.code.mutations import ORIGINAL

ADD = ("--project", "toy", "--version", "1.0", "--spdx", "MIT", "--holder", "The Toy Team")


@pytest.fixture(autouse=True)
def _own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(shelf, "shipped_folder", lambda: tmp_path / "shipped")


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "modeling.py").write_text(ORIGINAL.replace("# Copyright", "# Written"))
    (folder / "broken.py").write_text("(")
    return folder


def test_what_is_added_is_listed(sources: Path) -> None:
    assert run_audit("refs", "list").stdout == "There is no index of known code.\n"
    added = run_audit("refs", "add", sources, *ADD, "-q")
    assert (added.exit_code, added.stdout) == (0, "Added toy 1.0: 1 files.\n")
    assert "toy" in run_audit("refs", "list").stdout
    (entry,) = json.loads(run_audit("refs", "list", "--json").stdout)
    assert entry["project"] == "toy"
    assert (entry["versions"], entry["files"], entry["shipped"]) == (["1.0"], 1, False)


def test_the_holder_becomes_a_copyright_line(sources: Path) -> None:
    run_audit("refs", "add", sources, *ADD, "-q")
    (index,) = shelf.indexes()
    assert index.documents[0].holders == ("Copyright The Toy Team",)


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--spdx", "no such licence", "not an SPDX expression"),
        ("--holder", "...", "not a name"),
        ("--project", "../escape", "cannot be the name"),
        ("--version", "a/b", "cannot be the name"),
    ],
)
def test_what_add_refuses(sources: Path, option: str, value: str, said: str) -> None:
    words = list(ADD)
    words[words.index(option) + 1] = value
    result = run_audit("refs", "add", sources, *words, "-q")
    assert result.exit_code == 2
    assert said in one_line(result)


def test_an_index_is_not_overwritten(sources: Path) -> None:
    run_audit("refs", "add", sources, *ADD, "-q")
    again = run_audit("refs", "add", sources, *ADD, "-q")
    assert again.exit_code == 2
    assert "already" in one_line(again)


def test_a_folder_without_python_is_refused(tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    result = run_audit("refs", "add", tmp_path / "none", *ADD, "-q")
    assert result.exit_code == 2
    assert "no Python file" in one_line(result)


def test_build_writes_the_same_bytes_each_time(tmp_path: Path) -> None:
    archive = tmp_path / "trl-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("trl/core.py", ORIGINAL)
    for name in ("one", "two"):
        result = run_audit("refs", "build", archive, "--out", tmp_path / name, "-q")
        assert result.exit_code == 0
        assert "trl 0.1.0: 1 files" in one_line(result)
    for view in ("L1", "L2"):
        files = [tmp_path / name / f"trl.{view}.npz" for name in ("one", "two")]
        assert files[0].read_bytes() == files[1].read_bytes()


def test_build_refuses_a_project_without_facts(tmp_path: Path) -> None:
    (tmp_path / "unknown-1.0-py3-none-any.whl").write_bytes(b"")
    result = run_audit("refs", "build", tmp_path / "unknown-1.0-py3-none-any.whl", "-q")
    assert result.exit_code == 2
    assert "sources.yaml" in one_line(result)


def test_a_damaged_index_stops_the_list(tmp_path: Path, sources: Path) -> None:
    run_audit("refs", "add", sources, *ADD, "-q")
    (tmp_path / "data" / "refs" / "toy-1.0.L2.npz").write_bytes(b"")
    result = run_audit("refs", "list")
    assert result.exit_code == 2
    assert "toy-1.0 is not an index" in one_line(result)
