# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A conversion is nothing else: every value within its format's rounding, all accounted for."""

import json
from pathlib import Path

import gguf
import numpy as np
import pytest
from gguf import GGMLQuantizationType as Q

from audit.formats import levels
from audit.inventory import Inventory, take_inventory
from audit.record.derivation import Derivation, DerivationKind
from audit.sources.names import resolve
from audit.weights.comparison import compare
from tests.unit.weights.models import Tensors, llama, save
from tests.unit.weights.test_formats import save_gguf

BLOCKS = ["Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K"]


def decoded(data: bytes, kind: str) -> np.ndarray:
    return gguf.dequantize(np.frombuffer(data, np.uint8), Q[kind]).astype(np.float64)


def blocks(kind: str) -> bytearray:
    """Forty blocks of random codes; scales that are half floats are between one and two."""
    block = levels._BLOCKS[kind]
    data = np.random.default_rng(5).integers(0, 256, (40, block.size), dtype=np.uint8)
    taken = {*range(block.start, block.stop)}
    taken |= {*range(block.scales, block.scales + len(block.ones))}
    for place in range(0, block.size, 2):
        if not {place, place + 1} & taken:
            data[:, place : place + 2] = np.float16([1.25]).view(np.uint8)
    if kind == "Q8_0":
        data[:, 2:] = np.maximum(data[:, 2:].view(np.int8), -127).view(np.uint8)
    return bytearray(data.tobytes())


@pytest.mark.parametrize("kind", BLOCKS)
def test_every_value_lies_on_a_step_between_the_ends(kind: str) -> None:
    data, block = blocks(kind), levels._BLOCKS[kind]
    assert block.size == gguf.GGML_QUANT_SIZES[Q[kind]][1]
    low, high = (decoded(bytes(levels.at_end(data, kind, end)), kind) for end in (0, 1))
    step = (high - low) / block.steps
    place = np.divide(decoded(bytes(data), kind) - low, step, where=step != 0, out=low * 0)
    assert np.allclose(place, place.round(), atol=1e-3)
    assert place.min() >= -1e-3
    assert place.max() <= block.steps + 1e-3


@pytest.mark.parametrize("kind", [k for k in BLOCKS if k.endswith("K")])
def test_scales_of_one_are_one(kind: str) -> None:
    data = levels.at_end(blocks(kind), kind, levels.ONE + levels.HIGHEST)
    low = levels.at_end(blocks(kind), kind, levels.ONE + levels.LOWEST)
    block = levels._BLOCKS[kind]
    spread = decoded(bytes(data), kind) - decoded(bytes(low), kind)
    assert np.allclose(spread, 1.25 * block.steps)


@pytest.fixture(scope="module")
def model() -> Tensors:
    return llama(1, layers=2, hidden=64)


def told(suspect: Inventory, reference: Inventory) -> Derivation:
    found = compare(suspect, reference)
    assert found.kind is not None
    return found.kind


def original(folder: Path, model: Tensors, **tokenizer: object) -> Inventory:
    save(folder, model)
    vocabulary = {"model": {"vocab": {f"t{i}": i for i in range(160)}}}
    (folder / "tokenizer.json").write_text(json.dumps(vocabulary))
    (folder / "tokenizer_config.json").write_text(json.dumps(tokenizer))
    return take_inventory(resolve(str(folder)))


@pytest.mark.parametrize("kind", [Q.Q8_0, Q.Q5_1, Q.Q4_0])
def test_a_conversion_is_named_with_its_worst_tensor(
    tmp_path: Path, model: Tensors, kind: Q
) -> None:
    made = told(save_gguf(tmp_path / "gguf", model, kind), original(tmp_path / "o", model))
    assert made.kind is DerivationKind.CONVERSION, made.sentence
    assert made.fraction is not None
    assert 0.5 < made.fraction <= 1.0
    assert str(made.detail) in set(_names(tmp_path / "gguf"))
    assert "The tokens are the reference's; neither has a chat template." in made.sentence


def _names(folder: Path) -> list[str]:
    return [t.name for t in take_inventory(resolve(str(folder))).tensors]


def test_one_value_that_moved_is_found_and_its_tensor_named(tmp_path: Path, model: Tensors) -> None:
    changed = {name: value.clone() for name, value in model.items()}
    name = "model.layers.1.mlp.up_proj.weight"
    changed[name][3, 5] += float(model[name].abs().max())
    made = told(save_gguf(tmp_path / "gguf", changed, Q.Q8_0), original(tmp_path / "o", model))
    assert made.kind is DerivationKind.QUANTISED
    assert "in 1 of" in made.sentence
    assert "blk.1.ffn_up.weight" in made.sentence


def test_another_template_is_another_model(tmp_path: Path, model: Tensors) -> None:
    reference = original(tmp_path / "o", model, chat_template="{{ messages }}")
    made = told(save_gguf(tmp_path / "gguf", model, Q.Q8_0), reference)
    assert made.kind is DerivationKind.QUANTISED
    assert "The chat template is another one than the reference's." in made.sentence


def test_a_tensor_without_counterpart_is_named(tmp_path: Path, model: Tensors) -> None:
    less = {n: v for n, v in model.items() if n != "model.layers.1.input_layernorm.weight"}
    made = told(save_gguf(tmp_path / "gguf", less, Q.Q8_0), original(tmp_path / "o", model))
    assert made.kind is DerivationKind.QUANTISED
    assert "model.layers.1.input_layernorm.weight of the reference has no counterpart" in (
        made.sentence
    )
