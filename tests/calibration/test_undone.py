# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The tests after a map of the residual dimensions: uniform under the null, whatever the map.

The independent models share what independently trained models do share: token semantics in
their embeddings, outlier dimensions, low-rank features that neurons read.
"""

import math
from collections.abc import Callable

import pytest
import torch

from audit.formats.tensors import TensorHeader
from audit.record.absent import Absent
from audit.weights.model.slots import Slot
from audit.weights.nulls.matching import MonotoneMatch, match_columns, monotone_matching
from audit.weights.nulls.permutation import Agreement, log10_fisher, log10_rising_bound
from audit.weights.nulls.units import (
    Undoable,
    rows_agree,
    undo,
)
from audit.weights.pairing.pairs import Block, Pair
from audit.weights.statistics.neuron_order import LayerNeurons, neuron_order
from audit.weights.statistics.seen import NeuronOrder
from audit.weights.statistics.undone_experts import ExpertUnits, neuron_gram, undone_experts
from audit.weights.statistics.undone_heads import HeadRows, undone_heads
from audit.weights.statistics.undone_rotation import Rotation, fit_rotation
from tests.calibration.test_null_is_uniform import PAIRS, kolmogorov_smirnov

pytestmark = pytest.mark.sampled(3)

TOKENS, LAYERS, HEADS, SIZE = 200, 2, 8, 8
Matrices = list[torch.Tensor]


def semantics(width: int, g: torch.Generator) -> torch.Tensor:
    """Embeddings of the same tokens: shared geometry in a basis of each model's own."""
    meaning = torch.randn(TOKENS, 8, generator=torch.Generator().manual_seed(77))
    return meaning @ torch.randn(8, width, generator=g) + torch.randn(TOKENS, width, generator=g)


def matrix(rows: int, width: int, g: torch.Generator) -> torch.Tensor:
    """Neurons that read common features, with outlier dimensions and row means."""
    features = torch.randn(4, width, generator=torch.Generator().manual_seed(width))
    block = torch.randn(rows, width, generator=g) + torch.randn(rows, 4, generator=g) @ features
    block[:, :3] *= 20
    return block + torch.randn(rows, 1, generator=g)


def model(width: int, rows: int, g: torch.Generator) -> tuple[torch.Tensor, Matrices]:
    return semantics(width, g), [matrix(rows, width, g) for _ in range(LAYERS)]


def column_map(a: torch.Tensor, b: torch.Tensor) -> MonotoneMatch:
    found = match_columns(a, b)
    assert not isinstance(found, Absent)
    return found.match


def heads(a: Matrices, b: Matrices, found: MonotoneMatch) -> Agreement:
    matrices = []
    for layer, pair in enumerate(zip(a, b, strict=True)):
        x, y = undo(*pair, found)
        groups = (HEADS, HEADS)
        matrices.append(HeadRows(layer=layer, role="attn.q", suspect=x, reference=y, groups=groups))
    result = undone_heads(matrices)
    assert not isinstance(result, Absent)
    return result


def rows(a: Matrices, b: Matrices, found: MonotoneMatch | Undoable) -> Agreement:
    """Neurons of each layer, gate and up of one layer moving together."""
    blocks = []
    for layer, pair in enumerate(zip(a, b, strict=True)):
        for role in ("mlp.gate", "mlp.up"):
            slots = []
            for side, values in zip("sr", pair, strict=True):
                name = f"{side}.{layer}.{role}"
                header = TensorHeader(
                    name=name, file="f", dtype="F32", shape=(values.shape[0], values.shape[1])
                )
                slots.append(
                    Slot(
                        header=header,
                        role=role,
                        component="feed-forward",
                        layer=layer,
                        expert=None,
                        hidden_axis=1,
                        neuron_rows=True,
                    )
                )
            blocks.append(
                Block(
                    pair=Pair(suspect=slots[0], reference=slots[1]),
                    suspect=pair[0],
                    reference=pair[1],
                    identical=0,
                    dropped=0,
                )
            )
    result = rows_agree(blocks, found)
    assert not isinstance(result, Absent)
    return result


