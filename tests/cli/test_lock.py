# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit lock`` pins bytes; a run with ``--locked`` refuses others, and says which moved."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audit import run
from audit.errors import ExitCode, RulesError, UsageError
from audit.request import read_lock
from tests.tiny_repo import fine_tune, make_repo, one_line, run_audit

Fields = dict[str, Any]


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return make_repo(tmp_path / "base")


@pytest.fixture
def model(base: Path, tmp_path: Path) -> Path:
    return fine_tune(base, tmp_path / "model")


@pytest.fixture
def lock(model: Path, base: Path, tmp_path: Path) -> Path:
    path = tmp_path / "audit.lock"
    made = run_audit("lock", model, "--against", base, "--locked", path, "--quiet")
    assert made.exit_code == ExitCode.PASS, made.output
    return path


def refused(lock: Path, model: Path, *more: object) -> str:
    result = run_audit("model-repo", model, *more, "--locked", lock, "--no-report", "--quiet")
    assert result.exit_code == ExitCode.USAGE, result.output
    return one_line(result)


def test_what_did_not_move_is_judged_as_without(model: Path, base: Path, lock: Path) -> None:
    asked = ("model-repo", model, "--against", base, "--no-report", "--quiet", "--json")
    free, locked = run_audit(*asked), run_audit(*asked, "--locked", lock)
    assert free.exit_code == locked.exit_code == ExitCode.INDETERMINATE, free.stderr
    assert free.stdout == locked.stdout != ""


def test_the_lock_is_the_same_bytes_wherever_the_models_lie(
    model: Path, base: Path, lock: Path, tmp_path: Path
) -> None:
    other = tmp_path / "elsewhere"
    for folder in (model, base):
        shutil.copytree(folder, other / folder.name)
    again = tmp_path / "again.lock"
    run_audit("lock", other / "model", "--against", other / "base", "--locked", again, "--quiet")
    assert again.read_bytes() == lock.read_bytes()
    pins = json.loads(lock.read_bytes())["models"]
    assert [pin["role"] for pin in pins] == ["subject", "reference"]
    assert str(tmp_path) not in lock.read_text()


def test_each_move_is_named(model: Path, base: Path, lock: Path) -> None:
    was = read_lock(lock).models[1].files["model.safetensors"]
    shutil.copy(model / "model.safetensors", base / "model.safetensors")
    said = refused(lock, model, "--against", base)
    now = read_lock(lock).models[0].files["model.safetensors"]
    assert f"The reference base moved: model.safetensors {was[:12]} -> {now[:12]}." in said


def test_a_model_that_is_left_out_or_added_is_refused(
    model: Path, base: Path, lock: Path, tmp_path: Path
) -> None:
    """Without its base a run would pass papers only."""
    assert "The reference base is not there any more." in refused(lock, model)
    other = make_repo(tmp_path / "other", seed=4)
    said = refused(lock, model, "--against", base, "--against", other)
    assert "The reference other is not in the lock." in said
    said = refused(lock, model, "--against", base, "--control", other)
    assert "The control other is not in the lock." in said


def test_a_new_file_and_a_new_link_are_refused(model: Path, base: Path, lock: Path) -> None:
    (model / "NOTICE").write_text("of nobody")
    assert "NOTICE none -> " in refused(lock, model, "--against", base)
    (model / "NOTICE").unlink()
    (model / "NOTICE").symlink_to("/etc/hostname")
    assert "NOTICE none -> not read" in refused(lock, model, "--against", base)


def test_licences_hold_the_audited_model_alone(model: Path, lock: Path) -> None:
    asked = ("licenses", model, "--locked", lock, "--quiet")
    assert run_audit(*asked).exit_code == ExitCode.PASS
    (model / "README.md").write_text("---\nlicense: mit\n---\n# Another\n")
    moved = run_audit(*asked)
    assert moved.exit_code == ExitCode.USAGE
    assert "README.md" in one_line(moved)


def test_a_lock_is_written_again_and_says_what_moved(model: Path, base: Path, lock: Path) -> None:
    (model / "README.md").write_text("---\nlicense: mit\n---\n# Another\n")
    made = run_audit("lock", model, "--against", base, "--locked", lock, "--quiet")
    assert made.exit_code == ExitCode.PASS
    assert made.stdout.startswith("The subject model moved: README.md ")
    assert run_audit("licenses", model, "--locked", lock, "--quiet").exit_code == ExitCode.PASS
    assert [p.name for p in lock.parent.iterdir() if "staging" in p.name] == []


