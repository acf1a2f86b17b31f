# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a caller leaves out is named and undecided, and weights are never left out."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from safetensors.numpy import save_file

from audit.errors import ExitCode
from tests.tiny_repo import make_repo, one_line, run_audit, tensors

GPL = "# SPDX-License-Identifier: GPL-3.0-only\nprint('of somebody else')\n"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """Return a release under MIT with a script under the GPL beside it."""
    folder = make_repo(tmp_path / "model")
    (folder / "vendor" / "deep").mkdir(parents=True)
    (folder / "vendor" / "deep" / "tool.py").write_text(GPL)
    return folder


def licenses(model: Path, *more: object) -> tuple[int, dict[str, Any]]:
    asked = ("licenses", model, *more, "--output", "json=-", "--quiet")
    result = run_audit(*asked)
    return result.exit_code, json.loads(result.stdout)


def checks(record: dict[str, Any]) -> set[str]:
    return {finding["check"] for finding in record["findings"]}


def test_what_is_left_out_is_named_and_not_clean(model: Path) -> None:
    code, before = licenses(model)
    assert code == ExitCode.FAIL
    assert "COP005" in checks(before)
    code, after = licenses(model, "--ignore", "vendor/")
    assert code == ExitCode.PASS
    assert "COP005" not in checks(after)
    (gap,) = after["subject"]["unread"]
    assert gap["path"] == "vendor/deep/tool.py"
    (finding,) = [f for f in after["findings"] if f["check"] == "INV001"]
    assert finding["status"] == "undetermined"
    assert [place["path"] for place in finding["locations"]] == ["vendor/deep/tool.py"]
    said = json.dumps(after["coverage"]["statements"])
    assert "left out because the caller asked for it" in said
    assert "vendor/*" in said
    digests = [r["options"]["configuration_sha256"] for r in (before, after)]
    assert digests[0] != digests[1]


def test_a_glob_that_is_taken_back_leaves_nothing_out(model: Path) -> None:
    asked = ("--ignore", "vendor/", "--include", "*.py")
    code, record = licenses(model, *asked)
    assert code == ExitCode.FAIL
    assert record["subject"]["unread"] == []
    alone = run_audit("licenses", model, "--include", "*.py", "--quiet")
    assert alone.exit_code == ExitCode.USAGE
    assert "nothing is ignored" in one_line(alone)


@pytest.mark.parametrize("name", ["LICENSE", "README.md", "config.json", "vendor/deep/NOTICE"])
def test_papers_that_are_left_out_leave_the_gate_undecided(model: Path, name: str) -> None:
    (model / "vendor" / "deep" / "NOTICE").write_text("of somebody else")
    code, record = licenses(model, "--ignore", name, "--ignore", "*.py")
    assert code != ExitCode.PASS
    worst = [f for f in record["findings"] if f["check"] == "INV001" and f["severity"] == "high"]
    assert any(name == place["path"] for f in worst for place in f["locations"])


@pytest.mark.parametrize("policy", ["default", "permissive", "research", "strict-eu"])
@pytest.mark.parametrize(
    "hidden", ["model.safetensors", "vendor/other.safetensors", "notes.txt", "old.gguf", "a.npz"]
)
def test_weights_are_never_left_out(model: Path, hidden: str, policy: str) -> None:
    """By name or by first bytes, under every policy."""
    path = model / hidden
    if hidden == "notes.txt":  # a pickle that is called text
        path.write_bytes(b"\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00]\x94(K\x01K\x02e.")
    elif hidden != "model.safetensors":
        save_file(tensors(9), path)
    if hidden == "a.npz":
        path.write_bytes(b"PK\x03\x04" + bytes(200))
    code, record = licenses(model, "--ignore", "*", "--policy", policy)
    assert hidden in {artifact["path"] for artifact in record["subject"]["artifacts"]}
    assert code != ExitCode.PASS


def test_a_pointer_to_weights_is_not_left_out(model: Path) -> None:
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 9\n"
    (model / "model.safetensors").write_text(pointer)
    _, record = licenses(model, "--ignore", "*.safetensors")
    reasons = [gap["reason"]["text"] for gap in record["subject"]["unread"]]
    assert [reason for reason in reasons if "Git LFS pointer" in reason]


def test_a_model_cannot_leave_out_its_own_files(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (model / "audit.toml").write_text('ignore = ["vendor/"]\n')
    monkeypatch.chdir(model)
    code, record = licenses(Path())
    assert code == ExitCode.FAIL
    assert record["subject"]["unread"] == []


def test_references_are_read_whole(model: Path, tmp_path: Path) -> None:
    base = shutil.copytree(model, tmp_path / "base")
    out = tmp_path / "record.json"
    asked = ("--against", base, "--ignore", "vendor/", "--output", f"json={out}", "--quiet")
    run_audit("model-repo", model, *asked)
    record = json.loads(out.read_bytes())
    assert [gap["path"] for gap in record["subject"]["unread"]] == ["vendor/deep/tool.py"]
    assert record["references"][0]["unread"] == []


def test_a_lock_and_a_run_leave_out_alike(model: Path, tmp_path: Path) -> None:
    lock = tmp_path / "audit.lock"
    run_audit("lock", model, "--ignore", "vendor/", "--locked", lock, "--quiet")
    asked = ("licenses", model, "--locked", lock, "--quiet")
    assert run_audit(*asked, "--ignore", "vendor/").exit_code == ExitCode.PASS
    everything = run_audit(*asked)
    assert everything.exit_code == ExitCode.USAGE
    assert "vendor/deep/tool.py not read -> " in one_line(everything)
