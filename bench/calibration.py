# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Calibration of the exact tests on pairs of models that were trained independently.

Every two bases of the larger zoo, and every two of a population of smaller models; each
test's p-values over those pairs against the uniform distribution (Kolmogorov-Smirnov).
The split of dimensions is drawn with five seeds.
"""

import json
import math
import os
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from itertools import combinations
from multiprocessing import get_context
from pathlib import Path

from scipy.stats import binomtest, kstest

from audit.inventory import take_inventory
from audit.sources.names import resolve
from audit.weights.model.checkpoint import Checkpoint
from audit.weights.model.layout import describe
from audit.weights.pairing.loose import maps
from audit.weights.pairing.pairs import Pairing
from audit.weights.statistics.battery import first_pass, run
from audit.weights.statistics.interface import Phase
from audit.weights.statistics.seen import InPlace, Seen
from audit.weights.statistics.split_matching import SplitAgreementBound, SplitMatching
from bench.page import Section, Target, table
from bench.support import kept, machine, only_ready, sources
from bench.zoo import build, population
from bench.zoo.making import bases

SEEDS = range(5)
AT_LEAST = 500
ALPHA = 0.01
"""Least p of the Kolmogorov-Smirnov test."""
RAREST = -5.0
"""log10 of the p-value that no independent pair may go below."""
Values = dict[str, list[float]]


def independent() -> list[tuple[str, str]]:
    """Every two bases of the larger zoo, and every two models of the smaller population."""
    return [*combinations(bases(), 2), *combinations(population(), 2)]


def place(a: str, b: str) -> Path:
    """Where the p-values of one pair are kept."""
    return kept("calibration", build.digest(a), build.digest(b), sources("audit", "rules"))


def measure(a: str, b: str, root: Path) -> dict[str, float]:
    """Run every exact test on one pair; the key is test, scope and, with splits, the seed."""
    if not place(a, b).exists():
        place(a, b).write_text(json.dumps(_measured(a, b, root)), "utf-8")
    found: dict[str, float] = json.loads(place(a, b).read_text("utf-8"))
    return found


def _measured(a: str, b: str, root: Path) -> dict[str, float]:
    folders = build.folder(a, root), build.folder(b, root)
    inventories = [take_inventory(resolve(str(f))) for f in folders]
    layouts = describe(inventories[0]), describe(inventories[1])
    found: dict[str, float] = {}
    with Checkpoint(inventories[0]) as s, Checkpoint(inventories[1]) as r:
        opened = Pairing(
            inventories=(inventories[0], inventories[1]), layouts=layouts, checkpoints=(s, r)
        )
        pairing, before = first_pass(maps(opened)[:1])
        for seed in SEEDS:
            drawn = replace(pairing, seed=seed)
            # Neurons are sought even where they agree as they stand: every pair is a sample.
            sought = Seen(values=tuple(v for v in before.values if not isinstance(v, InPlace)))
            rows = run(Phase.ALWAYS, drawn, sought).rows if seed == 0 else _split(drawn).rows
            for row in rows:
                # A component's p joins those of its roles, which are not tests of their own.
                if row.log10_p is None or row.where.role or row.test == "tensor-identity":
                    continue
                split = row.test.startswith("split-")
                key = f"{row.test} {row.scope}" + (f", seed {seed}" if split else "")
                found[key] = row.log10_p
    return found


def _split(pairing: Pairing) -> Seen:
    """The tests that depend on how the dimensions are split."""
    seen = SplitMatching().measure(pairing, Seen())
    return seen + SplitAgreementBound().measure(pairing, seen)


def _some(pairs: list[tuple[str, str]], root: Path) -> list[dict[str, float]]:
    import torch

    torch.set_num_threads(1)
    return [measure(a, b, root) for a, b in pairs]


def measure_all(pairs: list[tuple[str, str]], root: Path, jobs: int) -> Values:
    """The log10 p-values of every test, in the order of the pairs."""
    values: Values = defaultdict(list)
    chunks = [pairs[i : i + 40] for i in range(0, len(pairs), 40)]
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        for part in pool.map(_some, chunks, [root] * len(chunks)):
            for found in part:
                for key, value in found.items():
                    values[key].append(value)
    return values


def is_bound(test: str) -> bool:
    """Whether the p-value is an upper bound, which is not uniform but never too small."""
    name = test.split(maxsplit=1)[0]
    return name.endswith("-agreement") or name == "neuron-order"


def _row(test: str, logs: list[float]) -> tuple[object, ...]:
    below = sum(v <= math.log10(0.01) for v in logs)
    limit = binomtest(below, len(logs), 0.01, alternative="greater").pvalue
    fit = "a bound" if is_bound(test) else f"{kstest([10**v for v in logs], 'uniform').pvalue:.3f}"
    share = f"{below / len(logs):.4f}" + (" (too many)" if limit < 0.01 else "")
    return test, len(logs), fit, share, f"{min(logs):.2f}"


def section() -> Section:
    """Measure and write the section."""
    root, jobs = build.default_cache(), os.cpu_count() or 1
    pairs = independent()
    if only_ready():
        pairs = [p for p in pairs if place(*p).exists()]
    else:
        build.build(root, jobs)
    values = measure_all(pairs, root, jobs)
    rows = [_row(test, values[test]) for test in sorted(values)]
    uniform = {t: [10**v for v in logs] for t, logs in values.items() if not is_bound(t)}
    fits = {t: float(kstest(v, "uniform").pvalue) for t, v in uniform.items()}
    worst = min(fits, key=lambda t: fits[t])
    rarest = min((min(logs), test) for test, logs in values.items())
    head = ("test", "pairs", "Kolmogorov-Smirnov p", "share of p at most 0.01", "least log10 p")
    note = (
        f"{len(pairs)} of {len(independent())} pairs of models from different random starts."
        f" The pairs share models, so they are not"
        " independent of each other; the p of the Kolmogorov-Smirnov test supposes that they are."
        f" With {len(fits)} tests one below {ALPHA} is expected in {1 - 0.99 ** len(fits):.0%} of"
        " runs even if all of them are uniform."
    )
    intro = " ".join((__doc__ or "").split("\n\n", 1)[1].split())
    return Section(
        title="Calibration of the exact tests",
        text="\n\n".join([f"{intro} {machine()}.", note, table(head, rows)]),
        targets=(
            Target(
                wanted=f"at least {AT_LEAST} independent pairs",
                measured=str(len(pairs)),
                reached=len(pairs) >= AT_LEAST,
            ),
            Target(
                wanted=f"exact p-values uniform (Kolmogorov-Smirnov p over {ALPHA} for each test"
                " and split seed)",
                measured=f"least {fits[worst]:.4f} ({worst})",
                reached=fits[worst] > ALPHA,
            ),
            Target(
                wanted="none below 1e-5",
                measured=f"least log10 p {rarest[0]:.2f} ({rarest[1]})",
                reached=rarest[0] >= RAREST,
            ),
        ),
    )


if __name__ == "__main__":
    if only_ready():
        store = build.default_cache()
        lacking = set(build.missing(store))
        for pair in independent():
            if not lacking & set(pair):
                measure(*pair, store)
    found = section()
    print(found.text)
    print(*found.targets, sep="\n")
