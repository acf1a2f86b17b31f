# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Statistics that were candidates for the battery, on disguised pairs of the larger zoo.

    python -m bench.disguises [--jobs N] [--out FILE]

Suspects are made from trained models: every free change of the residual basis, of heads, neurons
and experts at once, under noise, with and without the tokenizer's strings, with the feed-forward
layers drawn again. ``audit`` and every candidate are asked about each pair; a candidate's
cut is its highest score on an independent pair or on one that shares only a random start.
Which candidates were taken up is in decision 18.
"""

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import torch
from scipy.optimize import linear_sum_assignment

from audit.inventory import take_inventory
from audit.sources.names import resolve
from audit.weights.comparison import compare
from bench.baselines.awm import unbiased_cka
from bench.baselines.view import View, shared_rows, unit
from bench.zoo import build, making, trained
from bench.zoo.recipes import EXPERT, RECIPES, Model, part, token_names, with_weights
from bench.zoo.symmetries import SYMMETRIES

FREE = ("turn_heads", "mix_values", "scale_values", "permute_heads", "shuffle_neurons", "rotate")
BASES = ("llama-0", "llama-1", "mixtral-0", "llama-4", "mixtral-5")
LEVELS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)
TWINS = (
    ("llama-0-twin", "llama-0"),
    ("llama-0-twin", "llama-0-light"),
    ("llama-0-twin", "llama-0-long"),
    ("mixtral-0-twin", "mixtral-0"),
    ("mixtral-0-twin", "mixtral-0-light"),
)
TOKENS = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Disguise:
    """One pair: what is done to the suspect before the free changes, and whether it descends."""

    name: str
    suspect: str
    reference: str
    truth: str
    level: float = 0.0
    renamed: bool = False
    redrawn: bool = False


def disguises() -> Iterator[Disguise]:
    """Every pair, the truth with it."""
    for base, level, renamed in ((b, n, r) for b in BASES for n in LEVELS for r in (False, True)):
        name = f"noise {level:g}{', renamed' if renamed else ''}"
        yield Disguise(
            name=name, suspect=base, reference=base, truth="derived", level=level, renamed=renamed
        )
    for base, renamed in ((b, r) for b in BASES for r in (False, True)):
        name = f"feed-forward redrawn{', renamed' if renamed else ''}"
        yield Disguise(
            name=name, suspect=base, reference=base, truth="derived", renamed=renamed, redrawn=True
        )
    for base, renamed in ((b, r) for b in making.FULL for r in (False, True)):
        name = f"trained long{', renamed' if renamed else ''}"
        yield Disguise(
            name=name, suspect=f"{base}-long", reference=base, truth="derived", renamed=renamed
        )
    for suspect, reference in TWINS:
        yield Disguise(
            name="shared start", suspect=suspect, reference=reference, truth="shared start"
        )
    for reference, suspect in combinations(making.bases(), 2):
        yield Disguise(
            name="independent", suspect=suspect, reference=reference, truth="independent"
        )


def suspect_of(case: Disguise, root: Path) -> Model:
    """Make the suspect: what costs something first, then every free change."""
    model = replace(making.load(case.suspect, root), name=f"{case.name} {case.suspect}")
    if case.redrawn:
        model = fresh_feed_forward(model)
    if case.level:
        model = RECIPES["noise"](model, level=case.level)
    free = [*FREE, *(["permute_experts"] if model.shape.experts else [])]
    for change in [*free, *(["hide_vocabulary"] if case.renamed else [])]:
        model = SYMMETRIES[change](model)
    return model


def fresh_feed_forward(model: Model) -> Model:
    """Draw every feed-forward matrix again, at the scale that it had."""
    random = model.random("feed-forward")
    parts = ("gate_proj", "up_proj", "down_proj", *EXPERT)
    out = dict(model.weights)
    for key in sorted(k for k in out if part(k) in parts):
        out[key] = torch.randn(out[key].shape, generator=random) * out[key].std()
    return with_weights(model, out)


def view(model: Model) -> View:
    """The model as the published methods see it."""
    tokens = {string: row for row, string in enumerate(token_names(model))}
    shape = model.shape
    return View(dict(model.weights), tokens, shape.heads, shape.kv_heads)


# Candidates. Every matrix is folded with the gain before it.


def _folded(layer: dict[str, torch.Tensor], role: str) -> torch.Tensor:
    return layer[role] * layer["norm.attn" if role in "qkv" else "norm.mlp"]


def _over_layers(a: View, b: View, score: Callable[[Any, Any], float]) -> torch.Tensor:
    return torch.tensor([[score(x, y) for y in b.layers] for x in a.layers])


def _median_of_best(scores: torch.Tensor) -> float:
    """For each layer of the suspect the reference's that is most alike; the middle one."""
    return float(scores.max(1).values.median())


