# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A lock pins the commit of a model on a hub; a branch that moved is refused, not followed."""

from pathlib import Path

import pytest

from audit.errors import ExitCode
from audit.request import read_lock
from audit.sources import hub as hub_module
from tests.hub.conftest import Serve
from tests.hub_server import Content, Hub, Repo, of_folder
from tests.tiny_repo import fine_tune, make_repo, one_line, run_audit

SUSPECT, REFERENCE = "acme/suspect", "acme/reference"


@pytest.fixture
def hub(serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hub:
    monkeypatch.setattr(hub_module, "BLOCK", 1 << 12)
    reference = make_repo(tmp_path / "made" / "reference")
    suspect = fine_tune(reference, tmp_path / "made" / "suspect")
    return serve({SUSPECT: of_folder(suspect), REFERENCE: of_folder(reference)})


@pytest.fixture
def lock(hub: Hub, tmp_path: Path) -> Path:
    path = tmp_path / "audit.lock"
    assert SUSPECT in hub.models
    made = run_audit("lock", SUSPECT, "--against", REFERENCE, "--locked", path, "--quiet")
    assert made.exit_code == ExitCode.PASS, made.output
    return path


def push(hub: Hub, name: str, path: str, data: bytes) -> tuple[str, str]:
    """Put a commit with another file on the main branch; return the old commit and the new."""
    repo = hub.models[name]
    files: dict[str, bytes | Content] = {**repo.commits[repo.main], path: data}
    after = Repo.of(files)
    before, repo.refs["main"] = repo.main, after.main
    repo.commits |= after.commits
    return before, after.main


def test_commits_are_pinned(hub: Hub, lock: Path) -> None:
    pins = {pin.name: pin for pin in read_lock(lock).models}
    assert {name: pin.commit for name, pin in pins.items()} == {
        SUSPECT: hub.models[SUSPECT].main,
        REFERENCE: hub.models[REFERENCE].main,
    }
    held = run_audit(
        "model-repo",
        SUSPECT,
        "--against",
        REFERENCE,
        "--locked",
        lock,
        "--quiet",
        "--json",
    )
    assert held.exit_code == ExitCode.INDETERMINATE, held.stderr


@pytest.mark.parametrize("name", [SUSPECT, REFERENCE])
def test_a_branch_that_moved_is_refused(hub: Hub, lock: Path, name: str) -> None:
    before, after = push(hub, name, "NOTICE", b"of nobody\n")
    asked = (
        "model-repo",
        SUSPECT,
        "--against",
        REFERENCE,
        "--locked",
        lock,
        "--no-report",
        "--quiet",
    )
    moved = run_audit(*asked)
    assert moved.exit_code == ExitCode.USAGE
    assert f"{name} moved: commit {before[:12]} -> {after[:12]}; NOTICE none -> " in one_line(moved)
    pinned = [f"{SUSPECT}@{read_lock(lock).models[0].commit}"]
    pinned += ["--against", f"{REFERENCE}@{read_lock(lock).models[1].commit}"]
    again = run_audit("model-repo", *pinned, "--locked", lock, "--no-report", "--quiet")
    assert again.exit_code == ExitCode.INDETERMINATE, "the locked commits are there"


def test_a_declared_base_that_moved_is_refused(hub: Hub, tmp_path: Path) -> None:
    card = f"---\nlicense: mit\nbase_model: {REFERENCE}\n---\n# Suspect\n".encode()
    repo = hub.models[SUSPECT]
    files: dict[str, bytes | Content] = {**repo.commits[repo.main], "README.md": card}
    hub.models[SUSPECT] = Repo.of(files, card={"base_model": REFERENCE})
    lock = tmp_path / "declared.lock"
    run_audit("lock", SUSPECT, "--locked", lock, "--quiet")
    assert [pin.name for pin in read_lock(lock).models] == [SUSPECT, REFERENCE]
    push(hub, REFERENCE, "README.md", b"---\nlicense: apache-2.0\n---\n")
    moved = run_audit("model-repo", SUSPECT, "--locked", lock, "--no-report", "--quiet")
    assert moved.exit_code == ExitCode.USAGE
    assert f"The reference {REFERENCE} moved: commit" in one_line(moved)
    without = run_audit(
        "model-repo", SUSPECT, "--resolve-bases", "0", "--locked", lock, "--no-report", "--quiet"
    )
    assert without.exit_code == ExitCode.USAGE, "a base that is not looked at is no base"