def test_what_is_no_lock_is_never_overwritten(model: Path, tmp_path: Path) -> None:
    letter = tmp_path / "letter"
    letter.write_text("Dear all,")
    result = run_audit("lock", model, "--locked", letter, "--quiet")
    assert result.exit_code == ExitCode.USAGE
    assert letter.read_text() == "Dear all,"


def test_a_lock_is_not_written_into_a_model(
    model: Path, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(base)
    result = run_audit("lock", model, "--against", base, "--quiet")
    assert result.exit_code == ExitCode.USAGE
    assert "inside base" in one_line(result)
    assert not (base / "audit.lock").exists()


def test_a_lock_inside_the_model_is_not_found_by_itself(model: Path, base: Path) -> None:
    """What is locked is the caller's choice, as settings are (decision 70)."""
    (model / "audit.lock").write_text("{}")
    result = run_audit("model-repo", model, "--against", base, "--no-report", "--quiet")
    assert result.exit_code == ExitCode.INDETERMINATE, result.stderr


def changed(lock: Path, change: Callable[[Fields], object]) -> None:
    fields = json.loads(lock.read_bytes())
    change(fields)
    lock.write_text(json.dumps(fields))


@pytest.mark.parametrize(
    "change",
    [
        lambda f: f.update(note="trust me"),
        lambda f: f.update(version=2),
        lambda f: f.update(version="1"),
        lambda f: f.pop("version"),
        lambda f: f.update(models=[]),
        lambda f: f["models"].pop(0),
        lambda f: f["models"].append(f["models"][0]),
        lambda f: f["models"][0].update(role="judge"),
        lambda f: f["models"][0].pop("unread"),
        lambda f: f["models"][0].update(ignore=["*"]),
        lambda f: f["models"][0].update(commit="main"),
        lambda f: f["models"][0]["files"].update({"README.md": "*"}),
        lambda f: f["models"][0]["files"].update({"README.md": "0" * 64 + "\n"}),
        lambda f: f["models"][0].update(files=None),
    ],
)
def test_a_lock_that_somebody_wrote_by_hand_is_refused(
    lock: Path, model: Path, base: Path, change: Callable[[Fields], object]
) -> None:
    changed(lock, change)
    assert str(lock) in refused(lock, model, "--against", base)


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b'{"version": 1, "version": 1}', b"\xff\xfe{}"])
def test_what_is_no_lock_is_refused(lock: Path, model: Path, base: Path, data: bytes) -> None:
    lock.write_bytes(data)
    assert str(lock) in refused(lock, model, "--against", base)


def test_a_lock_that_ends_early_is_refused(lock: Path, model: Path, base: Path) -> None:
    lock.write_bytes(lock.read_bytes()[:-40])
    assert "not valid JSON" in refused(lock, model, "--against", base)


def test_a_lock_that_cannot_be_read_is_refused(lock: Path, model: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "pipe cannot be read" in refused(tmp_path / "pipe", model)
    assert "cannot be read" in refused(tmp_path / "none", model)


@pytest.mark.parametrize("key", ["files", "commit"])
def test_a_lock_that_lies_is_refused(lock: Path, model: Path, base: Path, key: str) -> None:
    other = {"files": {"README.md": "0" * 64}, "commit": "0" * 40}[key]
    changed(lock, lambda fields: fields["models"][1].update({key: other}))
    assert "The reference base moved" in refused(lock, model, "--against", base)


def test_hostile_names_are_escaped(model: Path, base: Path, lock: Path) -> None:
    (model / "NOTICE\x1b[2J").write_text("of nobody")
    assert "\x1b" not in refused(lock, model, "--against", base)


def test_settings_and_the_call_hold_the_lock(
    lock: Path, model: Path, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (lock.parent / "audit.toml").write_text('locked = "audit.lock"\n')
    monkeypatch.chdir(lock.parent)
    with pytest.raises(UsageError, match="base is not there any more"):
        run(model, locked=lock)
    result = run_audit("model-repo", model, "--no-report", "--quiet")
    assert result.exit_code == ExitCode.USAGE
    lock.write_text("{}")
    with pytest.raises(RulesError):
        run(model, against=[base], locked=lock)
