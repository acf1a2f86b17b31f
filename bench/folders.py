# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Folders far larger than any model's: time, memory, and how soon Ctrl-C ends an audit of them.

A file of zeros that takes no disk costs its digest and nothing else; its time is that of Python's
own SHA-256 on the smaller one, in the same run, for so many bytes.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.page import Section, Target, table
from bench.support import ROOT, Cost, machine, run
from tests.tiny_repo import CARD, LICENSE, make_repo

SECONDS, MIB, TIMES = 300.0, 2048.0, 1.25
"""For one folder, the memory of its largest process; of a digest alone where it takes longer."""
SCALE = float(os.environ.get("AUDIT_BENCH_SHARE", "1"))
"""A share of the sizes, for a quick look; the page says which."""
AUDIT = [sys.executable, "-m", "audit"]
SPARSE = (30 * 10**9, 10**12)
_HASH = "import hashlib, sys; hashlib.file_digest(open(sys.argv[1], 'rb'), 'sha256')"


def _scaled(count: int) -> int:
    return max(1, round(count * SCALE))


def _many_files(root: Path) -> None:
    for number in range(_scaled(100_000)):
        if number % 1000 == 0:
            (root / f"d{number // 1000:03}").mkdir()
        (root / f"d{number // 1000:03}" / f"f{number}.bin").write_bytes(b"x" * (number % 64))


def _many_texts(root: Path) -> None:
    for number in range(_scaled(50_000)):
        if number % 1000 == 0:
            (root / f"t{number // 1000:03}").mkdir()
        (root / f"t{number // 1000:03}" / f"n{number}.md").write_text(f"Note {number}.\n")


def _code_files(root: Path) -> None:
    (root / "src").mkdir()
    for number in range(_scaled(3000)):
        head = f"# Copyright 2020 Holder {number % 7}\n\n\n"
        text = f"{head}def f{number}(x):\n    return x + {number}\n"
        (root / "src" / f"m{number}.py").write_text(text)


def _sparse(size: int) -> Callable[[Path], None]:
    def write(root: Path) -> None:
        with (root / "blob.bin").open("wb") as file:
            file.truncate(_scaled(size))

    return write


def _git(root: Path, *arguments: str, given: bytes | None = None) -> None:
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "gc.auto=0"]
    command = ["git", "-C", str(root), *who, *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, input=given)


def _tags(root: Path) -> None:
    _git(root, "init", "-q")
    _git(root, "add", "-A")
    _git(root, "commit", "-qm", "one")
    lines = "".join(f"create refs/tags/v{n} HEAD\n" for n in range(_scaled(9000)))
    head = subprocess.check_output(["git", "-C", str(root), "rev-parse", "HEAD"], text=True)
    _git(root, "update-ref", "--stdin", given=lines.replace("HEAD", head.strip()).encode())


def _chain(root: Path) -> None:
    """Editions of one licence, packed as deltas of each other."""
    _git(root, "init", "-q")
    for number in range(_scaled(400)):
        (root / "LICENSE").write_text(LICENSE + f"\nEdition {number}\n" * (number + 1))
        _git(root, "add", "-A")
        _git(root, "commit", "-qm", str(number))
    _git(root, "repack", "-adfq", "--depth=4000", "--window=50")


LARGE: tuple[tuple[str, Callable[[Path], None], int], ...] = (
    (f"{_scaled(100_000):,} files", _many_files, 0),
    (f"{_scaled(50_000):,} small texts", _many_texts, 0),
    (f"{_scaled(3000):,} files of code", _code_files, 0),
    *(
        (f"a file of {_scaled(size) // 10**9:,} GB (sparse)", _sparse(size), _scaled(size))
        for size in SPARSE
    ),
    (f"{_scaled(9000):,} tags of git", _tags, 0),
    (f"{_scaled(400):,} editions as deltas", _chain, 0),
)
"""Each with how it is written, and the bytes of its one large file."""


def large(work: Path) -> Iterator[tuple[str, Cost, float, float]]:
    """Audit each large folder; yield its cost, its limit and how long Ctrl-C takes (seconds)."""
    rate = 0.0
    for number, (name, write, size) in enumerate(LARGE):
        folder = make_repo(work / f"large-{number}", card=CARD)
        write(folder)
        command = [*AUDIT, "model-repo", str(folder), "--json", "--quiet"]
        cost = run(["timeout", "3600", *command], {"AUDIT_CACHE_DIR": str(work / "cache")})
        if size and not rate:
            rate = run([sys.executable, "-c", _HASH, str(folder / "blob.bin")]).wall / size
        limit = max(SECONDS, TIMES * rate * size)
        yield name, cost, limit, _interrupted(command, min(cost.wall, SECONDS) / 2)
        shutil.rmtree(folder)


def _interrupted(command: list[str], moment: float) -> float:
    """Seconds from Ctrl-C, sent ``moment`` seconds after the start, to the end."""
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(
        command,
        stdout=quiet,
        stderr=quiet,
        cwd=ROOT,
        start_new_session=True,
        # What measures in the background ignores Ctrl-C, and its children would.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    time.sleep(moment)
    start = time.perf_counter()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGINT)
    process.wait()
    return time.perf_counter() - start


def section() -> Section:
    """Audit each of them once, and end each once."""
    with tempfile.TemporaryDirectory() as made:
        costs = list(large(Path(made)))
    targets = [
        Target(
            wanted=f"{name}: audited within {limit:.0f} s and {MIB:.0f} MiB",
            measured=f"exit code {cost.code}, {cost.wall:.0f} s, {cost.peak:.0f} MiB",
            reached=cost.code in (0, 1, 3) and cost.wall <= limit and cost.peak <= MIB,
        )
        for name, cost, limit, _ in costs
    ]
    slowest = max(seconds for *_, seconds in costs)
    wanted, measured = "Ctrl-C ends it within a second", f"{slowest:.1f} s"
    targets.append(Target(wanted=wanted, measured=measured, reached=slowest <= 1))
    rows: list[tuple[object, ...]] = [
        (n, c.code, f"{c.wall:.1f}", f"{limit:.0f}", f"{c.cpu:.1f}", f"{c.peak:.0f}", f"{s:.2f}")
        for n, c, limit, s in costs
    ]
    heads = ("folder", "exit code", "wall s", "limit", "CPU s", "peak MiB", "s from Ctrl-C to end")
    text = "\n\n".join(
        [
            (__doc__ or "").split("\n", 2)[2].strip(),
            f"{machine()}. Sizes are {SCALE:.0%} of what `make bench` asks for.",
            table(heads, rows),
        ]
    )
    return Section(title="Large folders", text=text, targets=tuple(targets))
