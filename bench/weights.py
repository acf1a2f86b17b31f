# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The larger zoo: every pair with known lineage, by every method, in one run.

    python -m bench.weights [--jobs N] [--only WORD] [--cases FILE]

Trains what is missing first. Each pair is made in a temporary folder, compared by ``audit``
and by every baseline, and thrown away; what was said is kept in ``out/bench/weights.jsonl``.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from audit.inventory import take_inventory
from audit.sources import resolve
from audit.weights import compare
from audit.weights.result import Comparison
from bench import weights_page
from bench.baselines import BASELINES, View
from bench.baselines.kit import Kit
from bench.page import Section
from bench.support import ROOT, SkippedError
from bench.zoo import build, making
from bench.zoo.making import Case

RESULTS = ROOT / "out" / "bench" / "weights.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one method said about one pair; ``score`` is higher for more alike."""

    score: float | None
    seconds: float
    reason: str | None = None


def _clocked(call: Callable[[], float | None]) -> Outcome:
    started = time.perf_counter()
    score = call()
    seconds = round(time.perf_counter() - started, 4)
    return Outcome(score=score, seconds=seconds, reason=None if score is not None else "no answer")


def said(found: Comparison, seconds: float) -> dict[str, Any]:
    """What ``audit`` concluded, as the page needs it."""
    derivation = found.kind
    kinds = [derivation.kind, *derivation.also] if derivation is not None else []
    return {
        "relation": str(found.relation),
        "kinds": [str(k) for k in kinds],
        "direction": None if found.direction is None else str(found.direction),
        "log10_p": found.log10_p,
        "effect": found.effect,
        "p_kind": str(found.p_kind),
        "bytes_read": found.bytes_read,
        "seconds": round(seconds, 4),
        "components": {c.name: str(c.relation) for c in found.components},
        "summary": found.summary,
    }


def measure(case: Case, root: Path, kit: Kit | str) -> dict[str, Any]:
    """Make one pair, and ask every method."""
    with tempfile.TemporaryDirectory() as place:
        a = making.write(making.suspect_of(case, root), Path(place) / "suspect")
        b = making.write(making.reference_of(case, root), Path(place) / "reference")
        started = time.perf_counter()
        found = compare(take_inventory(resolve(str(a))), take_inventory(resolve(str(b))))
        ours = said(found, time.perf_counter() - started)
        views = View.of(a), View.of(b)
        methods = {
            name: asdict(_clocked(lambda m=method: m.score(*views)))  # type: ignore[misc]
            for name, method in BASELINES.items()
        }
        methods["kit"] = asdict(_kit(kit, a, b))
    return {"case": asdict(case) | {"name": case.name}, "audit": ours, "methods": methods}


def _kit(kit: Kit | str, a: Path, b: Path) -> Outcome:
    if isinstance(kit, str):
        return Outcome(score=None, seconds=0.0, reason=kit)
    started = time.perf_counter()
    answer = kit.compare(a, b)
    seconds = round(time.perf_counter() - started, 4)
    found = answer.get("found")
    if not isinstance(found, dict):
        return Outcome(score=None, seconds=seconds, reason=str(answer.get("error")))
    return Outcome(score=found["scores"]["pipeline_score"], seconds=seconds)


def _some(numbers: list[int], root: Path) -> list[dict[str, Any]]:
    """Measure some of the cases in one process with one thread."""
    import torch

    torch.set_num_threads(1)
    cases = making.cases()
    results = []
    try:
        kit: Kit | str = Kit()
    except SkippedError as reason:
        kit = str(reason)
    for number in numbers:
        results.append(measure(cases[number], root, kit))
        print(
            f"  {results[-1]['case']['name']}: {results[-1]['audit']['relation']}", file=sys.stderr
        )
    return results


def _chunks(numbers: list[int], size: int) -> Iterator[list[int]]:
    return (numbers[i : i + size] for i in range(0, len(numbers), size))


def measure_all(root: Path, jobs: int, chosen: list[int]) -> list[dict[str, Any]]:
    """Measure the chosen cases in ``jobs`` processes; the order is that of the cases."""
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        parts = [pool.submit(_some, c, root) for c in _chunks(chosen, 48)]
        return [result for part in parts for result in part.result()]


def section() -> Section:
    """Build the zoo, measure every pair, and write the section."""
    root, jobs = build.default_cache(), os.cpu_count() or 1
    os.environ["OMP_NUM_THREADS"] = "1"
    build.build(root, jobs)
    results = measure_all(root, jobs, list(range(len(making.cases()))))
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text("".join(json.dumps(r) + "\n" for r in results), "utf-8")
    return weights_page.section(results, root)


def main() -> None:
    """Measure some pairs and print what was wrong, without touching the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", default="", help="pairs whose name holds this word")
    parser.add_argument("--ready", action="store_true", help="pairs whose models are there")
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--page", action="store_true", help="print the section of what is in --out")
    options = parser.parse_args()
    root = build.default_cache()
    if options.page:
        stored = [json.loads(line) for line in options.out.read_text("utf-8").splitlines()]
        print(weights_page.section(stored, root).text)
        return
    missing = set(build.missing(root)) if options.ready else set()
    chosen = [
        i
        for i, c in enumerate(making.cases())
        if options.only in c.name and not missing & {c.suspect, c.reference, *c.others}
    ]
    results = measure_all(root, options.jobs, chosen)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text("".join(json.dumps(r) + "\n" for r in results), "utf-8")
    for line in weights_page.errors(results):
        print(line)


if __name__ == "__main__":
    main()
