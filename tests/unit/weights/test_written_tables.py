# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What training did not move is no evidence: tables that anybody would write or draw the same."""

import math
from pathlib import Path

import pytest
import torch

from audit.record.weights import Relation
from audit.weights.comparison import compare
from audit.weights.model.constructible import constructible, written_table
from tests.unit.weights.models import CONFIG, Tensors, llama, save

WIDTH = 48


def sincos(side: int, axes: int) -> torch.Tensor:
    """Positions of a grid of ``side ** axes`` places, as MAE and its like store them."""
    per = WIDTH // (2 * axes)
    omega = 1 / 10000 ** (torch.arange(per) / per)
    grid = torch.meshgrid(*[torch.arange(side).float()] * axes, indexing="ij")
    return torch.cat([f(v.reshape(-1, 1) * omega) for v in grid for f in (torch.sin, torch.cos)], 1)


def with_class(table: torch.Tensor) -> torch.Tensor:
    return torch.cat([torch.zeros(1, WIDTH), table])


def mel() -> torch.Tensor:
    apart = torch.linspace(0, 40, WIDTH)[None] - torch.arange(40)[:, None]
    return (1 - apart.abs()).clamp_min(0)


def gabor() -> torch.Tensor:
    t = torch.linspace(-3, 3, WIDTH)
    return torch.stack([torch.exp(-(t**2)) * torch.cos(k / 12 * t) for k in range(40)])


def ramp() -> torch.Tensor:
    place = torch.arange(160)[:, None] - torch.arange(WIDTH)[None]
    return torch.log1p(place.abs().float() + 4)


TABLES = {
    "2-D positions": sincos(10, 2),
    "2-D positions and a class": with_class(sincos(10, 2)),
    "3-D positions": sincos(5, 3),
    "2-D positions in bfloat16": sincos(10, 2).bfloat16().float(),
    "filter bank": mel(),
    "Gabor": gabor(),
    "polynomials": torch.linspace(-1, 1, 160)[:, None] ** torch.arange(WIDTH)[None],
    "ramp": ramp(),
    "DCT": torch.cos(
        math.pi / WIDTH * (torch.arange(WIDTH) + 0.5)[None] * torch.arange(40)[:, None]
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_what_is_computed_is_recognised(name: str) -> None:
    assert written_table(TABLES[name]) is not None


def test_what_is_learned_is_not() -> None:
    g = torch.Generator().manual_seed(0)
    noise = torch.randn(160, WIDTH, generator=g)
    smooth = torch.sin(torch.arange(160)[:, None] / torch.arange(5, 53)[None]) + 0.05 * noise
    few = torch.randn(160, 4, generator=g) @ torch.randn(4, WIDTH, generator=g) + 0.05 * noise
    pruned = noise * (torch.rand(160, WIDTH, generator=g) < 0.3)
    for table in (noise, smooth, few, pruned, noise.round()):
        assert written_table(table) is None


def test_inside_the_layers_low_rank_is_what_compression_leaves() -> None:
    g = torch.Generator().manual_seed(0)
    compressed = torch.randn(96, 6, generator=g) @ torch.randn(6, WIDTH, generator=g)
    assert constructible(compressed) is None


def pair(tmp_path: Path, table: torch.Tensor, name: str, kind: str = "novel") -> Relation:
    """Two strangers that both hold one table outside the layers."""
    config = {**CONFIG, "model_type": kind}
    sides = []
    for seed in (1, 2):
        tensors: Tensors = llama(seed) | {name: table, "aux.scale": torch.ones(1)}
        sides.append(save(tmp_path / str(seed), tensors, config))
    return compare(sides[0], sides[1]).relation


@pytest.mark.parametrize("place", ["pos_embed", "model.pos_embed"])
@pytest.mark.parametrize("name", ["2-D positions and a class", "filter bank", "Gabor"])
def test_a_computed_table_in_common_accuses_nobody(tmp_path: Path, name: str, place: str) -> None:
    assert not pair(tmp_path, TABLES[name], place).is_lineage


@pytest.mark.parametrize("place", ["features.weight", "model.features.weight"])
def test_frozen_random_features_of_one_seed_accuse_nobody(tmp_path: Path, place: str) -> None:
    drawn = torch.randn(128, WIDTH, generator=torch.Generator().manual_seed(0))
    assert not pair(tmp_path, drawn, place).is_lineage


def test_a_table_that_nobody_recognises_is_not_enough(tmp_path: Path) -> None:
    g = torch.Generator().manual_seed(3)
    structured = torch.randn(128, 8, generator=g) @ torch.randn(8, WIDTH, generator=g)
    table = structured + 0.3 * torch.randn(128, WIDTH, generator=g)
    assert not pair(tmp_path, table, "bank.weight").is_lineage


def test_matrices_that_start_at_the_identity_accuse_nobody(tmp_path: Path) -> None:
    sides = []
    for seed in (1, 2):
        tensors = llama(seed)
        for name, value in tensors.items():
            if "v_proj" in name or "o_proj" in name:
                tensors[name] = value + torch.eye(*value.shape)
        sides.append(save(tmp_path / str(seed), tensors))
    assert not compare(sides[0], sides[1]).relation.is_lineage
