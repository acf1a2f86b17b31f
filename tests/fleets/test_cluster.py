# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Ray's processes give what processes here give; the extra may be missing, and a cluster too."""

import importlib.util
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.fingerprints.models import known, place
from tests.tiny_repo import one_line, run_audit

HAS_RAY = importlib.util.find_spec("ray") is not None
needs_ray = pytest.mark.skipif(not HAS_RAY, reason="the extra `ray` is not installed")
NAMES = ("base", "stranger", "gpt2")


def test_without_the_extra_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    (tmp_path / "list.txt").write_text(f"{place('base')}\n")
    done = run_audit("fleet", tmp_path / "list.txt", "-o", tmp_path / "out", "--ray", "auto", "-q")
    assert done.exit_code == 2
    assert "Ray is not installed here." in one_line(done)


def fleet(tmp_path: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    command = [
        sys.executable,
        "-m",
        "audit",
        "fleet",
        tmp_path / "list.txt",
        "-o",
        tmp_path / "out",
    ]
    command += ["--library", tmp_path / "library", "--json", "-q", *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


@needs_ray
def test_no_cluster_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text(f"{place('base')}\n")
    started = time.monotonic()
    done = fleet(tmp_path, "--ray", "127.0.0.1:9")
    assert (done.returncode, "no Ray cluster at 127.0.0.1:9" in done.stderr) == (2, True)
    assert time.monotonic() - started < 60


@needs_ray
@pytest.mark.slow
def test_ray_gives_the_same_library_and_outlives_a_broken_model(tmp_path: Path) -> None:
    lines = (*map(place, NAMES), tmp_path / "nowhere")
    (tmp_path / "list.txt").write_text("".join(f"{p}\n" for p in lines))
    done = fleet(tmp_path, "--ray", "local", "--workers", "2")
    if "timed out during startup" in done.stderr:
        pytest.skip("this machine is too busy for Ray, which allows its processes 30 s to start")
    assert done.returncode == 3, done.stderr
    found = {p.stem: p.read_bytes() for p in (tmp_path / "library").glob("*.fingerprint")}
    assert found.keys() == {known(name).sha256 for name in NAMES}
    failed = [one for one in json.loads(done.stdout) if one["state"] == "failed"]
    assert [one["target"] for one in failed] == [str(tmp_path / "nowhere")]


@needs_ray
@pytest.mark.slow
def test_a_process_of_ray_that_takes_too_long_is_one_models_loss(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from audit.fleets.cluster import clustered\n"
        "from audit.fleets.task import Job\n"
        "job = lambda s: Job(doing='fingerprint', target=sys.argv[1], seconds=s)\n"
        "jobs = [(0, job(0.001)), (1, job(600)), (2, job(600))]\n"
        "sent = [(n, j.model_dump_json().encode()) for n, j in jobs[:2]] + [(2, b'rubbish')]\n"
        "for number, reply in sorted(clustered(sent, 'local', 2)):\n"
        "    print(number, type(reply).__name__, str(reply)[:40])\n"
    )
    command = [sys.executable, "-c", code, place("base")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    if "timed out during startup" in done.stderr:
        pytest.skip("this machine is too busy for Ray, which allows its processes 30 s to start")
    assert done.returncode == 0, done.stderr
    told = done.stdout.splitlines()
    assert told[0] == "0 LostError its process was lost (a crash, too littl"
    assert told[1].startswith("1 bytes")
    assert told[2].startswith("2 LostError internal error: ValidationErr")
