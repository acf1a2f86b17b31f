# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The larger zoo: every pair with known lineage, by every method, in one run.

    python -m bench.weights [--jobs N] [--only WORD] [--ready] [--published] [--page]

Trains what is missing first. Each pair is made in a temporary folder, compared by ``audit``
and by every published method, and thrown away; what was said is in ``out/bench/weights.jsonl``.
Answers are kept in the cache, under the digest of the pair and of the code that gave them.
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
from audit.record.weights import Comparison
from audit.sources.names import resolve
from audit.weights.comparison import compare
from bench import page, weights_page
from bench.baselines import BASELINES, View
from bench.baselines.kit import Kit
from bench.page import Section
from bench.support import ROOT, SkippedError, kept, only_ready, run, sources
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


CODE = {"audit": ("audit", "rules", "bench/zoo"), "methods": ("bench/baselines", "bench/zoo")}
"""What an answer depends on besides the pair."""


def _place(case: Case, kind: str) -> Path:
    """Where an answer to one pair is kept: of ``audit``, or of the other ``methods``."""
    models = [build.digest(n) for n in (case.suspect, case.reference, *case.others)]
    return kept(kind, asdict(case), models, sources(*CODE[kind]))


def measure(case: Case, root: Path, kit: Kit | str, *, ours: bool = True) -> dict[str, Any]:
    """Make one pair, and ask every method; ``ours`` false leaves ``audit`` out.

    What was answered before, by the same code about the same pair, is not asked again.
    """
    kinds = ("audit", "methods") if ours else ("methods",)
    places = {kind: _place(case, kind) for kind in kinds}
    if not all(p.exists() for p in places.values()):
        with tempfile.TemporaryDirectory() as folder:
            a = making.write(making.suspect_of(case, root), Path(folder) / "suspect")
            b = making.write(making.reference_of(case, root), Path(folder) / "reference")
            for kind in [k for k, p in places.items() if not p.exists()]:
                answer = _ours(a, b) if kind == "audit" else _published(a, b, kit)
                places[kind].write_text(json.dumps(answer), "utf-8")
    answers = {kind: json.loads(p.read_text("utf-8")) for kind, p in places.items()}
    return {"case": asdict(case) | {"name": case.name}} | answers


def _ours(a: Path, b: Path) -> dict[str, Any]:
    """Ask ``audit``."""
    started = time.process_time()
    found = compare(take_inventory(resolve(str(a))), take_inventory(resolve(str(b))))
    return said(found, time.process_time() - started)


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
    new = any(not _place(cases[n], "methods").exists() for n in numbers)
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
    # In an order that tells nothing, so that a run that is cut short has seen some of each.
    cases = making.cases()
    mixed = sorted(chosen, key=lambda n: hashlib.sha256(cases[n].name.encode()).digest())
    chunks = [mixed[i : i + 24] for i in range(0, len(mixed), 24)]
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        results = []
        for part in [pool.submit(_some, c, root, ours=ours) for c in chunks]:
            results += part.result()
            print(f"  {len(results)} of {len(chosen)} pairs", file=sys.stderr, flush=True)
    place = {c.name: number for number, c in enumerate(cases)}
    return sorted(results, key=lambda r: place[r["case"]["name"]])


def costs(root: Path) -> weights_page.Costs:
    """Megabytes read and peak memory of every method, on one pair of independent models."""
    case = next(c for c in making.cases() if f"`{c.name}`" == weights_page.PAIR)
    place = kept("costs", case.name, sources("audit", "rules", "bench/baselines"))
    if not place.exists():
        place.write_text(json.dumps(_costs(case, root)), "utf-8")
    return {k: (v[0], v[1]) for k, v in json.loads(place.read_text("utf-8")).items()}


def _costs(case: Case, root: Path) -> weights_page.Costs:
    found = {}
    with tempfile.TemporaryDirectory() as place:
        a = making.write(making.suspect_of(case, root), Path(place) / "suspect")
        b = making.write(making.reference_of(case, root), Path(place) / "reference")
        whole = sum(f.stat().st_size for x in (a, b) for f in x.glob("*.safetensors")) / 1e6
        for method in ("nothing", "audit", *BASELINES, "kit"):
            cost = run([sys.executable, "-m", "bench.one", method, str(a), str(b)])
            peak = f"{cost.peak:.0f}" if cost.code == 0 else f"exit code {cost.code}"
            found[method] = (f"{whole:.1f}", peak)
    return found


def section() -> Section:
    """Build the zoo, measure every pair, and write the section."""
    root, jobs = build.default_cache(), os.cpu_count() or 1
    os.environ["OMP_NUM_THREADS"] = "1"
    if not only_ready():
        build.build(root, jobs)
    chosen = ready(root, "")
    if only_ready():
        cases = making.cases()
        chosen = [n for n in chosen if all(_place(cases[n], kind).exists() for kind in CODE)]
    results = measure_all(root, jobs, chosen)
    keep(results, RESULTS)
    return weights_page.section(results, root, costs(root), len(making.cases()))


def ready(root: Path, word: str) -> list[int]:
    """Numbers of the cases whose models are there and whose name holds a word."""
    missing = set(build.missing(root))
    return [
        number
        for number, c in enumerate(making.cases())
        if word in c.name and not missing & {c.suspect, c.reference, *c.others}
    ]


def keep(results: list[dict[str, Any]], place: Path) -> None:
    """Write what was said, one pair a line."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("".join(json.dumps(r) + "\n" for r in results), "utf-8")


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
        made = weights_page.section(stored, root, costs(root), len(making.cases()))
        print(page.render("weights", made))
        return
    if not options.ready:
        build.build(root, options.jobs)
    chosen = ready(root, options.only)
    results = measure_all(root, options.jobs, chosen, ours=not options.published)
    if not options.published:
        keep(results, options.out)
        print("\n".join(weights_page.errors(results)))


if __name__ == "__main__":
    main()
