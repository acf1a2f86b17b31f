# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Measures how closely the weights of models of known history correspond, for the first page.

``python -m bench.likeness`` writes ``rules/controls/likeness.yaml``: of every pair whose history
is known (``tests/zoo``, and published ones whose papers tell of a descent) the correlation of its
most alike part, as ``audit`` itself computes it, by what is true of the pair.
"""

from collections.abc import Iterator
from pathlib import Path

import yaml

from audit.inventory import take_inventory
from audit.report.words.evidence import correlation
from audit.sources.names import resolve
from audit.weights.comparison import compare
from bench.real_weights import LINEAGE, PAIRS, WHEELS
from bench.spread_controls import FOLDER, HEAD
from bench.support import SkippedError, unpacked
from tests.zoo import relations, zoo_path

APART, START, RELATED = "apart", "start", "related"
_WORDS = {
    APART: "trained apart",
    START: "one random start",
    RELATED: "related by training",
}
_NOTE = (
    "# Made by `python -m bench.likeness`; measured, not chosen. `sizes` are the correlations of\n"
    "# the most alike part of each pair, pairs share models.\n"
)


def group(truths: tuple[str, ...]) -> str:
    """Return what is true of a pair, in one of three words."""
    if LINEAGE & set(truths):
        return RELATED
    return START if "shared-initialisation" in truths else APART


def pairs() -> Iterator[tuple[str, Path, Path]]:
    """Yield what is true, and two folders, of what is at hand."""
    for known in relations():
        truth = group((str(known.relation),))
        yield truth, zoo_path(known.suspect), zoo_path(known.reference)
    folders: dict[str, Path] = {}
    for name, (requirement, inside) in WHEELS.items():
        try:
            folders[name] = unpacked(requirement, "--only-binary=:all:") / inside
        except SkippedError as reason:
            print(f"left out: {name}: {reason}")
    for pair in (pair for pair in PAIRS if LINEAGE & set(pair.relations)):
        if {pair.suspect, pair.reference} <= set(folders):
            both = folders[pair.suspect], folders[pair.reference]
            yield group(pair.relations), *both


def main() -> None:
    """Run from the command line."""
    found: dict[str, list[float]] = {name: [] for name in _WORDS}
    for truth, suspect, reference in pairs():
        sides = [take_inventory(resolve(str(folder))) for folder in (suspect, reference)]
        compared = compare(sides[0], sides[1])
        sizes = (correlation(compared, part.name) for part in compared.components)
        known = [size for size in sizes if size is not None]
        print(truth, suspect.name, reference.name, compared.relation, known, flush=True)
        if known:
            found[truth].append(round(max(known), 3))
    rows = [{"what": words, "sizes": sorted(found[name])} for name, words in _WORDS.items()]
    text = yaml.safe_dump({"schema_version": 1, "groups": rows}, sort_keys=False, width=100)
    (FOLDER / "likeness.yaml").write_text(f"{HEAD}{_NOTE}{text}", encoding="utf-8")


if __name__ == "__main__":
    main()
