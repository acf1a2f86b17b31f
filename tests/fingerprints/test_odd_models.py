# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Models that are odd or hostile have a fingerprint that can be read again, or none."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from audit.fingerprints.document import Fingerprint
from audit.fingerprints.file import from_bytes, to_bytes
from audit.fingerprints.identify import Standing, judged
from audit.fingerprints.likeness import LAYERS, STORED, likeness
from audit.fingerprints.make import make
from audit.inventory import take_inventory
from audit.sources.names import resolve
from audit.weights.nulls.exchangeable import Structure
from tests.evasions import disguise
from tests.fingerprints.models import known, place

Tensors = dict[str, torch.Tensor]


def made(tensors: Tensors, folder: Path) -> Fingerprint:
    save_file({k: v.contiguous() for k, v in tensors.items()}, folder / "model.safetensors")
    found = make(take_inventory(resolve(str(folder)), digest_weights=False))
    return found if found.is_empty else from_bytes(to_bytes(found), "odd")


def drawn(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(sum(shape)))


def block(width: int, layer: object = 0) -> Tensors:
    return {
        f"layers.{layer}.norm.weight": drawn(width),
        f"layers.{layer}.norm2.weight": drawn(width),
        f"layers.{layer}.mlp.up.weight": drawn(3 * width, width),
        f"layers.{layer}.mlp.down.weight": drawn(width, 3 * width),
    }


ODD: dict[str, Tensors] = {
    "narrow": block(5),
    "a layer beyond all numbers": {**block(32), **block(32, 10**30)},
    "many layers": {k: v for layer in range(300) for k, v in block(8, layer).items()},
    "a convolution": {"c1.weight": drawn(16, 8, 3, 3), "c2.weight": drawn(16, 16, 3, 3)},
    "vectors alone": {"a": drawn(64), "b": drawn(64)},
    "scalars": {"a": torch.tensor(1.0), "w": drawn(32, 32)},
    "integers": {"a": torch.arange(64).reshape(8, 8), "w": drawn(32, 32)},
    "constants": {k: torch.ones_like(v) for k, v in block(32).items()},
    "no numbers": {k: torch.full_like(v, torch.nan) for k, v in block(32).items()},
    "endless": {k: torch.full_like(v, torch.inf) for k, v in block(32).items()},
    "huge": {k: v * 1e37 for k, v in block(32).items()},
    "tiny": {k: v * 1e-42 for k, v in block(32).items()},
}


@pytest.mark.parametrize("what", ODD)
def test_an_odd_model_is_made_and_read(what: str, tmp_path: Path) -> None:
    found = made(ODD[what], tmp_path)
    if not found.is_empty:
        for other in (found, known("base")):
            assert judged(found, other, 1).standing in Standing
            judged(other, found, 1)
        assert len(to_bytes(found)) < 16 << 20


def test_models_of_one_computed_table_are_not_related(tmp_path: Path) -> None:
    """Sinusoids and masks are equal in models that have nothing to do with each other."""
    places = torch.arange(128)[:, None] / 10000 ** (torch.arange(32) / 32)
    table = torch.cat([places.sin(), places.cos()], 1)
    told = []
    for seed in (1, 2):
        folder = tmp_path / str(seed)
        folder.mkdir()
        g = torch.Generator().manual_seed(seed)
        mine = {k: torch.randn(v.shape, generator=g) for k, v in block(64).items()}
        told.append(made({**mine, "positions": table, "mask": torch.ones(64, 64).tril()}, folder))
    found = judged(told[0], told[1], 1)
    assert (found.equal, found.moved) == (0.0, 0.0)
    assert found.standing not in (Standing.SAME, Standing.RELATED)


@pytest.mark.parametrize("size", [1e-20, 1e30])
def test_what_a_cast_to_float16_wipes_out_is_no_value_in_common(
    size: float, tmp_path: Path
) -> None:
    """Layers that training gave up: 1e-20 everywhere, which float16 makes zeros of in any model."""
    told = []
    for seed in (1, 2):
        folder = tmp_path / str(seed)
        folder.mkdir()
        g = torch.Generator().manual_seed(seed)
        layers = {k: v for layer in range(4) for k, v in block(64, layer).items()}
        sizes = {k: size * torch.rand(v.shape, generator=g) for k, v in layers.items()}
        told.append(made(sizes, folder))
    found = judged(told[0], told[1], 1)
    assert (found.equal, found.moved) == (0.0, 0.0)
    assert found.standing not in (Standing.SAME, Standing.RELATED)
    assert judged(told[0], told[0], 1).standing is Standing.SAME


@pytest.mark.parametrize("name", ["aux.{}.table", "layers.{}.features"])
@pytest.mark.parametrize("noise", [0.0, 1e-3])
def test_what_one_seed_drew_names_nobody(name: str, noise: float, tmp_path: Path) -> None:
    """One matrix, or one kind of matrix, that both libraries draw from one seed and freeze.

    Equal to the last digit in three layers and a tenth of a model it wants an explanation, as in a
    full comparison: then it is named, as values in common.
    """
    told = []
    for seed in (1, 2):
        folder = tmp_path / str(seed)
        folder.mkdir()
        g = torch.Generator().manual_seed(seed)
        layers = {k: v for layer in range(3) for k, v in block(64, layer).items()}
        mine = {k: torch.randn(v.shape, generator=g) for k, v in layers.items()}
        places = range(3) if "layers" in name else range(1)
        shared = {
            name.format(i): drawn(256 + i, 64) + noise * torch.randn(256 + i, 64, generator=g)
            for i in places
        }
        told.append(made({**mine, **shared}, folder))
    found = judged(told[0], told[1], 1)
    equal_layers = "layers" in name and not noise
    assert found.parts
    assert found.standing is (Standing.RELATED if equal_layers else Standing.UNDECIDED)


def test_a_missing_shard_leaves_it_open(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    disguise.save(disguise.load(place("stranger")), place("stranger"), folder)
    (folder / "more.safetensors").write_bytes(b"not weights")
    found = make(take_inventory(resolve(str(folder)), digest_weights=False))
    assert found.header.unread == 1
    told = judged(from_bytes(to_bytes(found), "x"), known("base"), 1)
    assert told.standing is Standing.UNDECIDED
    assert "were not read" in str(told.reasons[0])


def test_a_maker_cannot_hide_that_dimensions_come_in_groups() -> None:
    """Columns in pairs, of a model that says so and of a file that does not."""
    honest = known("base")
    paired = {**honest.arrays, "columns": honest.arrays["columns"].repeat(2, 2)[..., :48].copy()}
    says, hides = (
        replace(honest, arrays=paired, header=honest.header.model_copy(update={"structures": told}))
        for told in ((Structure.GROUPS,), ())
    )
    for one, other in ((says, hides), (hides, says)):
        found = likeness(one, other)
        assert not {row.part for row in found.rows} & set(STORED)
        assert "come in groups that are alike" in str(dict(found.absent)[LAYERS])
    assert LAYERS in {row.part for row in likeness(says, honest).rows}  # one of two is free of it
