# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Controls of neuron Gram matching and circuit matching: models that were trained independently.

    python bench/gram_controls.py --sceptr FOLDER [--population]

``FOLDER`` holds the unpacked wheel ``sceptr==1.2.0`` (``pip download --no-deps``, unzip):
sixteen small protein encoders, of which one names a parent; that pair is left out. The
other controls are the zoo's pairs whose truth is ``no-shared-weights``, and with
``--population`` every two of the larger zoo's small models (``python -m bench.zoo.build``
first), for attention alone. The counts and the best score go into the file beside each statistic by
hand, so that a change is seen in review.
"""

import argparse
import re
import sys
from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from statistics import median

import torch

from audit.inventory import take_inventory
from audit.record.absent import Absent
from audit.sources.names import resolve
from audit.weights.model.alike import described
from audit.weights.model.checkpoint import Checkpoint
from audit.weights.nulls.neuron_shapes import Neurons, Place
from audit.weights.pairing.neurons import FoldedBlocks
from audit.weights.statistics.circuit_matching import CircuitMatching
from audit.weights.statistics.gram_matching import GramMatching, gram_matching
from audit.weights.statistics.interface import CalibratedStatistic
from audit.weights.statistics.seen import UnitMatch

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
CHILD = ("SCEPTR", "SCEPTR_finetuned")
Matches = Sequence[UnitMatch]


def encoder_blocks(folder: Path) -> dict[Place, Neurons]:
    """Read the feed-forward blocks of one state dict (tensors only)."""
    state = torch.load(folder / "state_dict.pt", weights_only=True)  # noqa: TID251
    blocks: dict[Place, Neurons] = defaultdict(dict)
    for name, value in state.items():
        found = re.search(r"layers\.(\d+)\.linear([12])\.weight$", name)
        if found:
            reader = found.group(2) == "1"
            role, vectors = ("mlp.up", value) if reader else ("mlp.down", value.T)
            blocks[int(found.group(1)), None][role] = vectors.float()
    return dict(blocks)


def sceptr(folder: Path) -> list[tuple[UnitMatch, ...]]:
    """Compare every pair of variants that were trained from scratch."""
    root = folder / "sceptr" / "_model_saves"
    saves = sorted(p for p in root.iterdir() if (p / "state_dict.pt").exists())
    models = {p.name: encoder_blocks(p) for p in saves}
    results = []
    for a, b in combinations(sorted(models), 2):
        if {a, b} != set(CHILD):
            found = gram_matching(FoldedBlocks.of(models[a]), FoldedBlocks.of(models[b]))
            if not isinstance(found, Absent):
                results.append(found)
    return results


def sceptr_heads(folder: Path) -> list[Matches]:
    """Compare the attention of every two variants that were trained from scratch."""
    root = folder / "sceptr" / "_model_saves"
    saves = sorted(p for p in root.glob("*/state_dict.pt") if p.parent.name != CHILD[1])
    return _measured(CircuitMatching(), list(combinations(saves, 2)))


def zoo(test: CalibratedStatistic) -> list[Matches]:
    """Compare the zoo's independent pairs."""
    from tests.zoo import relations, zoo_path

    pairs = [p for p in relations() if p.relation == "no-shared-weights"]
    return _measured(test, [(zoo_path(p.suspect), zoo_path(p.reference)) for p in pairs])


def population() -> list[Matches]:
    """Compare the attention of every two of the larger zoo's small models."""
    from bench.zoo import build, declaration

    root, count = build.default_cache(), declaration()["population"]["count"]
    folders = [build.folder(f"small-{i}", root) for i in range(count)]
    return _measured(CircuitMatching(), list(combinations(folders, 2)))


def _measured(test: CalibratedStatistic, pairs: Sequence[tuple[Path, Path]]) -> list[Matches]:
    results = []
    for pair in pairs:
        sides = [take_inventory(resolve(str(folder))) for folder in pair]
        layouts = described(*sides)
        with Checkpoint(sides[0]) as suspect, Checkpoint(sides[1]) as reference:
            found = test.matches(layouts, (suspect, reference), 0)
        if not isinstance(found, Absent):
            results.append(found)
    return results


def main() -> None:
    """Print how many comparisons there are, and the best scores among them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sceptr", type=Path, help="the unpacked wheel")
    parser.add_argument("--population", action="store_true", help="the larger zoo's small models")
    options = parser.parse_args()
    groups: dict[str, list[Matches]] = {
        "neurons, zoo": zoo(GramMatching()),
        "heads, zoo": zoo(CircuitMatching()),
    }
    if options.sceptr:
        groups["neurons, sceptr"] = list(sceptr(options.sceptr))
        groups["heads, sceptr"] = sceptr_heads(options.sceptr)
    if options.population:
        groups["heads, population"] = population()
    for name, results in groups.items():
        best = max(m.score for found in results for m in found)
        middle = max(median(m.score for m in found) for found in results)
        print(
            f"{name}: {len(results)} comparisons, best layer {best:.3f}, best median {middle:.3f}"
        )


if __name__ == "__main__":
    main()
