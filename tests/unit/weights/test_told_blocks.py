# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Feed-forward and attention layers of models that no family file describes."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from audit.record.weights import Relation
from audit.weights.comparison import compare
from audit.weights.model.layout import describe
from audit.weights.model.slots import Layout, Slot
from tests.unit.weights.models import Tensors, child, save

WIDTH, NEURONS, LAYERS = 48, 96, 3
ATTENTION = {"attn.q", "attn.k", "attn.v", "attn.o"}


def torch_encoder(seed: int) -> Tensors:
    """What the library's own encoder stores, whose query, key and value are one matrix."""
    torch.manual_seed(seed)
    layer = torch.nn.TransformerEncoderLayer(WIDTH, 4, NEURONS)
    encoder = torch.nn.TransformerEncoder(layer, LAYERS, enable_nested_tensor=False)
    drawn = {k: torch.randn_like(v) * 0.1 for k, v in encoder.state_dict().items()}
    return {f"stack.encoder.{k}": v for k, v in drawn.items()}


def _model(seed: int, names: dict[str, str], shapes: dict[str, tuple[int, ...]]) -> Tensors:
    g = torch.Generator().manual_seed(seed)
    return {
        names[key].format(layer=layer): torch.randn(shape, generator=g) * 0.1
        for layer in range(LAYERS)
        for key, shape in shapes.items()
    }


SHAPES: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("q", "k", "v", "o"), (WIDTH, WIDTH)),
    **{"up": (NEURONS, WIDTH), "up_bias": (NEURONS,), "down": (WIDTH, NEURONS)},
    **{"down_bias": (WIDTH,), "norm1": (WIDTH,), "norm2": (WIDTH,)},
}


def fairseq(seed: int) -> Tensors:
    """Square matrices by the names of fairseq, ESM and their heirs."""
    at = "encoder.sentence_encoder.layers.{layer}."
    names = {part: f"{at}self_attn.{part}_proj.weight" for part in "qkv"} | {
        "o": at + "self_attn.out_proj.weight",
        "up": at + "fc1.weight",
        "up_bias": at + "fc1.bias",
        "down": at + "fc2.weight",
        "down_bias": at + "fc2.bias",
        "norm1": at + "self_attn_layer_norm.weight",
        "norm2": at + "final_layer_norm.weight",
    }
    return _model(seed, names, SHAPES)


def timm(seed: int) -> Tensors:
    """One matrix of three parts, and a projection, by the names of timm's transformers."""
    at = "blocks.{layer}."
    names = {
        "qkv": at + "attn.qkv.weight",
        "o": at + "attn.proj.weight",
        "up": at + "mlp.fc1.weight",
        "up_bias": at + "mlp.fc1.bias",
        "down": at + "mlp.fc2.weight",
        "down_bias": at + "mlp.fc2.bias",
        "norm1": at + "norm1.weight",
        "norm2": at + "norm2.weight",
    }
    shapes = {k: v for k, v in SHAPES.items() if k not in "qkv"} | {"qkv": (3 * WIDTH, WIDTH)}
    return _model(seed, names, shapes)


def haiku(seed: int) -> Tensors:
    """Stored input first, by the names of haiku and its heirs."""
    at = "transformer/h.{layer}/"
    names = {part: f"{at}mha/{word}/w" for part, word in zip("qkv", _WORDS, strict=True)} | {
        "o": at + "mha/output/w",
        "up": at + "mlp/linear/w",
        "up_bias": at + "mlp/linear/b",
        "down": at + "mlp/linear_1/w",
        "down_bias": at + "mlp/linear_1/b",
        "norm1": at + "layer_norm/scale",
        "norm2": at + "layer_norm_1/scale",
    }
    shapes = SHAPES | {"up": (WIDTH, NEURONS), "down": (NEURONS, WIDTH)}
    return _model(seed, names, shapes)


_WORDS = ("query", "key", "value")
MADE = [torch_encoder, fairseq, timm, haiku]


def _by_role(slots: tuple[Slot, ...]) -> dict[str, Slot]:
    return {slot.role: slot for slot in slots if slot.layer == 0}


