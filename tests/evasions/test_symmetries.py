# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Every symmetry that a family declares, made from its declaration and looked at.

That the real implementations ignore them is measured by
``tests/unit/weights/families/symmetric.py`` and stands in the fixtures.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch

from audit.weights.model import families
from audit.weights.model.symmetries import Symmetry
from tests.evasions.pieces import Checkpoint, NotFreeHereError, pieces
from tests.evasions.streams import fold, untie
from tests.evasions.symmetries import disguise

FIXTURES = Path(__file__).resolve().parents[1] / "unit" / "weights" / "families"
CASES = sorted(path.stem for path in FIXTURES.glob("*.json"))
EXACT = {
    "hidden-permutation",
    "neuron-permutation",
    "head-permutation",
    "expert-permutation",
    "vocabulary-permutation",
}
"""Renumberings, whose values come back to the last bit."""


@cache
def fixture(case: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((FIXTURES / f"{case}.json").read_text())
    return loaded


@cache
def checkpoint(case: str) -> Checkpoint:
    """Drawn values in the shapes of a fixture; no two are equal."""
    g = torch.Generator().manual_seed(len(case))
    known = fixture(case)
    config = {"n_group": 2, **known["config"]}
    tensors = {
        name: torch.randn(shape, generator=g, dtype=torch.double)
        for name, shape in known["tensors"].items()
    }
    declared = [f for f in families.load() if config["model_type"] in f.model_types]
    (family,) = (f for f in declared if f.prefix(tensors) is not None)
    return Checkpoint(family=family, config=config, tensors=tensors)


DECLARED = [
    pytest.param(case, symmetry, id=f"{case}-{symmetry.kind}")
    for case in CASES
    for symmetry in checkpoint(case).family.symmetries
]
NOT_FREE = {
    **dict.fromkeys(
        [(c, "hidden-rotation") for c in ("t5", "t5-gated-5.23.0", "t5-encoder")],
        "with one table the implementation also scales the output",
    ),
    ("clip-vision", "vocabulary-permutation"): "there is no embedding table",
    ("gguf-qwen3", "rotary-rotation"): "queries and keys are normalised",
    **dict.fromkeys(
        [(c, "expert-permutation") for c in ("gguf-llama", "gguf-qwen2", "gguf-qwen3")],
        "there are no experts",
    ),
    ("deepseek_v3-released", "hidden-rotation"): "layers.2.enorm.weight has nowhere to go",
}
"""Declared for a family, and not to be had in a checkpoint of it, with the reason."""


TOUCHES = {
    "neuron-permutation": {"inter"},
    "neuron-scaling": {"inter"},
    "head-permutation": {"head", "value"},
    "rotary-rotation": {"head"},
    "query-key-mixing": {"head"},
    "value-mixing": {"value"},
    "gain-rewriting": {"hidden"},
    "hidden-permutation": {"hidden", "class"},
    "hidden-rotation": {"hidden"},
    "vocabulary-permutation": {"vocab"},
    "expert-permutation": {"expert"},
}
"""An axis of these meanings is on every tensor that the symmetry may change."""
LETTERS = {
    "neuron-scaling": {"up", "down"},
    "rotary-rotation": {"q", "k"},
    "query-key-mixing": {"q", "k"},
    "value-mixing": {"v", "o"},
}
"""Where the axis alone does not tell: the last word of a role."""


@pytest.mark.parametrize(("case", "symmetry"), DECLARED)
def test_it_touches_what_it_should_and_can_be_undone(case: str, symmetry: Symmetry) -> None:
    if (case, symmetry.kind) in NOT_FREE:
        with pytest.raises(NotFreeHereError, match=NOT_FREE[case, symmetry.kind]):
            disguise(checkpoint(case), symmetry, 1)
        return
    hidden = disguise(checkpoint(case), symmetry, 1)
    start = checkpoint(case)
    if symmetry.kind == "hidden-rotation":
        start = fold(untie(start))
    _assert_nothing_else_changed(start, hidden, symmetry.kind)
    back = disguise(hidden, symmetry, 1, undo=True)
    assert set(back.tensors) == set(start.tensors)
    tolerance = 0 if symmetry.kind in EXACT else 1e-9
    for name, value in start.tensors.items():
        assert torch.allclose(back.tensors[name], value, atol=tolerance, rtol=tolerance), name


def _assert_nothing_else_changed(start: Checkpoint, hidden: Checkpoint, kind: str) -> None:
    after = {(p.name, p.role, p.expert): p.view for p in pieces(hidden)}
    changed = [p for p in pieces(start) if not torch.equal(p.view, after[p.name, p.role, p.expert])]
    assert changed
    for piece in changed:
        meanings = {*piece.axes, *(["expert"] if piece.expert is not None else [])}
        assert TOUCHES[kind] & meanings, piece.name
        assert piece.letter in LETTERS.get(kind, {piece.letter}), piece.name


MEASURED = [case for case in CASES if "symmetries" in fixture(case)]


@pytest.mark.parametrize("case", MEASURED)
def test_the_real_implementation_ignores_what_is_declared(case: str) -> None:
    """To single precision, in which some of them reckon their norms, and not by idleness:
    half of one matrix left as it was changes the outputs visibly.
    """
    measured = dict(fixture(case)["symmetries"])
    assert measured.pop("release").startswith("transformers ")
    assert list(measured) == [s.kind for s in checkpoint(case).family.symmetries]
    for kind, found in measured.items():
        if isinstance(found, str):
            assert (case, kind) in NOT_FREE or case == "t5-gated"
            continue
        whole, half = found
        assert whole < 1e-4, kind
        assert half > 1e-3, kind


NOT_MEASURED = {
    "pangu_pro_moe",  # no implementation at hand
    "gguf_llama",  # read by other programs
    "gguf_qwen2",
    "bloom",  # declares none: the gain after its table of words cannot be folded
}


def test_every_other_family_was_measured() -> None:
    seen = {checkpoint(case).family.family for case in MEASURED}
    assert seen | NOT_MEASURED == {f.family for f in families.load()}
