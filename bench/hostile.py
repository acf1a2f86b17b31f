# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Attacks at random moments, and tampered reports.

The truth is known before each try: what may be said of either set of weights, that no changed
report is accepted, that a killed run leaves nothing half-written. Seeds are fixed, moments are
not: they depend on the machine.
"""

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from audit.verification.step import Outcome
from audit.verification.verify import verify
from bench.page import Section, Target, table
from bench.support import ROOT, machine
from tests.tiny_repo import make_repo

SWAPS, KILLS, TAMPERED = 200, 200, 2000
AUDIT = [sys.executable, "-m", "audit"]
SCALE = float(os.environ.get("AUDIT_BENCH_SHARE", "1"))
"""A share of the tries, for a quick look; the page says how many were made."""


def _audit(folder: Path, reference: Path, out: Path, cache: Path) -> list[str]:
    known = ["--against", str(reference), "--out", str(out), "--quiet"]
    return ["env", f"AUDIT_CACHE_DIR={cache}", *AUDIT, "model-repo", str(folder), *known]


def _started(command: list[str]) -> subprocess.Popen[bytes]:
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, stdout=quiet, stderr=quiet, cwd=ROOT, start_new_session=True)


def _killed(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def swaps(work: Path, count: int) -> Counter[str]:
    """Replace the reference's copy by a stranger (and back again) while an audit runs.

    Wrong is a report in which one file's digest stands beside what is true of the other.
    """
    reference, stranger = make_repo(work / "reference"), make_repo(work / "stranger", seed=5)
    names = {_sha256(f / "model.safetensors"): f.name for f in (reference, stranger)}
    cache, rng, came = work / "cache", random.Random(0), Counter[str]()
    whole = _timed(_audit(make_repo(work / "model"), reference, work / "first", cache))
    for number in range(count):
        folder = shutil.copytree(work / "model", work / f"swap-{number}")
        other = shutil.copy(stranger / "model.safetensors", work / "other")
        process = _started(_audit(folder, reference, out := work / f"out-{number}", cache))
        time.sleep(rng.uniform(0, whole))
        Path(other).replace(folder / "model.safetensors")
        process.wait()
        came[_answer(out, names)] += 1
        shutil.rmtree(folder)
        shutil.rmtree(out, ignore_errors=True)
    return came


def _answer(out: Path, names: dict[str, str]) -> str:
    if not out.exists():
        return "no report"
    record = json.loads((out / "record.json").read_bytes())
    files = {f["path"]: f["sha256"] for f in record["subject"]["artifacts"]}
    said = [found["relation"] for found in record["comparisons"]]
    unread = {each["path"] for each in record["subject"]["unread"]}
    if "model.safetensors" in unread and set(said) <= {"inconclusive"}:
        decided = record["verdict"]["status"] != "INDETERMINATE"
        return "WRONG: unread and decided" if decided else "unread: it changed while it was read"
    of, (said,) = names[files["model.safetensors"]], said
    true = said == ("copy" if of == "reference" else "no-shared-weights") or (
        of == "stranger" and said == "inconclusive"
    )
    return f"a report about the {of}, true" if true else f"WRONG: {of} is said to be {said}"


def kills(work: Path, count: int) -> Counter[str]:
    """Kill an audit and all that it started; what is left is a whole report or none.

    In turns everything is known already, only the licence texts are (the weights are compared),
    and a report is replaced. Half of the moments lie about the end, where the report is written.
    """
    reference, folder = make_repo(work / "reference"), make_repo(work / "model")
    before, cache = _tree(folder), work / "cache"
    whole = _timed(_audit(folder, reference, work / "first", cache))
    texts = work / "texts"
    _started(["env", f"AUDIT_CACHE_DIR={texts}", *AUDIT, "licenses", str(folder)]).wait()
    rng, came = random.Random(1), Counter[str]()
    for number in range(count):
        out, own = work / "reports" / f"out-{number}", work / "own"
        way = ("known", "afresh", "replaced")[number % 3]
        command = _audit(folder, reference, out, own if way == "afresh" else cache)
        if way == "afresh":
            shutil.copytree(texts, own)
        if way == "replaced":
            shutil.copytree(work / "first", out)
            command.append("--force")
        process = _started(command)
        time.sleep(rng.uniform(*((0.0, whole), (0.7 * whole, 1.4 * whole))[number // 3 % 2]))
        _killed(process)
        state = "no report" if not out.exists() else _verified(out)
        changed = "" if _tree(folder) == before else "; WRONG: the audited folder changed"
        lost = "; WRONG: the old one is gone" if way == "replaced" and not out.exists() else ""
        came[f"{way}: {state}{changed}{lost}"] += 1
        shutil.rmtree(own, ignore_errors=True)
    after = work / "reports" / "next"
    _started(_audit(folder, reference, after, cache)).wait()
    came["next run: " + (_verified(after) if after.exists() else "WRONG: no report")] += 1
    return came


def _verified(out: Path) -> str:
    failed = any(step.outcome is Outcome.FAIL for step in verify(out))
    return "WRONG: half a report" if failed else "a whole report"


def tampered(work: Path, count: int) -> Counter[str]:
    """Change, mix, cut and lengthen the files of a signed report and of a reviewed one."""
    reference = make_repo(work / "reference")
    reports = []
    for number, seed in enumerate((0, 5)):
        folder = make_repo(work / f"model-{number}", seed=seed)
        out = work / f"report-{number}"
        _started(_audit(folder, reference, out, work / "cache")).wait()
        reports.append(out)
    reviewed = shutil.copytree(reports[0], work / "reviewed")
    (work / "words.txt").write_text("I read all of it.\n")
    key = str(work / "reviewer.pem")
    _run("key", "new", "--name", "A Reviewer", "--no-passphrase", "--out", key)
    words = ["--statement", str(work / "words.txt"), "--key", key]
    _run("sign", str(reviewed), "--as", "reviewer", *words)
    rng, came = random.Random(2), Counter[str]()
    for whole in (reports[0], reviewed):
        assert not any(s.outcome is Outcome.FAIL for s in verify(whole))
    for number in range(count):
        source = (reports[0], reviewed)[number % 2]
        kind, change = KINDS[number // 2 % len(KINDS)]
        made = shutil.copytree(source, work / "made")
        change(made, reports[1], rng)
        accepted = not any(step.outcome is Outcome.FAIL for step in verify(made))
        same = _tree(made) == _tree(source)
        came[f"WRONG: {kind} accepted" if accepted and not same else f"{kind}: refused"] += not same
        shutil.rmtree(made)
    return came


def _run(*arguments: str) -> None:
    subprocess.run([*AUDIT, *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def _some_file(folder: Path, rng: random.Random) -> Path:
    return rng.choice(sorted(p for p in folder.rglob("*") if p.is_file()))


def _flip(folder: Path, _: Path, rng: random.Random) -> None:
    path = _some_file(folder, rng)
    data = bytearray(path.read_bytes())
    data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    path.write_bytes(data)


def _insert(folder: Path, _: Path, rng: random.Random) -> None:
    path = _some_file(folder, rng)
    data, at = path.read_bytes(), rng.randrange(path.stat().st_size)
    path.write_bytes(data[:at] + rng.randbytes(rng.randrange(1, 9)) + data[at:])


def _cut(folder: Path, _: Path, rng: random.Random) -> None:
    path = _some_file(folder, rng)
    os.truncate(path, rng.randrange(path.stat().st_size))


def _mix(folder: Path, other: Path, rng: random.Random) -> None:
    names = sorted(p.name for p in other.iterdir() if (folder / p.name).is_file())
    for name in rng.sample(names, rng.randrange(1, len(names))):
        shutil.copy(other / name, folder / name)


def _reword(folder: Path, _: Path, rng: random.Random) -> None:
    """Turn a word of a text into its opposite, as one who wants another verdict would."""
    words = {b"FAIL": b"PASS", b"high": b"info", b"copy": b"none", b"critical": b"resolved"}
    texts = [p for p in sorted(folder.rglob("*")) if p.suffix in {".json", ".html", ".jsonl"}]
    found = [(p, old, words[old]) for p in texts for old in words if old in p.read_bytes()]
    path, old, new = rng.choice(found)
    path.write_bytes(path.read_bytes().replace(old, new))


KINDS: tuple[tuple[str, Callable[[Path, Path, random.Random], None]], ...] = (
    ("a bit flipped", _flip),
    ("bytes put in", _insert),
    ("a file cut", _cut),
    ("two reports mixed", _mix),
    ("words changed", _reword),
)


def _sha256(path: Path) -> str:
    import hashlib

    return hashlib.sha256(path.read_bytes()).hexdigest()


def _tree(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): _sha256(p) for p in folder.rglob("*") if p.is_file()}


def _timed(command: list[str]) -> float:
    """Seconds of the second run, when the licence texts are known and no scanner starts."""
    _started(command).wait()
    again = [part.replace("first", "second") for part in command]
    start = time.perf_counter()
    _started(again).wait()
    return time.perf_counter() - start


def _rows(title: str, came: Counter[str]) -> list[tuple[object, ...]]:
    return [(title, what, count) for what, count in sorted(came.items())]


def _wrong(came: Counter[str]) -> int:
    return sum(count for what, count in came.items() if "WRONG" in what)


def section() -> Section:
    """Run everything."""
    counts = [max(1, round(n * SCALE)) for n in (SWAPS, KILLS, TAMPERED)]
    rows: list[tuple[object, ...]] = []
    targets = []
    tries = (
        ("weights swapped at a random moment", swaps, "no false report"),
        ("killed at a random moment", kills, "nothing half-written, next run right"),
        ("tampered, mixed and reviewed reports", tampered, "none accepted"),
    )
    for (title, campaign, wanted), count in zip(tries, counts, strict=True):
        with tempfile.TemporaryDirectory() as made:
            came = campaign(Path(made), count)
        print(title, dict(came), file=sys.stderr, flush=True)
        rows += _rows(title, came)
        wrong = _wrong(came)
        targets.append(
            Target(
                wanted=f"{title}: {wanted}",
                measured=f"{wrong} of {came.total()}",
                reached=not wrong,
            )
        )
    text = "\n\n".join(
        [
            (__doc__ or "").split("\n", 2)[2].strip(),
            f"{machine()}. Tries are {SCALE:.0%} of what `make bench` asks for.",
            table(("what was tried", "what came of it", "times"), rows),
            "The hostile cases themselves, with input, expected exit code and reason, are the table"
            " in `tests/hostile/cases.py`; `make hostile` runs them and the fuzzers.",
        ]
    )
    return Section(title="Hostile moments and reports", text=text, targets=tuple(targets))
