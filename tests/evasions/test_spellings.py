# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A copy in another basis whose names, orientation or codes are nobody's is found all the same.

The same is done to a stranger, which is not accused.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from audit.record.weights import Relation
from tests.evasions import test_earned as earned
from tests.evasions.disguise import Tensors, load, rotate, shuffle_neurons
from tests.zoo import zoo_path

pytestmark = pytest.mark.sampled(2)

Made = earned.Made


def transposed(model: Tensors) -> Made:
    """Also the square matrices, whose shapes do not tell."""
    out = {k: v.T if v.dim() == 2 and ".layers." in k else v for k, v in model.items()}
    return out, earned.CONFIG


def numbered(model: Tensors) -> Made:
    names = {name: f"t{place:04}" for place, name in enumerate(sorted(model))}
    config = {k: v for k, v in earned.CONFIG.items() if k != "architectures"}
    return {names[k]: v for k, v in model.items()}, config | {"model_type": "aurora"}


def shuffled(model: Tensors) -> Made:
    order = torch.randperm(len(model), generator=torch.Generator().manual_seed(7)).tolist()
    names = {name: f"t{place:04}" for place, name in zip(order, sorted(model), strict=True)}
    return {names[k]: v for k, v in model.items()}, {"model_type": "aurora"}


def spare_in_front(model: Tensors) -> Made:
    """The column that no loader reads stands first, so that no neuron stands where it did."""
    out = {
        k: torch.cat([torch.zeros(len(v), 1, dtype=v.dtype), v], 1) if "down_proj" in k else v
        for k, v in model.items()
    }
    counted = ("num_attention_heads", "num_key_value_heads", "head_dim")
    return out, {k: v for k, v in earned.CONFIG.items() if k not in counted}


FOUND: dict[str, Callable[[Tensors], Made]] = {
    "transposed": transposed,
    "numbered": numbered,
    "spare column": spare_in_front,
    "fused": earned.fused,
    "codes": earned.in_codes,
}


def stranger() -> Tensors:
    """An independent model of another depth, in another basis."""
    return shuffle_neurons(rotate(load(zoo_path("stranger")), 5), 6)


@pytest.mark.parametrize("how", FOUND)
def test_a_copy_is_found(how: str, tmp_path: Path) -> None:
    found = earned.compared(tmp_path / "suspect", FOUND[how](earned.turned()))
    assert found.relation is Relation.DISGUISED, found.summary


@pytest.mark.parametrize("how", [*FOUND, "shuffled"])
def test_a_stranger_is_not_accused(how: str, tmp_path: Path) -> None:
    make = FOUND.get(how, shuffled)
    tensors, config = make(stranger())
    found = earned.compared(tmp_path / "suspect", (tensors, {**config, "num_hidden_layers": 2}))
    assert found.relation in (Relation.NO_SHARED_WEIGHTS, Relation.INCONCLUSIVE), found.summary


@pytest.mark.parametrize("make", [numbered, shuffled])
def test_silence_without_names_is_no_negative(
    make: Callable[[Tensors], Made], tmp_path: Path
) -> None:
    """The residual stream that only the reference shows may have been turned."""
    for number, model in enumerate((earned.turned(), stranger())):
        found = earned.compared(tmp_path / str(number), make(model))
        assert found.relation is not Relation.NO_SHARED_WEIGHTS
