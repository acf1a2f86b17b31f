# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Whatever a model does to its process, the others are done; whatever stops a run, it goes on."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from audit.errors import OutputError, UsageError
from audit.fingerprints.file import to_bytes
from audit.fingerprints.shelf import Library
from audit.fleets import manifest as manifests
from audit.fleets.fleet import Fleet, run
from audit.fleets.manifest import Line, Manifest
from audit.fleets.pool import LostError, pooled
from audit.fleets.targets import Target
from audit.fleets.task import Job, read
from tests.fingerprints.models import known, place
from tests.tiny_repo import fine_tune, make_repo, run_audit

NAMES = ("base", "stranger", "deep", "gpt2", "bert", "fine-tune")


def listed(tmp_path: Path, *more: str) -> Path:
    path = tmp_path / "list.txt"
    path.write_text("".join(f"{spec}\n" for spec in (*map(place, NAMES), *more)))
    return path


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.*")}


def job(target: object, **more: object) -> bytes:
    return Job(doing="fingerprint", target=str(target), **more).model_dump_json().encode()  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run that nothing disturbed."""
    folder = tmp_path_factory.mktemp("whole")
    done = run_audit(
        "fleet", listed(folder), "-o", folder / "out", "--library", folder / "library", "-q"
    )
    assert (done.exit_code, done.stdout.split("\n")[0]) == (0, "6 models: 6 done."), done.stderr
    return folder


def test_a_fleet_makes_the_library_that_adding_makes(whole: Path, tmp_path: Path) -> None:
    other = Library(tmp_path)
    for name in NAMES:
        other.add(to_bytes(known(name)), name)
    other.index()
    assert contents(whole / "library") == contents(tmp_path)


def test_one_process_gives_the_same_bytes_as_two(whole: Path, tmp_path: Path) -> None:
    words = ("-o", tmp_path / "out", "--library", tmp_path / "library", "--workers", "1", "-q")
    assert run_audit("fleet", whole / "list.txt", *words).exit_code == 0
    for part in ("out", "library"):
        assert contents(whole / part) == contents(tmp_path / part)


def test_a_second_run_does_nothing_again_but_what_changed(whole: Path, tmp_path: Path) -> None:
    models = [shutil.copytree(place(n), tmp_path / "models" / n) for n in ("base", "stranger")]
    fleet = Fleet(
        targets=[Target(target=str(m)) for m in models],
        folder=tmp_path / "out",
        shelf=Library(tmp_path / "library"),
    )
    first = run(fleet, lambda jobs: pooled(jobs, 1))
    before = {p: p.stat().st_mtime_ns for p in (tmp_path / "library").glob("*.fingerprint")}
    shutil.copy(place("deep") / "model.safetensors", models[1])
    shutil.copy(place("deep") / "config.json", models[1])
    second = run(fleet, lambda jobs: pooled(jobs, 1))
    assert first[0] == second[0]
    assert first[1].sha256 != second[1].sha256
    assert {p: p.stat().st_mtime_ns for p in before} == before
    fleet.shelf.remove(str(second[0].sha256))
    assert run(fleet, lambda jobs: pooled(jobs, 1)) == second  # a result that is gone is made again
    assert second[0].sha256 in fleet.shelf.members()


def broken(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Models of which nothing comes, and a word of the reason."""
    folder = shutil.copytree(place("base"), tmp_path / "truncated")
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:2000])
    yield str(folder), "No weights could be read"
    (tmp_path / "lie").mkdir()
    (tmp_path / "lie" / "model.safetensors").write_bytes(b"\xff" * 7 + b"\x7f" + b"{}")
    yield str(tmp_path / "lie"), "No weights could be read"
    (tmp_path / "pickle").mkdir()
    (tmp_path / "pickle" / "pytorch_model.bin").write_bytes(b"cposix\nsystem\n(S'id'\ntR.")
    yield str(tmp_path / "pickle"), "No weights could be read"
    yield str(tmp_path / "nowhere"), "There is no folder"
    yield "a\tb/\x1b[31m", "There is no"


def test_broken_models_are_named_and_stop_nobody(whole: Path, tmp_path: Path) -> None:
    wrong = dict(broken(tmp_path))
    out = ("-o", tmp_path / "out", "--library", tmp_path / "library", "--json", "-q")
    done = run_audit("fleet", listed(tmp_path, *wrong), *out)
    assert done.exit_code == 3
    lines = {one["target"]: one for one in json.loads(done.stdout)}
    failed = {t: one["reason"] for t, one in lines.items() if one["state"] == "failed"}
    assert failed.keys() == wrong.keys()
    assert all(word in failed[target] for target, word in wrong.items())
    assert all(failed[target] in done.stderr for target in wrong)
    assert "\x1b" not in done.stderr
    assert contents(whole / "library") == contents(tmp_path / "library")


def test_a_process_that_hangs_or_crashes_is_replaced() -> None:
    jobs = [
        job(place("base"), seconds=0.001),
        b'{"doing": "nothing"}',
        job(place("base")),
        b"\xff",
        job(place("stranger")),
    ]
    found = dict(pooled(enumerate(jobs), 1))
    assert sorted(found) == [0, 1, 2, 3, 4]
    lost = {n: str(r) for n, r in found.items() if isinstance(r, LostError)}
    assert lost[0] == "it took longer than it may"
    assert lost[1].startswith("internal error: ValidationError")
    assert sorted(lost) == [0, 1, 3]
    for number, name in ((2, "base"), (4, "stranger")):
        reply = found[number]
        assert isinstance(reply, bytes)
        assert read(reply)[1] == to_bytes(known(name))