def experts(a: Matrices, b: Matrices, found: MonotoneMatch) -> Agreement:
    layers = []
    for x, y in zip(a, b, strict=True):
        sides = []
        for values in undo(x, y, found):
            grams = [neuron_gram(rows) for rows in values.split(SIZE)]
            sides.append({"mlp.gate": torch.stack(grams), "router": values[:HEADS]})
        layers.append(ExpertUnits(suspect=sides[0], reference=sides[1]))
    result = undone_experts(layers)
    assert not isinstance(result, Absent)
    return result


@pytest.mark.parametrize("test", [heads, experts, rows], ids=["heads", "experts", "rows"])
@pytest.mark.parametrize("widths", [(48, 48), (40, 56)])
def test_units_after_any_map_are_uniform(
    test: Callable[[Matrices, Matrices, MonotoneMatch], Agreement], widths: tuple[int, int]
) -> None:
    g = torch.Generator().manual_seed(21)
    p = []
    for _ in range(PAIRS):
        (one, a), (two, b) = (model(w, HEADS * SIZE, g) for w in widths)
        p.append(10 ** test(a, b, column_map(one, two)).permutation.log10_p)
    assert kolmogorov_smirnov(p) > 0.01
    assert min(p) > 1e-5


@pytest.mark.parametrize("test", [heads, experts, rows], ids=["heads", "experts", "rows"])
@pytest.mark.parametrize("rho", [0.5, 0.9])
def test_units_are_found_in_a_relabelled_basis(
    test: Callable[[Matrices, Matrices, MonotoneMatch], Agreement], rho: float
) -> None:
    g = torch.Generator().manual_seed(22)
    table, a = model(64, HEADS * SIZE, g)
    order = torch.randperm(64, generator=g)[:56]
    hidden = [(rho * x + math.sqrt(1 - rho**2) * torch.randn(x.shape, generator=g)) for x in a]
    found = column_map(table[:, order], table)
    assert found.mutual == 56
    z = test([x[:, order] for x in hidden], a, found).permutation.z
    assert z > (7 if rho == 0.9 else 3)  # two layers of eight equal heads give about nine


def test_heads_do_not_mind_a_rotation_inside_them_or_pooling() -> None:
    """G4 and G9 inside each head; and four key/value heads repeated from two."""
    g = torch.Generator().manual_seed(23)
    table, a = model(64, HEADS * SIZE, g)
    turned = []
    for x in a:
        pieces = []
        for piece in x.split(SIZE):
            q = torch.linalg.qr(torch.randn(SIZE, SIZE, generator=g))[0]
            pieces.append(q @ piece)
        turned.append(torch.cat(pieces))
    found = column_map(table, table)
    assert heads(turned, a, found).permutation.z > 7
    matrices = []
    for layer, x in enumerate(a):
        repeated = torch.cat([piece for piece in x.split(SIZE) for _ in range(2)])
        matrices.append(
            HeadRows(
                layer=layer,
                role="attn.v",
                suspect=repeated,
                reference=x,
                groups=(2 * HEADS, HEADS),
            )
        )
    result = undone_heads(matrices)
    assert not isinstance(result, Absent)
    assert result.permutation.z > 7


def test_too_few_heads_give_a_reason() -> None:
    g = torch.Generator().manual_seed(24)
    x = torch.randn(16, 48, generator=g)
    found = undone_heads([HeadRows(layer=0, role="q", suspect=x, reference=x, groups=(2, 2))])
    assert isinstance(found, Absent)
    assert "too few heads" in found.reason


def order_of(widths: tuple[int, int], rows: tuple[int, int], g: torch.Generator) -> NeuronOrder:
    (one, a), (two, b) = (model(w, n, g) for w, n in zip(widths, rows, strict=True))
    found = column_map(one, two)
    layers = []
    for layer, pair in enumerate(zip(a, b, strict=True)):
        x, y = undo(*pair, found)
        layers.append(LayerNeurons(layer=layer, suspect={"mlp.gate": x}, reference={"mlp.gate": y}))
    result = neuron_order(layers)
    assert not isinstance(result, Absent)
    return result


