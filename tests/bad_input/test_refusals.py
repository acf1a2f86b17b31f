# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Runs that cannot be: one clear line, the right exit code, nothing written or changed."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from audit.errors import ExitCode
from audit.signing.identity.key_file import save_identity
from audit.signing.identity.keys import new_identity
from tests.tiny_repo import digest_of, make_repo, one_line, run_audit


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return make_repo(tmp_path / "model")


def refused(tmp_path: Path, *arguments: object) -> tuple[int, str]:
    """Run, check that nothing at all changed, and return the exit code and the one line."""
    before = digest_of(tmp_path)
    result = run_audit(*arguments)
    assert digest_of(tmp_path) == before
    assert result.stdout == ""
    return result.exit_code, one_line(result)


def test_no_such_folder(tmp_path: Path) -> None:
    code, line = refused(tmp_path, "model-repo", tmp_path / "absent", "--out", tmp_path / "out")
    assert code == ExitCode.USAGE
    assert "There is no folder" in line


def test_a_file_is_no_folder(tmp_path: Path, model: Path) -> None:
    code, line = refused(tmp_path, "model-repo", model / "LICENSE", "--out", tmp_path / "out")
    assert code == ExitCode.USAGE
    assert "is a file, not a folder" in line


def test_a_hub_id_is_not_asked_for_offline(tmp_path: Path) -> None:
    arguments = ("model-repo", "org/model", "--offline", "--out", tmp_path / "out")
    code, line = refused(tmp_path, *arguments)
    assert code == ExitCode.USAGE
    assert "org/model is not on this machine, and this run is offline" in line


def test_a_reference_that_is_not_there(tmp_path: Path, model: Path) -> None:
    code, _ = refused(tmp_path, "model-repo", model, "--against", "nope", "--out", tmp_path / "o")
    assert code == ExitCode.USAGE


def test_the_target_as_its_own_reference(tmp_path: Path, model: Path) -> None:
    arguments = ("model-repo", model, "--against", model, "--out", tmp_path / "out", "--quiet")
    code, line = refused(tmp_path, *arguments)
    assert code == ExitCode.USAGE
    assert "is the audited folder itself" in line


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_an_output_that_exists(tmp_path: Path, model: Path, kind: str) -> None:
    out = tmp_path / "out"
    if kind == "folder":
        out.mkdir()
        (out / "mine.txt").write_text("mine")
    else:
        out.write_text("mine")
    code, line = refused(tmp_path, "model-repo", model, "--out", out)
    assert code == ExitCode.USAGE
    assert f"--out {out}" in line


@pytest.mark.parametrize("out", ["model", "model/report", "base/report"])
def test_an_output_inside_what_is_audited(tmp_path: Path, model: Path, out: str) -> None:
    base = make_repo(tmp_path / "base", seed=1)
    arguments = ("model-repo", model, "--against", base, "--out", tmp_path / out)
    code, line = refused(tmp_path, *arguments)
    assert code == ExitCode.USAGE
    assert "must not change" in line


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (None, "There is no policy"),
        (b"fail_on = ", "policy.toml"),
        (b"\xff\xfe", "policy.toml"),
        (b'name = "x"\ndescription = "x"\nfail_on = "severe"\n', "fail_on"),
        (b'name = "x"\ndescription = "x"\nfail_on = "high"\nextra = 1\n', "extra"),
        (b'name = "x"\ndescription = "x"\nfail_on = "high"\n[severity]\nX1 = "low"\n', "X1"),
    ],
)
def test_a_policy_that_is_none(
    tmp_path: Path, model: Path, policy: bytes | None, words: str
) -> None:
    path = tmp_path / "policy.toml"
    if policy is not None:
        path.write_bytes(policy)
    code, line = refused(tmp_path, "model-repo", model, "--policy", path, "--out", tmp_path / "o")
    assert code == ExitCode.USAGE
    assert words in line


