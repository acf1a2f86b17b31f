# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Models of several residual streams: each is compared by itself, and all of them are cleared."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from audit.inventory import Inventory, take_inventory
from audit.lineage.several import compare
from audit.record.weights import Relation
from audit.sources.names import resolve
from audit.weights.model.layout import describe
from audit.weights.model.parts import parts
from tests.unit.weights.models import Tensors, child, save

pytestmark = [pytest.mark.slow, pytest.mark.sampled(3)]

WIDTHS = {"image": 64, "words": 48}
LAYERS, HEADS = 3, 4
CONFIG: dict[str, object] = {"num_heads": HEADS}


def tower(name: str, seed: int) -> Tensors:
    """A stack of PyTorch's own encoder layers, trained nowhere, with gains that vary."""
    width = WIDTHS[name]
    g = torch.Generator().manual_seed(seed)
    layer = torch.nn.TransformerEncoderLayer(width, HEADS, 2 * width)
    stack = torch.nn.TransformerEncoder(layer, LAYERS, enable_nested_tensor=False)
    drawn = {k: torch.randn(v.shape, generator=g) * 0.1 for k, v in stack.state_dict().items()}
    return {f"{name}.{k}": v for k, v in drawn.items()}


def both(image: int, words: int) -> Tensors:
    return tower("image", image) | tower("words", words)


def saved(folder: Path, tensors: Tensors) -> Inventory:
    return save(folder, tensors, config=CONFIG)


def test_each_stream_is_a_part(tmp_path: Path) -> None:
    found = parts(saved(tmp_path / "m", both(1, 2)))
    assert [part.place.rpartition(": ")[2] for part in found] == ["image.*", "words.*"]
    assert [describe(part.view).width for part in found] == [64, 48]


def test_models_of_two_streams_are_cleared_if_both_are(tmp_path: Path) -> None:
    one, other = (saved(tmp_path / str(n), both(n, n + 1)) for n in (1, 11))
    found = compare(one, other)
    assert found.relation is Relation.NO_SHARED_WEIGHTS
    assert found.coverage > 0.9
    said = " ".join(map(str, found.limits))
    assert "image.*, compared by itself" in said
    assert "words.*, compared by itself" in said


def in_shards(folder: Path, image: int, words: int, *, without: str = "") -> Inventory:
    """Each tower in a shard of its own; ``config.json`` counts the layers of the larger."""
    saved(folder, {"x": torch.zeros(1)})
    (folder / "model.safetensors").unlink()
    (folder / "config.json").write_text('{"num_heads": 4, "num_hidden_layers": 3}')
    towers = (tower("image", image), tower("words", words))
    for number, tensors in enumerate(towers, 1):
        if not without or not next(iter(tensors)).startswith(without):
            save_file(tensors, folder / f"model-0000{number}-of-00002.safetensors")
    return take_inventory(resolve(str(folder)), digest_weights=False)


def test_nothing_is_missing_of_a_part_whose_shards_are_all_there(tmp_path: Path) -> None:
    one, other = (in_shards(tmp_path / str(n), n, n + 1) for n in (1, 11))
    found = compare(one, other)
    assert found.relation is Relation.NO_SHARED_WEIGHTS
    assert "shards" not in " ".join(map(str, found.limits))


def test_parts_do_not_clear_a_model_of_which_a_shard_is_missing(tmp_path: Path) -> None:
    suspect = in_shards(tmp_path / "s", 1, 2, without="words")
    found = compare(suspect, in_shards(tmp_path / "r", 11, 12))
    assert found.relation is Relation.INCONCLUSIVE
    assert "only 1 are there" in f"{found.summary} {' '.join(map(str, found.limits))}"


@pytest.mark.parametrize("kept", ["image", "words"])
def test_one_stream_that_is_another_s_is_never_cleared(kept: str, tmp_path: Path) -> None:
    reference = both(1, 2)
    suspect = both(11, 12) | child(tower(kept, {"image": 1, "words": 2}[kept]), noise=0.2)
    found = compare(saved(tmp_path / "s", suspect), saved(tmp_path / "r", reference))
    assert found.relation is not Relation.NO_SHARED_WEIGHTS


@pytest.mark.parametrize("kept", ["image", "words"])
def test_nor_one_whose_dimensions_are_in_another_order(kept: str, tmp_path: Path) -> None:
    reference = both(1, 2)
    mine = child(tower(kept, {"image": 1, "words": 2}[kept]), noise=0.05)
    order = torch.randperm(WIDTHS[kept], generator=torch.Generator().manual_seed(5))
    moved = {}
    for name, value in mine.items():
        reads = "in_proj_weight" in name or "linear1.weight" in name
        writes = "out_proj" in name or "linear2" in name or "norm" in name
        moved[name] = value[:, order] if reads else value[order] if writes else value
    suspect = saved(tmp_path / "s", both(11, 12) | moved)
    found = compare(suspect, saved(tmp_path / "r", reference))
    assert found.relation is not Relation.NO_SHARED_WEIGHTS


def test_names_of_stacks_in_a_model_without_a_family_are_no_parts(tmp_path: Path) -> None:
    """An encoder and a decoder of one width are one stream."""
    stacks = ("encoder", "decoder")
    model = {
        name.replace("words", to): value
        for seed, to in enumerate(stacks)
        for name, value in tower("words", seed).items()
    }
    model |= {f"{to}.layer_norm.weight": torch.rand(WIDTHS["words"]) for to in stacks}
    assert [part.place for part in parts(saved(tmp_path / "m", model))] == ["model.safetensors"]