@pytest.mark.parametrize("make", MADE)
def test_blocks_of_known_libraries_are_told(make: Callable[[int], Tensors], tmp_path: Path) -> None:
    config = {"encoder": {"nhead": 4}}
    layout = describe(save(tmp_path / "m", make(0), config=config))
    found = _by_role(layout.slots)
    assert found.keys() >= {*ATTENTION, "mlp.up", "mlp.down"}
    assert found["attn.v"].value_heads == 4
    assert {found[role].shape for role in ATTENTION} == {(WIDTH, WIDTH)}
    turned = make is haiku
    assert [found[r].hidden_axis for r in ("attn.q", "attn.o", "mlp.up", "mlp.down")] == (
        [0, 1, 0, 1] if turned else [1, 0, 1, 0]
    )
    assert found["mlp.up"].neuron_rows


@pytest.mark.parametrize("make", MADE)
def test_a_stranger_is_cleared_and_a_child_is_not(
    make: Callable[[int], Tensors], tmp_path: Path
) -> None:
    config = {"num_heads": 4}
    one, other = (save(tmp_path / str(seed), make(seed), config=config) for seed in (1, 2))
    trained = save(tmp_path / "child", child(make(1), noise=0.3), config=config)
    assert not compare(one, other).relation.is_lineage
    assert compare(trained, one).relation in (Relation.DERIVED, Relation.INCONCLUSIVE)
    assert (compare(trained, one).log10_p or 0) < -20


def test_a_gated_block_needs_no_bias(tmp_path: Path) -> None:
    names = {name: "layers.{layer}." + name for name in ("a", "b", "c", "norm.weight")}
    shapes = {
        "a": (NEURONS, WIDTH),
        "b": (WIDTH, NEURONS),
        "c": (NEURONS, WIDTH),
        "norm.weight": (WIDTH,),
    }
    layout = describe(save(tmp_path / "m", _model(0, names, shapes), config={}))
    roles = {slot.header.name: slot.role for slot in layout.slots if slot.layer == 1}
    assert roles["layers.1.a"] == "mlp.gate"
    assert roles["layers.1.c"] == "mlp.up"
    assert roles["layers.1.b"] == "mlp.down"


def test_two_matrices_without_a_bias_are_told_by_their_words_or_in_doubt(tmp_path: Path) -> None:
    plain = {k: v for k, v in fairseq(0).items() if not k.endswith("bias")}
    layout = describe(save(tmp_path / "told", plain, config={}))
    assert {s.role for s in layout.slots if ".fc1." in s.header.name} == {"mlp.up"}
    plain = {k.replace("fc1", "one").replace("fc2", "two"): v for k, v in plain.items()}
    layout = describe(save(tmp_path / "m", plain, config={}))
    assert not {slot.role for slot in layout.slots} & {"mlp.up", "mlp.down", *ATTENTION}


def _another_attention(name: str) -> Tensors:
    return {
        key.replace("self_attn", name): torch.randn(value.shape)
        for key, value in fairseq(0).items()
        if "self_attn." in key
    }


def _places(layout: Layout, role: str) -> list[int | None]:
    return [slot.layer for slot in layout.slots if slot.role == role]


def test_a_second_attention_of_a_layer_has_a_place_of_its_own(tmp_path: Path) -> None:
    model = fairseq(0) | _another_attention("encoder_attn")
    layout = describe(save(tmp_path / "m", model, config={}))
    for role in ATTENTION:
        assert sorted(_places(layout, role)) == list(range(2 * LAYERS))
    names = {
        (s.layer, s.header.name.rsplit(".", 3)[1]) for s in layout.slots if s.role in ATTENTION
    }
    assert len(names) == 2 * LAYERS


def test_two_attentions_in_one_module_are_in_doubt(tmp_path: Path) -> None:
    more = {
        key.replace("q_proj", "query").replace("k_proj", "key").replace("v_proj", "value"): value
        for key, value in _another_attention("self_attn").items()
        if "out_proj" not in key
    }
    layout = describe(save(tmp_path / "m", fairseq(0) | more, config={}))
    assert not {slot.role for slot in layout.slots} & ATTENTION
    sides = {slot.hidden_axis for slot in layout.slots if "out_proj" in slot.header.name}
    assert sides == {0}


