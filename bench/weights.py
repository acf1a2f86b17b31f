# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The larger zoo: every pair with known lineage, by every method, in one run.

    python -m bench.weights [--jobs N] [--only WORD] [--ready] [--published] [--page]

Trains what is missing first. Each pair is made in a temporary folder, compared by ``audit``
and by every published method, and thrown away; what was said is in ``out/bench/weights.jsonl``.
The published methods answer once: their answers are kept in the cache, under the digest of
the pair and of the code that gave them.
"""

import argparse
import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
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
from bench.support import ROOT, SkippedError, cache
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
    """Take CPU seconds, which another process on the machine does not lengthen."""
    started = time.process_time()
    score = call()
    seconds = round(time.process_time() - started, 4)
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


def _sources() -> str:
    """Digest of the code that decides what the published methods say."""
    files = [*(ROOT / "bench" / "zoo").glob("*.py"), *(ROOT / "bench" / "baselines").glob("*")]
    joined = b"".join(f.read_bytes() for f in sorted(files) if f.is_file())
    return hashlib.sha256(joined).hexdigest()


def _place(case: Case) -> Path:
    """Where the answers of the published methods to one pair are kept between runs."""
    models = [build.digest(n) for n in (case.suspect, case.reference, *case.others)]
    what = json.dumps([asdict(case), models, _sources()], sort_keys=True)
    return cache("methods") / f"{hashlib.sha256(what.encode()).hexdigest()[:20]}.json"


def measure(case: Case, root: Path, kit: Kit | str, *, ours: bool = True) -> dict[str, Any]:
    """Make one pair, and ask every method; ``ours`` false leaves ``audit`` out."""
    kept = _place(case)
    result: dict[str, Any] = {"case": asdict(case) | {"name": case.name}}
    if kept.exists() and not ours:
        return result | {"methods": json.loads(kept.read_text("utf-8"))}
    with tempfile.TemporaryDirectory() as place:
        a = making.write(making.suspect_of(case, root), Path(place) / "suspect")
        b = making.write(making.reference_of(case, root), Path(place) / "reference")
        if ours:
            started = time.process_time()
            found = compare(take_inventory(resolve(str(a))), take_inventory(resolve(str(b))))
            result["audit"] = said(found, time.process_time() - started)
        if not kept.exists():
            kept.write_text(json.dumps(_published(a, b, kit)), "utf-8")
    return result | {"methods": json.loads(kept.read_text("utf-8"))}


def _published(a: Path, b: Path, kit: Kit | str) -> dict[str, Any]:
    """Ask every published method about two folders."""
    views = View.of(a), View.of(b)
    answers = {name: _clocked(partial(m.score, *views)) for name, m in BASELINES.items()}
    return {name: asdict(o) for name, o in (answers | {"kit": _kit(kit, a, b)}).items()}


def _kit(kit: Kit | str, a: Path, b: Path) -> Outcome:
    if isinstance(kit, str):
        return Outcome(score=None, seconds=0.0, reason=kit)
    answer = kit.compare(a, b)
    found, seconds = answer.get("found"), float(str(answer["seconds"]))
    if not isinstance(found, dict):
        return Outcome(score=None, seconds=seconds, reason=str(answer.get("error")))
    return Outcome(score=found["scores"]["pipeline_score"], seconds=seconds)


def _some(numbers: list[int], root: Path, *, ours: bool) -> list[dict[str, Any]]:
    """Measure some of the cases in one process with one thread."""
    import torch

    torch.set_num_threads(1)
    cases = making.cases()
    new = any(not _place(cases[n]).exists() for n in numbers)
    with _started(new) as kit:
        results = []
        for number in numbers:
            result = measure(cases[number], root, kit, ours=ours)
            results.append(result)
            for line in weights_page.errors([result]) if ours else ():
                print(f"  {line}", file=sys.stderr, flush=True)
    return results


@contextmanager
def _started(needed: bool) -> Iterator[Kit | str]:
    """The kit as a running process, or why there is none."""
    if not needed:
        yield "not asked"
        return
    try:
        kit = Kit()
    except SkippedError as reason:
        yield str(reason)
        return
    with kit:
        yield kit


def measure_all(
    root: Path, jobs: int, chosen: list[int], *, ours: bool = True
) -> list[dict[str, Any]]:
    """Measure the chosen cases in ``jobs`` processes; the order is that of the cases."""
    chunks = [chosen[i : i + 24] for i in range(0, len(chosen), 24)]
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        results = []
        for part in [pool.submit(_some, c, root, ours=ours) for c in chunks]:
            results += part.result()
            print(f"  {len(results)} of {len(chosen)} pairs", file=sys.stderr, flush=True)
    return results


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
    parser.add_argument("--published", action="store_true", help="the other methods only")
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
    results = measure_all(root, options.jobs, chosen, ours=not options.published)
    if options.published:
        return
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text("".join(json.dumps(r) + "\n" for r in results), "utf-8")
    for line in weights_page.errors(results):
        print(line)


if __name__ == "__main__":
    main()
