# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The gate beside hayward, modelaudit and modelDNA on the same repositories in one run.

Two repositories of the example dispute, whose truth `examples/build_dispute.py` wrote before any
tool ran, and the larger one of `bench/cost.py` with sixty files, for the time. Each tool runs with
its own defaults and is asked all that it can be asked: hayward and modelaudit look for code in
model files, modelDNA compares with the reference, `audit` compares, and reads papers. They answer
different questions; what none of them was made for is not held against it.

`lading`, also meant to stand here, cannot be had: the index offers none for this Python.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from bench.cost import Size, make
from bench.licenses import make_repository
from bench.page import Section, Target, table
from bench.support import ROOT, Cost, SkippedError, cache, machine, run

REQUIREMENTS = Path(__file__).parent / "baselines" / "gate-requirements.txt"
DISPUTE = ROOT / "examples" / "dispute"
TRUTH = {
    "suspect": "made from the reference, says it was trained from scratch; NOTICE left out",
    "independent": "trained from its own start on the same data; papers in order",
}
FILES, WEIGHTS = 58, "model.safetensors"
"""Beside the weights and their configuration."""
SIZE = Size(8, 384, 1024, 16384)
_OFFLINE = {"HF_HUB_OFFLINE": "1", "PROMPTFOO_DISABLE_TELEMETRY": "1", "NO_ANALYTICS": "1"}


@dataclass(frozen=True)
class Tool:
    """A peer: its command for a model and a reference, and what its output says."""

    command: Callable[[str, str], list[str]]
    says: Callable[[Any], str]


def _hayward(found: Any) -> str:
    return ", ".join(f"{f['severity']} {f['rule_id']}" for f in found["findings"]) or "nothing"


def _modelaudit(found: Any) -> str:
    counted = Counter(str(issue["severity"]) for issue in found["issues"])
    return ", ".join(f"{n} {name}" for name, n in sorted(counted.items())) or "nothing"


def _modeldna(found: Any) -> str:
    verdict, claims = found["verdict"], found["consistency"]
    return f"{verdict['verdict']}, {verdict['probability']:.3f}; claims: {claims['status']}"


PEERS = {
    "hayward": Tool(lambda m, _: ["scan", "--format", "json", m], _hayward),
    "modelaudit": Tool(lambda m, _: ["scan", "--no-cache", "--format", "json", m], _modelaudit),
    "modeldna": Tool(lambda m, r: ["compare", "--json", m, r], _modeldna),
}


def environment() -> Path:
    """Return the folder of the peers' commands, installed on first use.

    Raises
    ------
    SkippedError
        The packages cannot be had.
    """
    folder = cache("gate-peers")
    if not (folder / "ready").exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        command = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        done = subprocess.run(
            [*command, "-r", str(REQUIREMENTS)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SkippedError(f"the peers cannot be installed: {done.stderr.strip()[-200:]}")
        (folder / "ready").write_text("", "utf-8")
    return folder / "bin"


def _gate(model: str, reference: str, kept: str) -> Cost:
    command = [sys.executable, "-m", "audit", "model-repo", model, "--against", reference]
    return run([*command, "--json", "--quiet"], {"AUDIT_CACHE_DIR": kept})


def _ours(output: bytes) -> str:
    record = json.loads(output)
    relations = sorted({c["relation"] for c in record["comparisons"]})
    counted = Counter(str(f["severity"]) for f in record["findings"])
    findings = ", ".join(f"{n} {name}" for name, n in sorted(counted.items()))
    checks = ", ".join(sorted({str(f["check"]) for f in record["findings"]}))
    return f"{record['verdict']['status']}; {', '.join(relations)}; {findings} ({checks})"


def _row(name: str, cost: Cost, said: str) -> tuple[object, ...]:
    return name, f"{cost.wall:.1f}", f"{cost.cpu:.1f}", cost.code, said


@contextmanager
def _busy(count: int) -> Iterator[None]:
    """So many processes that do nothing else than keep a core busy."""
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def _rows(model: Path, reference: Path, kept: Path) -> list[tuple[object, ...]]:
    commands = environment()
    where = (str(model), str(reference))
    cold = _gate(*where, str(kept))
    warm = _gate(*where, str(kept))
    with (model / "README.md").open("a", encoding="utf-8") as card:
        card.write("\nOne more line.\n")
    changed = _gate(*where, str(kept))
    rows = [
        _row("audit, cold", cold, _ours(cold.output)),
        _row("audit, unchanged", warm, "the same" if warm.output == cold.output else "another"),
        _row("audit, another card", changed, json.loads(changed.output)["verdict"]["status"]),
    ]
    for name, tool in PEERS.items():
        cost = run([str(commands / name), *tool.command(*where)], _OFFLINE)
        rows.append(_row(name, cost, tool.says(json.loads(cost.output))))
    return rows


def _large(place: Path, *, derived: bool) -> tuple[Path, Path]:
    """A model of sixty files, and its base or one of another start."""
    model, base = place / "model", place / "base"
    make(base, SIZE, 1)
    make(model, SIZE, 2)
    if derived:
        rng, weights = torch.Generator().manual_seed(3), load_file(base / WEIGHTS)
        save_file({name: _moved(w, rng) for name, w in weights.items()}, model / WEIGHTS)
    make_repository(model, FILES - 2)
    return model, base


def _moved(weights: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
    noise = torch.randn(weights.shape, generator=rng) * 0.05 * weights.float().std()
    return (weights.float() + noise).to(weights.dtype)


def section() -> Section:
    """Measure once; all runs follow each other on the same files."""
    environment()
    head = ("tool", "wall s", "CPU s", "exit code", "says")
    where = machine()
    parts = [" ".join((__doc__ or "").split("\n\n", 1)[1].split()) + f" {where}."]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name, truth in TRUTH.items():
            for one in (name, "reference"):
                shutil.copytree(DISPUTE / one, place / one, dirs_exist_ok=True)
            rows = _rows(place / name, place / "reference", place / f"kept-{name}")
            parts += [f"### {name}", f"Truth: {truth}.", table(head, rows)]
        timed = {}
        for truth in ("its base", "an independent one"):
            near = place / truth.replace(" ", "-")
            made = _large(near, derived=truth == "its base")
            timed[truth] = _rows(*made, near / "kept")
            with _busy(2):
                beside = _gate(*map(str, made), str(near / "other"))
            said = json.loads(beside.output)["verdict"]["status"]
            timed[truth].insert(3, _row("audit, cold, two cores busy", beside, said))
            what = f"Random weights, 26.7 M parameters, against {truth}."
            parts += [f"### sixty files, against {truth}", what, table(head, timed[truth])]
    wanted = ("cold under 10 s on two quiet cores", "unchanged under 1 s", "another card under 3 s",
              "cold beside two busy processes under 16 s")  # fmt: skip
    limits = (10.0, 1.0, 3.0, 16.0)
    targets = tuple(
        Target(
            wanted=f"gate on 60 files and 26.7 M parameters against {truth}, {wanted[n]}",
            measured=f"{row[1]} s, {row[2]} s of CPU",
            reached=float(str(row[1])) < limits[n],
        )
        for truth, rows in timed.items()
        for n, row in enumerate(rows[:4])
    )
    return Section(title="The gate, beside its peers", text="\n\n".join(parts), targets=targets)