def _margin(scores: torch.Tensor) -> float:
    """The same, each less the second best of its row: a score without an own scale."""
    best = scores.topk(2, dim=1).values
    return float((best[:, 0] - best[:, 1]).median())


def _responses(view: View, rows: torch.Tensor, role: str) -> list[torch.Tensor]:
    """Centred unit responses of the layers' units to the normalised embeddings."""
    x = rows * rows.square().mean(1, keepdim=True).add(1e-5).rsqrt()
    found = [_folded(layer, role) @ x.T for layer in view.layers]
    return [unit(r - r.mean(1, keepdim=True)) for r in found]


def gate_up(a: View, b: View) -> float | None:
    """B6a: share of neurons whose partner by gate responses is their partner by up responses."""
    rows = shared_rows(a, b, most=TOKENS)
    if rows is None:
        return None
    sides = [
        {r: _responses(v, e, r) for r in ("gate", "up")} for v, e in zip((a, b), rows, strict=True)
    ]

    def agreeing(i: int, j: int) -> float:
        found = [(sides[0][r][i] @ sides[1][r][j].T).abs() for r in ("gate", "up")]
        chosen = [linear_sum_assignment(f.numpy(), maximize=True)[1] for f in found]
        return float((chosen[0] == chosen[1]).mean())

    pairs = [[agreeing(i, j) for j in range(len(b.layers))] for i in range(len(a.layers))]
    return _median_of_best(torch.tensor(pairs))


def token_cka(a: View, b: View) -> float | None:
    """B5's unbiased CKA where no column map exists: responses to shared tokens."""
    rows = shared_rows(a, b, most=TOKENS)
    if rows is None:
        return None
    sides = [
        {r: _responses(v, e, r) for r in ("q", "k", "v", "up")}
        for v, e in zip((a, b), rows, strict=True)
    ]
    layers = min(len(a.layers), len(b.layers))
    values = [
        unbiased_cka(sides[0][r][i].T, sides[1][r][i].T)
        for r in ("q", "k", "v", "up")
        for i in range(layers)
    ]
    return float(torch.tensor(values).median())


def _as_sets(x: torch.Tensor, y: torch.Tensor) -> float:
    """Minus the cost of the best transport of the smaller set, features of common scale."""
    both = torch.cat([x, y])
    x, y = ((v - both.mean(0)) / both.std(0).clamp_min(1e-9) for v in (x, y))
    cost = torch.cdist(x, y).numpy()
    return -float(cost[linear_sum_assignment(cost)].mean()) / x.shape[1] ** 0.5


def barcodes(a: View, b: View) -> torch.Tensor:
    """B6b: cosines and lengths of each neuron's own vectors, as sets, layer by layer."""

    def described(layer: dict[str, torch.Tensor]) -> torch.Tensor:
        g, u, d = _folded(layer, "gate"), _folded(layer, "up"), layer["down"].T
        gu, gd, ud = ((unit(p) * unit(q)).sum(1) for p, q in ((g, u), (g, d), (u, d)))
        lengths = g.norm(dim=1).log(), (u.norm(dim=1) * d.norm(dim=1)).log()
        return torch.stack([gu * gd, gu.abs(), gd.abs(), ud, *lengths], 1)

    sides = [[described(layer) for layer in v.layers] for v in (a, b)]
    return torch.tensor([[_as_sets(x, y) for y in sides[1]] for x in sides[0]])