@pytest.mark.parametrize("content", [b"", b"no key", b"\x00\xff" * 100])
def test_a_key_that_is_none(tmp_path: Path, model: Path, content: bytes) -> None:
    key = tmp_path / "key.pem"
    key.write_bytes(content)
    key.chmod(0o600)
    code, line = refused(tmp_path, "model-repo", model, "--key", key, "--out", tmp_path / "out")
    assert code == ExitCode.USAGE
    assert "key.pem" in line


def test_a_key_that_is_not_there(tmp_path: Path, model: Path) -> None:
    arguments = ("model-repo", model, "--key", tmp_path / "none.pem", "--out", tmp_path / "out")
    assert refused(tmp_path, *arguments)[0] == ExitCode.USAGE


@pytest.mark.parametrize("passphrase", ["wrong", "", None])
def test_a_wrong_passphrase(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch, passphrase: str | None
) -> None:
    key = tmp_path / "key.pem"
    save_identity(new_identity("Someone"), key, "right")
    if passphrase is not None:
        monkeypatch.setenv("AUDIT_KEY_PASSPHRASE", passphrase)
    code, line = refused(tmp_path, "model-repo", model, "--key", key, "--out", tmp_path / "out")
    assert code == ExitCode.USAGE
    assert "passphrase" in line.lower()


@pytest.mark.usefixtures("quick_pdf")
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_fills_up(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def full(_: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", full)
    before = digest_of(tmp_path)
    result = run_audit("model-repo", model, "--out", tmp_path / "new" / "out", "--quiet")
    assert digest_of(tmp_path) == before
    assert result.exit_code == ExitCode.ERROR
    assert "Nothing was left behind. Free some" in one_line(result)


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    command = [mount or "mount", "-t", "tmpfs", "-o", "size=16k", "none", str(place)]
    if mount is None or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a file system can be mounted by root only")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.usefixtures("quick_pdf")
def test_a_really_full_disk(model: Path, tiny_disk: Path) -> None:
    before = digest_of(model)
    result = run_audit("model-repo", model, "--out", tiny_disk / "out", "--quiet")
    assert result.exit_code == ExitCode.ERROR, result.output
    assert "No space left on device" in one_line(result)
    assert list(tiny_disk.iterdir()) == []
    assert digest_of(model) == before


def test_a_mounted_output(model: Path, tiny_disk: Path) -> None:
    result = run_audit("model-repo", model, "--out", tiny_disk)
    assert result.exit_code == ExitCode.USAGE
    assert "mount point" in one_line(result)


# Says that it runs, then is the programme.
READY = "print('ready', flush=True); from audit.__main__ import main; main()"
INTERRUPTED = {ExitCode.INTERRUPTED, -signal.SIGINT}
"""A shell reports both as 130: CPython may end by the signal itself."""


@contextmanager
def heeding_interruptions() -> Iterator[None]:
    """Start children that hear Ctrl-C, also where this run was started in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("wait", [0.1, 0.5, 1.5, 3.0])
def test_a_signal_leaves_nothing(
    tmp_path: Path, model: Path, number: signal.Signals, wait: float
) -> None:
    """Whenever it comes: the whole group gets it, as from a terminal's Ctrl-C."""
    (model / "code.py").write_text(f"# {time.time_ns()}: not in any cache\n")
    base = make_repo(tmp_path / "base", seed=1)
    before = digest_of(tmp_path)
    arguments = ("model-repo", model, "--against", base, "--out", tmp_path / "new" / "out", "-q")
    with heeding_interruptions():
        child = subprocess.Popen(
            [sys.executable, "-c", READY, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    time.sleep(wait)
    os.killpg(child.pid, number)
    out, err = child.communicate(timeout=300)
    assert child.returncode in INTERRUPTED, err
    assert (out, err) == ("", "audit: Interrupted. Nothing half-written was left behind.\n")
    assert digest_of(tmp_path) == before