def test_a_process_that_is_killed_is_one_models_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    from audit.fleets import pool

    started = pool._started
    workers = []

    def first_dies() -> "pool._Worker":
        workers.append(started())
        if len(workers) == 1:
            os.kill(workers[0].process.pid or 0, signal.SIGKILL)
        return workers[-1]

    monkeypatch.setattr(pool, "_started", first_dies)
    found = dict(pooled(enumerate([job(place("base")), job(place("stranger"))]), 1))
    assert str(found[0]) == "its process was ended by signal 9"
    assert isinstance(found[1], bytes)
    assert all(not w.process.is_alive() for w in workers if not w.process._closed)


def started(whole: Path, tmp_path: Path) -> "subprocess.Popen[str]":
    """Start a run of one process at a time, and wait until it has done something."""
    command = [sys.executable, "-m", "audit", "fleet", whole / "list.txt", "-o", tmp_path / "out"]
    command += ["--library", tmp_path / "library", "--workers", "1"]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # What runs the tests in the background ignores Ctrl-C, and its children would.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    until = time.monotonic() + 120
    while len(Manifest(tmp_path / "out").read()) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    return process


def children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in text.split()]


def is_alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="no /proc to look for children")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_ended_goes_on(whole: Path, tmp_path: Path, how: signal.Signals) -> None:
    process = started(whole, tmp_path)
    own = children(process.pid)
    assert own
    process.send_signal(how)
    _, talk = process.communicate(timeout=60)
    if how != signal.SIGKILL:
        assert process.returncode == 130
        assert "Interrupted" in talk
    done = len(Manifest(tmp_path / "out").read())
    assert 2 <= done < len(NAMES)
    until = time.monotonic() + 30
    while any(map(is_alive, own)) and time.monotonic() < until:
        time.sleep(0.05)
    assert [pid for pid in own if is_alive(pid)] == []
    words = ("-o", tmp_path / "out", "--library", tmp_path / "library", "-q")
    assert run_audit("fleet", whole / "list.txt", *words).exit_code == 0
    for part in ("out", "library"):
        assert contents(whole / part) == contents(tmp_path / part)


def test_a_full_disk_ends_the_run_and_what_was_done_stays(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synchronise, left = os.fsync, [5]

    def full(descriptor: int) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(28, "No space left on device")
        synchronise(descriptor)

    fleet = Fleet(
        targets=[Target(target=str(place(n))) for n in NAMES],
        folder=tmp_path / "out",
        shelf=Library(tmp_path / "library"),
    )
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OutputError, match="No space left"):
            run(fleet, lambda jobs: pooled(jobs, 1))
    assert fleet.shelf.verify() == {}
    assert not list((tmp_path / "library").glob(".audit-staging*"))
    assert 1 <= len(Manifest(fleet.folder).read()) < len(NAMES)
    run(fleet, lambda jobs: pooled(jobs, 1))
    assert contents(whole / "library") == contents(tmp_path / "library")


def test_a_line_that_was_cut_short_is_done_again(whole: Path, tmp_path: Path) -> None:
    shutil.copytree(whole / "out", tmp_path / "out")
    shutil.copytree(whole / "library", tmp_path / "library")
    path = tmp_path / "out" / manifests.NAME
    path.write_bytes(path.read_bytes()[:-40])
    assert len(Manifest(tmp_path / "out").read()) == len(NAMES) - 1
    words = ("-o", tmp_path / "out", "--library", tmp_path / "library", "-q")
    assert run_audit("fleet", whole / "list.txt", *words).exit_code == 0
    assert contents(whole / "out") == contents(tmp_path / "out")


def test_two_runs_do_not_share_a_folder(tmp_path: Path) -> None:
    fleet = Fleet(
        targets=[Target(target=str(place("base")))],
        folder=tmp_path,
        shelf=Library(tmp_path / "library"),
    )
    with (
        Manifest(tmp_path).alone(),
        pytest.raises(UsageError, match="Another run writes"),
    ):
        run(fleet, lambda jobs: pooled(jobs, 1))


def test_audits_give_a_record_to_a_model_and_the_gates_code(tmp_path: Path) -> None:
    base = make_repo(tmp_path / "base")
    child = fine_tune(base, tmp_path / "child")
    rows = [{"target": str(base)}, {"target": str(child), "against": [str(base)]}]
    path = tmp_path / "list.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    out = tmp_path / "out"
    done = run_audit("fleet", path, "-o", out, "--audit", "--offline", "--json", "-q")
    lines = [Line.model_validate(one) for one in json.loads(done.stdout)]
    states = {line.told["status"] for line in lines}
    assert done.exit_code == (1 if "FAIL" in states else 3 if "INDETERMINATE" in states else 0)
    assert lines[1].told["related"] == ["base"]
    records = sorted((out / "records").iterdir())
    assert [json.loads(p.read_bytes())["subject"]["name"] for p in records] == ["base", "child"]
    alone = run_audit("model-repo", child, "--against", base, "--json", "--offline", "-q")
    assert alone.stdout.strip().encode() == records[1].read_bytes()
    again = run_audit("fleet", path, "-o", out, "--audit", "--offline", "--json", "-q")
    assert (again.exit_code, again.stdout) == (done.exit_code, done.stdout)
    mixed = run_audit("fleet", path, "-o", out, "--library", tmp_path / "library", "-q")
    assert (mixed.exit_code, "another kind of run" in mixed.stderr) == (2, True)