def test_orders_are_never_more_significant_than_uniform() -> None:
    """Bounds, so p-values at least as large as uniform ones: no excess of small ones."""
    g = torch.Generator().manual_seed(25)
    neurons = [10 ** order_of((40, 56), (48, 80), g).log10_p for _ in range(PAIRS)]
    columns = []
    for _ in range(PAIRS):
        found = match_columns(semantics(40, g), semantics(56, g))
        assert not isinstance(found, Absent)
        columns.append(10**found.log10_p)
    for p in (neurons, columns):
        assert all(sum(v <= a for v in p) <= 2 * a * PAIRS + 3 for a in (0.05, 0.1, 0.3))
        assert min(p) > 1e-5


@pytest.mark.parametrize("rho", [0.5, 0.9])
def test_pruned_neurons_and_dimensions_are_found_by_their_order(rho: float) -> None:
    g = torch.Generator().manual_seed(26)
    table, a = model(96, 128, g)
    kept = torch.randperm(96, generator=g)[:64].sort().values
    rows = torch.randperm(128, generator=g)[:90].sort().values
    noisy = rho * table[:, kept] + math.sqrt(1 - rho**2) * table.std() * torch.randn(
        TOKENS, 64, generator=g
    )
    found = match_columns(noisy, table)
    assert not isinstance(found, Absent)
    assert found.log10_p < -40
    layers = []
    for layer, x in enumerate(a):
        cut = rho * x[rows][:, kept] + math.sqrt(1 - rho**2) * torch.randn(90, 64, generator=g)
        mine, theirs = undo(cut, x, found.match)
        layers.append(
            LayerNeurons(layer=layer, suspect={"mlp.up": mine}, reference={"mlp.up": theirs})
        )
    result = neuron_order(layers)
    assert not isinstance(result, Absent)
    assert result.log10_p < -40


def test_the_bound_on_increasing_runs_holds_on_random_orders() -> None:
    g = torch.Generator().manual_seed(27)
    lengths = [
        monotone_matching(torch.eye(40)[torch.randperm(40, generator=g)]).rising
        for _ in range(2000)
    ]
    for k in (14, 16, 18):
        observed = sum(length >= k for length in lengths) / 2000
        assert observed <= 10 ** log10_rising_bound(40, k) + 0.002


def test_fisher_combines_uniform_p_values_to_a_uniform_one() -> None:
    g = torch.Generator().manual_seed(28)
    p = [10 ** log10_fisher(torch.rand(5, generator=g).log10().tolist()) for _ in range(PAIRS)]
    assert kolmogorov_smirnov(p) > 0.01


def turned(a: torch.Tensor, b: torch.Tensor) -> Rotation:
    found = fit_rotation(a, b)
    assert not isinstance(found, Absent)
    return found


def test_rows_after_any_rotation_are_uniform() -> None:
    """Tables with common semantics rotate onto each other; the layers know nothing of it."""
    g = torch.Generator().manual_seed(29)
    p = []
    for _ in range(PAIRS):
        (one, a), (two, b) = (model(48, HEADS * SIZE, g) for _ in range(2))
        p.append(10 ** rows(a, b, turned(one, two)).permutation.log10_p)
    assert kolmogorov_smirnov(p) > 0.01
    assert min(p) > 1e-5


@pytest.mark.parametrize("rho", [0.3, 0.9])
def test_rows_are_found_in_a_rotated_basis(rho: float) -> None:
    g = torch.Generator().manual_seed(30)
    table, a = model(48, HEADS * SIZE, g)
    basis = torch.linalg.qr(torch.randn(48, 48, generator=g))[0]
    child = [
        (rho * x + math.sqrt(1 - rho**2) * x.std() * torch.randn(x.shape, generator=g)) @ basis
        for x in a
    ]
    noise = table.std() * torch.randn(table.shape, generator=g)
    found = turned((table + 0.5 * noise) @ basis, table)
    assert found.explained > 0.5
    assert rows(child, a, found).permutation.log10_p < (-9 if rho == 0.3 else -50)


def test_a_rotation_needs_tokens_and_has_to_carry_over() -> None:
    g = torch.Generator().manual_seed(31)
    table = semantics(48, g)
    few = fit_rotation(table[:64], table[:64])
    assert isinstance(few, Absent)
    assert "96" in few.reason
    noise = [torch.randn(TOKENS, 48, generator=g) for _ in range(2)]
    assert isinstance(fit_rotation(*noise), Absent)
    assert isinstance(fit_rotation(torch.zeros(TOKENS, 48), table), Absent)
