# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Time and memory of the inventory, against ``sha256sum`` on the same tree in the same run.

The peer only digests; the inventory also classifies, checks that nothing changed while it
was read, and reads headers. Files are warm in the page cache for both, and each side runs
alternately, so the ratio of best times is what to look at. Both must print one digest.
"""

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

PEER = "find . -type f -print0 | xargs -0 -P2 sha256sum"
OURS = """
import sys
from audit.inventory import take_inventory
from audit.sources.names import resolve
print(take_inventory(resolve(sys.argv[1])).manifest_sha256)
"""


def many_files(root: Path, count: int) -> None:
    """Write ``count`` files of 0 to 4 KiB, a thousand to a folder."""
    block = bytes(range(256)) * 16
    for number in range(count):
        if number % 1000 == 0:
            folder = root / f"d{number // 1000:03}"
            folder.mkdir(parents=True)
        (folder / f"f{number:06}.txt").write_bytes(block[: number % 4096])


def big_files(root: Path, count: int) -> None:
    """Write ``count`` files of 256 MiB."""
    root.mkdir()
    block = os.urandom(1 << 20)
    for number in range(count):
        with (root / f"shard-{number}.dat").open("wb") as file:
            for _ in range(256):
                file.write(block)


def many_tensors(root: Path, count: int) -> None:
    """Write one safetensors file with ``count`` tensors of four values."""
    root.mkdir()
    one = np.zeros((2, 2), np.float16)
    save_file({f"model.layers.{i}.weight": one for i in range(count)}, root / "m.safetensors")


def measure(command: list[str], cwd: Path) -> tuple[float, float, bytes]:
    """Run a command; return seconds, peak MiB of the largest process, and its output."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as sink:
        process = subprocess.Popen(command, stdout=sink, cwd=cwd)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        sink.seek(0)
        output = sink.read()
    if status:
        raise SystemExit(f"{command[0]} failed")
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return seconds, usage.ru_maxrss / unit, output


def manifest_of(output: bytes) -> bytes:
    """Return the manifest digest of what ``sha256sum`` printed."""
    lines = (line.replace(b"  ./", b"  ", 1) for line in output.splitlines(keepends=True))
    return (
        hashlib.sha256(b"".join(sorted(lines, key=lambda line: line[66:-1]))).hexdigest().encode()
    )


def compare(name: str, root: Path, rounds: int) -> None:
    """Print one row: best of ``rounds`` for each side."""
    runs = []
    for _ in range(rounds):
        peer = measure(["sh", "-c", PEER], root)
        ours = measure([sys.executable, "-c", OURS, str(root)], Path.cwd())
        if manifest_of(peer[2]) != ours[2].strip():
            raise SystemExit(f"{name}: the two sides do not agree on the digests")
        runs.append((peer[0], ours[0], ours[1]))
    theirs, ours_best, memory = (min(column) for column in zip(*runs, strict=True))
    print(f"| {name} | {theirs:.2f} | {ours_best:.2f} | {ours_best / theirs:.2f} | {memory:.0f} |")


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    print(f"`{PEER}` against `take_inventory`, {os.cpu_count()} cores\n")
    print("| tree | sha256sum (s) | inventory (s) | ratio | peak MiB |")
    print("| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as place:
        empty = Path(place) / "empty"
        empty.mkdir()
        (empty / "one").write_bytes(b"1")
        compare("1 file", empty, options.rounds)
        many_files(Path(place) / "many", options.files)
        compare(f"{options.files:,} files of 0 to 4 KiB", Path(place) / "many", options.rounds)
        big_files(Path(place) / "big", 4)
        compare("4 files of 256 MiB", Path(place) / "big", options.rounds)
        many_tensors(Path(place) / "tensors", options.files)
        compare(f"1 file with {options.files:,} tensors", Path(place) / "tensors", options.rounds)


if __name__ == "__main__":
    main()