def test_keys_of_positions_are_no_second_attention(tmp_path: Path) -> None:
    more = {
        f"encoder.sentence_encoder.layers.{i}.self_attn.relative_k_proj.weight": torch.randn(
            WIDTH, WIDTH
        )
        for i in range(LAYERS)
    }
    layout = describe(save(tmp_path / "m", fairseq(0) | more, config={}))
    assert sorted(_places(layout, "attn.k")) == list(range(LAYERS))
    assert not any("relative" in s.header.name for s in layout.slots if s.role in ATTENTION)


def test_an_encoder_and_a_decoder_have_layers_of_their_own(tmp_path: Path) -> None:
    def renamed(seed: int, to: str) -> Tensors:
        return {k.replace("encoder.sentence_encoder", to): v for k, v in fairseq(seed).items()}

    model = renamed(0, "encoder") | renamed(1, "decoder")
    layout = describe(save(tmp_path / "m", model, config={}))
    for role in (*ATTENTION, "mlp.up", "mlp.down"):
        assert sorted(_places(layout, role)) == list(range(2 * LAYERS))
    first = {s.header.name.split(".")[0] for s in layout.slots if (s.layer or 0) < LAYERS}
    assert first == {"decoder"}


def test_a_matrix_that_reads_several_streams_is_no_gate(tmp_path: Path) -> None:
    """One that has a bias as wide as the stream does not count the neurons beside it."""
    at = "encoder.sentence_encoder.layers.{}."
    more = {at.format(i) + "message.weight": torch.randn(WIDTH, NEURONS) for i in range(LAYERS)}
    more |= {at.format(i) + "message.bias": torch.randn(WIDTH) for i in range(LAYERS)}
    model = {
        k.replace("fc1", "dense.fc1").replace("fc2", "dense.fc2"): v for k, v in fairseq(0).items()
    }
    layout = describe(save(tmp_path / "m", model | more, config={}))
    assert sorted(_places(layout, "mlp.up")) == list(range(LAYERS))
    assert not _places(layout, "mlp.gate")


def test_squares_without_words_are_compared_as_they_stand(tmp_path: Path) -> None:
    at = "encoder.sentence_encoder.layers.{}.mixer.weight"
    more = {at.format(i): torch.randn(WIDTH, WIDTH) for i in range(LAYERS)}
    layout = describe(save(tmp_path / "m", fairseq(0) | more, config={}))
    mixers = [s for s in layout.slots if "mixer" in s.header.name]
    assert [s.layer for s in mixers] == list(range(LAYERS))
    assert not {s.role for s in mixers} & ATTENTION


def test_what_no_test_follows_clears_nobody(tmp_path: Path) -> None:
    """All but the mixers is of another model; their units were reordered, and trained a little."""

    def mixers(seed: int) -> Tensors:
        g = torch.Generator().manual_seed(seed)
        at = "encoder.sentence_encoder.layers.{}.mix{}.weight"
        return {
            at.format(i, n): torch.randn(WIDTH, WIDTH, generator=g) * 0.1
            for i in range(LAYERS)
            for n in range(3)
        }

    g = torch.Generator().manual_seed(5)
    moved = {
        name: value[torch.randperm(WIDTH, generator=g)][:, torch.randperm(WIDTH, generator=g)]
        for name, value in child(mixers(1), noise=0.05).items()
    }
    reference = save(tmp_path / "r", fairseq(1) | mixers(1), config={"num_heads": 4})
    for name, mine in {"child": moved, "stranger": mixers(2)}.items():
        suspect = save(tmp_path / name, fairseq(2) | mine, config={"num_heads": 4})
        found = compare(suspect, reference)
        assert found.relation is Relation.INCONCLUSIVE
        assert "in the stored order alone" in str(found.summary)


