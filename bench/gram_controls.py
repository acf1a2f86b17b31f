# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Controls of neuron Gram matching: pairs of models that were trained independently.

    python bench/gram_controls.py --sceptr FOLDER

``FOLDER`` holds the unpacked wheel ``sceptr==1.2.0`` (``pip download --no-deps``, unzip):
sixteen small protein encoders, of which one names a parent; that pair is left out. The
other controls are the zoo's pairs whose truth is ``no-shared-weights``. The counts and
the best score go into ``rules/weights.yaml`` by hand, so that a change is seen in review.
"""

import argparse
import re
import sys
from collections import defaultdict
from itertools import combinations
from pathlib import Path
from statistics import median

import torch

from audit.inventory import take_inventory
from audit.sources import resolve
from audit.weights.checkpoint import Checkpoint
from audit.weights.feed_forward import measure_gram
from audit.weights.layout import describe
from audit.weights.statistics.gram_matching import Blocks, GramMatch, gram_matching
from audit.weights.statistics.split_matching import Neurons, Place

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
CHILD = ("SCEPTR", "SCEPTR_finetuned")


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


def sceptr(folder: Path) -> list[tuple[GramMatch, ...]]:
    """Compare every pair of variants that were trained from scratch."""
    root = folder / "sceptr" / "_model_saves"
    saves = sorted(p for p in root.iterdir() if (p / "state_dict.pt").exists())
    models = {p.name: encoder_blocks(p) for p in saves}
    results = []
    for a, b in combinations(sorted(models), 2):
        if {a, b} != set(CHILD):
            found = gram_matching(Blocks.of(models[a]), Blocks.of(models[b]))
            if not isinstance(found, str):
                results.append(found)
    return results


def zoo() -> list[tuple[GramMatch, ...]]:
    """Compare the zoo's independent pairs."""
    from tests.zoo import relations, zoo_path

    results = []
    for pair in relations():
        if pair.relation == "no-shared-weights":
            sides = [
                take_inventory(resolve(str(zoo_path(n)))) for n in (pair.suspect, pair.reference)
            ]
            layouts = describe(sides[0]), describe(sides[1])
            with Checkpoint(sides[0]) as suspect, Checkpoint(sides[1]) as reference:
                found = measure_gram(layouts, (suspect, reference))
            if not isinstance(found, str):
                results.append(found)
    return results


def main() -> None:
    """Print how many comparisons there are, and the best scores among them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sceptr", type=Path, help="the unpacked wheel")
    options = parser.parse_args()
    groups = {"zoo": zoo()}
    if options.sceptr:
        groups["sceptr"] = sceptr(options.sceptr)
    for name, results in groups.items():
        best = max(m.score for found in results for m in found)
        middle = max(median(m.score for m in found) for found in results)
        print(
            f"{name}: {len(results)} comparisons, best block {best:.3f}, best median {middle:.3f}"
        )
    print(f"controls: {sum(map(len, groups.values()))}")


if __name__ == "__main__":
    main()
