# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Fleets: 200 small models fingerprinted by one process, by two, by Ray, and in a run killed.

The zoo, the example dispute and synthetic decoders of a million values each. The libraries are
compared byte for byte; throughput is that of the whole command, its start included. Ray is an
extra, and left out where it is not installed.
"""

import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from audit.fleets.manifest import Manifest
from bench.page import Section, Target, table
from bench.support import ROOT, SkippedError, machine

MODELS = 200
_TRIES = 6
_WIDTH, _LAYERS, _INNER, _VOCABULARY = 128, 3, 256, 2000


def synthetic(folder: Path, seed: int) -> Path:
    """Write a decoder of a million random values."""
    random = np.random.default_rng(seed)
    shapes = {"model.embed_tokens.weight": (_VOCABULARY, _WIDTH)}
    for layer in range(_LAYERS):
        start = f"model.layers.{layer}"
        for name in ("q_proj", "k_proj", "v_proj", "o_proj"):
            shapes[f"{start}.self_attn.{name}.weight"] = (_WIDTH, _WIDTH)
        shapes[f"{start}.mlp.gate_proj.weight"] = (_INNER, _WIDTH)
        shapes[f"{start}.mlp.up_proj.weight"] = (_INNER, _WIDTH)
        shapes[f"{start}.mlp.down_proj.weight"] = (_WIDTH, _INNER)
    shapes["lm_head.weight"] = (_VOCABULARY, _WIDTH)
    folder.mkdir()
    made = {n: random.normal(0, 0.02, s).astype(np.float32) for n, s in shapes.items()}
    save_file(made, folder / "model.safetensors")
    config = (
        f'{{"model_type": "llama", "hidden_size": {_WIDTH}, "num_hidden_layers": {_LAYERS},'
        f' "intermediate_size": {_INNER}, "num_attention_heads": 4, "vocab_size": {_VOCABULARY}}}'
    )
    (folder / "config.json").write_text(config, encoding="utf-8")
    return folder


def models(place: Path) -> list[Path]:
    """Return 200 folders."""
    zoo = sorted(p for p in (ROOT / "tests" / "zoo" / "members").iterdir() if p.is_dir())
    found = [*zoo, *(ROOT / "examples" / "dispute" / n for n in ("reference", "suspect"))]
    more = (synthetic(place / f"synthetic-{n}", n) for n in range(MODELS - len(found)))
    return [*found, *more]


def command(place: Path, name: str, *options: str) -> list[str]:
    """Return the command of one run."""
    where = ["-o", str(place / name), "--library", str(place / f"{name}-library"), "-q"]
    return [sys.executable, "-m", "audit", "fleet", str(place / "list.txt"), *where, *options]


def ran(place: Path, name: str, *options: str) -> float:
    """Run to the end; return the seconds that it took."""
    started = time.perf_counter()
    done = subprocess.run(
        command(place, name, *options), check=False, capture_output=True, cwd=ROOT
    )
    if done.returncode:
        raise SkippedError(f"{name}: exit code {done.returncode}: {done.stderr.decode()[-300:]}")
    taken = time.perf_counter() - started
    print(f"{name}: {taken:.1f} s", file=sys.stderr, flush=True)
    return taken


def by_ray(place: Path) -> float:
    """Run by Ray, which gives its own processes half a minute to start: on a busy machine, again.

    Raises ``SkippedError`` if it never starts.
    """
    for left in reversed(range(_TRIES)):
        try:
            return ran(place, "ray", "--ray", "local", "--workers", "2")
        except SkippedError as error:
            if not left:
                raise
            print(error, file=sys.stderr, flush=True)
    raise AssertionError


def killed(place: Path) -> int:
    """Start a run, kill it half-way; return how many models it had done."""
    process = subprocess.Popen(
        command(place, "killed", "--workers", "2"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
    )
    while len(Manifest(place / "killed").read()) < MODELS // 2 and process.poll() is None:
        time.sleep(0.1)
    process.send_signal(signal.SIGKILL)
    process.wait()
    return len(Manifest(place / "killed").read())


def digest(place: Path, name: str) -> tuple[str, int]:
    """Digest the files of a library by name and bytes, and count them."""
    paths = sorted((place / f"{name}-library").iterdir())
    lines = (f"{p.name} {hashlib.sha256(p.read_bytes()).hexdigest()}\n" for p in paths)
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:16], len(paths)


def section() -> Section:
    """Run the fleet every way, and compare."""
    os.environ["OMP_NUM_THREADS"] = "1"
    place = Path(tempfile.mkdtemp(prefix="audit-fleets-"))
    try:
        listed = models(place)
        (place / "list.txt").write_text("".join(f"{p}\n" for p in listed), encoding="utf-8")
        seconds = {"two processes": ran(place, "two", "--workers", "2")}
        seconds["one process"] = ran(place, "one", "--workers", "1")
        stopped = killed(place)
        seconds["killed, resumed"] = ran(place, "killed", "--workers", "2")
        names = ["one", "two", "killed"]
        if importlib.util.find_spec("ray"):
            seconds["Ray, two workers"] = by_ray(place)
            names.append("ray")
        found = {name: digest(place, name) for name in names}
    finally:
        shutil.rmtree(place)
    return _page(seconds, found, stopped)


def _page(seconds: dict[str, float], found: dict[str, tuple[str, int]], stopped: int) -> Section:
    rows = [(name, f"{s:.1f}", f"{MODELS / s:.2f}") for name, s in seconds.items()]
    gain = seconds["one process"] / seconds["two processes"]
    same = len(set(found.values())) == 1
    text = [
        " ".join((__doc__ or "").split("\n\n", 1)[1].split()) + f" {machine()}.",
        f"The run that was killed had done {stopped}.",
        table(("run", "seconds", "models a second"), rows),
        table(("library", "digest", "files"), [(n, *what) for n, what in found.items()]),
    ]
    return Section(
        title="Fleets",
        text="\n\n".join(text),
        targets=(
            Target(
                wanted="the same library, byte for byte, from one process, two, Ray, a killed run",
                measured=", ".join(found) + (": the same" if same else ": not the same"),
                reached=same if "ray" in found else None,
            ),
            Target(
                wanted="two workers 1.8 times as fast as one",
                measured=f"{gain:.2f} times, on a machine with other work",
                reached=gain >= 1.8,
            ),
        ),
    )


if __name__ == "__main__":
    print(section().text)