@pytest.mark.parametrize("nested", ["a." * 3000, "b."], ids=["deep", "chain"])
def test_names_of_many_modules_end_in_a_layout(nested: str, tmp_path: Path) -> None:
    more = {
        f"encoder.sentence_encoder.layers.0.{nested * (i if nested == 'b.' else 1)}c{i}.weight": (
            torch.zeros(WIDTH, 2)
        )
        for i in range(1, 1200 if nested == "b." else 6)
    }
    layout = describe(save(tmp_path / "m", fairseq(0) | more, config={}))
    assert sorted(_places(layout, "mlp.up")) == list(range(LAYERS))


def test_experts_are_blocks_of_their_own(tmp_path: Path) -> None:
    names = {
        f"{part}{expert}": f"layers.{{layer}}.experts.{expert}.{part}"
        for expert in range(2)
        for part in ("w1.weight", "w2.weight", "w3.weight")
    }
    shapes = {k: (WIDTH, NEURONS) if "w2" in k else (NEURONS, WIDTH) for k in names}
    model = _model(0, names, shapes) | {f"layers.{i}.norm.weight": torch.rand(WIDTH) for i in "01"}
    layout = describe(save(tmp_path / "m", model, config={}))
    places = {(s.expert, s.role) for s in layout.slots if s.layer == 0 and len(s.shape) == 2}
    roles = ("mlp.gate", "mlp.up", "mlp.down")
    assert places == {(expert, role) for expert in (0, 1) for role in roles}


def test_where_one_side_hides_its_blocks_names_pair_both(tmp_path: Path) -> None:
    hidden = {k.replace("fc1.bias", "fc1.offset"): v for k, v in fairseq(1).items()}
    found = compare(
        save(tmp_path / "a", child(hidden, noise=0.2), config={}),
        save(tmp_path / "b", fairseq(1), config={}),
    )
    assert (found.log10_p or 0) < -20


def test_empty_matrices_are_no_attention(tmp_path: Path) -> None:
    empty = {
        name: torch.zeros(WIDTH, 0) if "out_proj" in name else torch.zeros(0, WIDTH)
        for name in fairseq(0)
        if "self_attn." in name
    }
    layout = describe(save(tmp_path / "m", fairseq(0) | empty, config={"num_heads": 4}))
    roles = {slot.role for slot in layout.slots}
    assert "mlp.up" in roles
    assert not roles & ATTENTION


def test_two_blocks_in_a_layer_have_places_of_their_own(tmp_path: Path) -> None:
    more = {
        "encoder.sentence_encoder.layers.0.side1.weight": torch.randn(64, WIDTH),
        "encoder.sentence_encoder.layers.0.side1.bias": torch.randn(64),
        "encoder.sentence_encoder.layers.0.side2.weight": torch.randn(WIDTH, 64),
    }
    layout = describe(save(tmp_path / "m", fairseq(0) | more, config={}))
    assert sorted(_places(layout, "mlp.up")) == list(range(LAYERS + 1))
    (side,) = [s for s in layout.slots if "side1" in s.header.name]
    assert side.layer == LAYERS


def test_names_of_its_own_clear_nobody(tmp_path: Path) -> None:
    """Dimensions reordered; every part is named as another, which a loader of its own undoes."""
    order = torch.randperm(WIDTH, generator=torch.Generator().manual_seed(3))
    swapped = {"fc1.bias": "fc2.bias", "fc2.bias": "fc1.bias"} | {
        f"{old}_proj": f"{new}_proj"
        for old, new in (("q", "out"), ("out", "k"), ("k", "v"), ("v", "q"))
    }
    suspect = {}
    for name, value in child(fairseq(1), noise=0.02).items():
        writes = value.ndim == 1 or "fc2.weight" in name or "out_proj" in name
        moved = (
            value
            if value.shape[0] != WIDTH and writes
            else (value[order] if writes else value[:, order])
        )
        new = next((name.replace(a, b) for a, b in swapped.items() if f".{a}" in name), name)
        suspect[new] = moved
    config = {"num_heads": 4}
    found = compare(
        save(tmp_path / "a", suspect, config=config),
        save(tmp_path / "b", fairseq(1), config=config),
    )
    assert found.relation is not Relation.NO_SHARED_WEIGHTS
