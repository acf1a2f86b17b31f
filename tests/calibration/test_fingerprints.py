# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Between fingerprints of independent models the p-values of every test are uniform, or larger."""

from collections import defaultdict
from dataclasses import replace
from itertools import combinations
from math import sqrt

import numpy as np
import pytest

from audit.fingerprints.document import Fingerprint
from audit.fingerprints.identify import BAR, Standing, judged
from audit.fingerprints.likeness import EMBEDDINGS, LAYERS, NORMS, TABLES, TURNED, likeness
from tests.calibration.test_null_is_uniform import kolmogorov_smirnov
from tests.fingerprints.models import known

ORIGINS = {
    **dict.fromkeys(("base", "bf16", "fine-tune", "continued", "upcycled", "permuted"), "a"),
    **dict.fromkeys(("neuron-permuted", "transplant", "twin"), "a"),
    **dict.fromkeys(("deep", "dropped"), "d"),
    **dict.fromkeys(("gpt2", "gpt2-fine-tune"), "g"),
    **dict.fromkeys(("bert", "bert-fine-tune"), "b"),
    **{name: name for name in ("stranger", "gpt2-stranger", "bert-stranger")},
}
INDEPENDENT = [(a, b) for a, b in combinations(ORIGINS, 2) if ORIGINS[a] != ORIGINS[b]]


def test_independent_zoo_models_agree_as_chance_has_it() -> None:
    """One-sided: this finds a test that is too eager, not one that is too shy."""
    values = defaultdict(list)
    for a, b in INDEPENDENT:
        for row in likeness(known(a), known(b)).rows:
            values[row.part, row.kind].append(10**row.log10_p)
    assert len(INDEPENDENT) == 114
    for test, found in values.items():
        ordered, n = sorted(found), len(found)
        excess = max((i + 1) / n - p for i, p in enumerate(ordered))
        assert excess < 1.63 / sqrt(n), test
        assert ordered[0] > 1e-5, test


def test_no_independent_pair_is_named() -> None:
    named = [
        (a, b)
        for a, b in INDEPENDENT
        if judged(known(a), known(b), 1).standing in (Standing.SAME, Standing.RELATED)
    ]
    assert named == []


def relabelled(found: Fingerprint, seed: int) -> Fingerprint:
    """Give every dimension, and every row of every layer, another number: nothing corresponds."""
    random = np.random.default_rng(seed)
    order = random.permutation(found.header.width)
    arrays = dict(found.arrays)
    for name in ("columns", "vectors", "tokens", "numbered"):
        arrays[name] = np.ascontiguousarray(arrays[name][..., order])
    for part in found.header.parts:
        for name in ("answers-tokens", "answers-numbered", "answers-heads"):
            if part.rows and name in arrays:
                rows = arrays[name] = arrays[name].copy()
                rows[slice(*part.rows)] = random.permutation(rows[slice(*part.rows)])
    return replace(found, arrays=arrays)


def test_a_child_whose_labels_are_drawn_anew_is_uniform() -> None:
    """The null itself: a fine-tune beside its parent, with labels that mean nothing."""
    values = defaultdict(list)
    for seed in range(200):
        for row in likeness(relabelled(known("fine-tune"), seed), known("base")).rows:
            if row.found is not None:
                values[row.part].append(10**row.log10_p)
    assert set(values) == {NORMS, TABLES, LAYERS, *TURNED}
    for part, found in values.items():
        assert kolmogorov_smirnov(found) > 0.001, part


def test_it_could_fail() -> None:
    rows = likeness(known("fine-tune"), known("base")).rows
    assert {row.part for row in rows if row.log10_p < BAR} >= {EMBEDDINGS, LAYERS, *TURNED}


@pytest.mark.parametrize("copies", [1, 1000])
def test_the_bar_is_that_of_the_whole_library(copies: int) -> None:
    found = judged(known("fine-tune"), known("base"), copies)
    best = min(row.log10_p for row in found.rows)
    assert found.log10_p == pytest.approx(best + np.log10(copies * len(found.rows)))