def circuits(view: View) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Query-key and value-output products of every head, per layer, (heads, width, width)."""
    groups = view.heads // view.kv_heads
    found = []
    for layer in view.layers:
        q, k, v = (
            _folded(layer, r).unflatten(0, (n, -1))
            for r, n in (("q", view.heads), ("k", view.kv_heads), ("v", view.kv_heads))
        )
        k, v = (m.repeat_interleave(groups, 0) for m in (k, v))
        o = layer["o"].unflatten(1, (view.heads, -1)).transpose(0, 1)
        found.append((q.transpose(1, 2) @ k, o @ v))
    return found


def head_spectra(a: View, b: View) -> torch.Tensor:
    """B6b: logarithms of the heads' singular values, as sets, layer by layer."""

    def described(qk: torch.Tensor, ov: torch.Tensor) -> torch.Tensor:
        size = qk.shape[-1] // 4
        both = [torch.linalg.svdvals(m)[:, :size] for m in (qk, ov)]
        return torch.cat([v.clamp_min(1e-9).log() for v in both], 1)

    sides = [[described(*c) for c in circuits(v)] for v in (a, b)]
    return torch.tensor([[_as_sets(x, y) for y in sides[1]] for x in sides[0]])


def _median(scores: Callable[[View, View], torch.Tensor]) -> Callable[[View, View], float]:
    return lambda a, b: _median_of_best(scores(a, b))


def _between(scores: Callable[[View, View], torch.Tensor]) -> Callable[[View, View], float]:
    return lambda a, b: _margin(scores(a, b))


CANDIDATES: dict[str, Callable[[View, View], float | None]] = {
    "gate/up responses (B6a)": gate_up,
    "unbiased CKA of responses (B5)": token_cka,
    "neuron barcodes (B6b)": _median(barcodes),
    "neuron barcodes, margin": _between(barcodes),
    "head spectra (B6b)": _median(head_spectra),
    "head spectra, margin": _between(head_spectra),
}


def measure(number: int, root: Path, asked: tuple[str, ...]) -> dict[str, Any]:
    """Make one pair and ask ``audit`` (where ``asked`` names its truth) and every candidate."""
    torch.set_num_threads(1)
    case = list(disguises())[number]
    suspect, reference = suspect_of(case, root), making.load(case.reference, root)
    views = view(suspect), view(reference)
    answer: dict[str, Any] = {name: score(*views) for name, score in CANDIDATES.items()}
    if case.truth in asked:
        with tempfile.TemporaryDirectory() as folder:
            a = making.write(suspect, Path(folder) / "suspect")
            b = making.write(reference, Path(folder) / "reference")
            found = compare(take_inventory(resolve(str(a))), take_inventory(resolve(str(b))))
        answer["audit"] = str(found.relation)
        answer["p_kind"], answer["log10_p"] = str(found.p_kind), found.log10_p
        answer["gram"] = [e.statistic for e in found.evidence if e.test == "gram-matching"]
    return {"name": case.name, "suspect": case.suspect, "truth": case.truth} | answer


def table(results: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the lines of a Markdown table: pairs found above each candidate's own cut."""
    negatives = [r for r in results if r["truth"] != "derived"]
    cuts = {n: max(r[n] for r in negatives if r[n] is not None) for n in CANDIDATES}
    yield "| pairs | audit | " + " | ".join(CANDIDATES) + " |"
    yield "| --- |" + " --- |" * (len(CANDIDATES) + 1)
    for name in dict.fromkeys(r["name"] for r in results):
        rows = [r for r in results if r["name"] == name]
        words = sorted({r["audit"] for r in rows if "audit" in r})
        said = ", ".join(f"{w} {sum(r.get('audit') == w for r in rows)}" for w in words)
        found = [sum(r[n] is not None and r[n] > cuts[n] for r in rows) for n in CANDIDATES]
        yield f"| {name} | {said} | " + " | ".join(f"{f} of {len(rows)}" for f in found) + " |"
    yield "| cut | | " + " | ".join(f"{c:.3f}" for c in cuts.values()) + " |"


def main() -> None:
    """Measure every pair and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--out", type=Path, help="also write the numbers, one pair a line")
    parser.add_argument("--audit-all", action="store_true", help="audit independent pairs too")
    options = parser.parse_args()
    root = build.default_cache()
    needed = {m for d in disguises() for m in (d.suspect, d.reference)} & set(trained())
    build_missing = sorted(needed & set(build.missing(root)))
    if build_missing:
        parser.error(f"train the zoo first: {', '.join(build_missing)} are missing")
    asked = ("derived", "shared start", *(["independent"] if options.audit_all else []))
    work = partial(measure, root=root, asked=asked)
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
        results = list(pool.map(work, range(len(list(disguises())))))
    if options.out:
        options.out.write_text("".join(json.dumps(r) + "\n" for r in results), "utf-8")
    print("\n".join(table(results)))


if __name__ == "__main__":
    main()
