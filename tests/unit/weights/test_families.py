# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The family files against the tensors that the real implementations write.

The expected roles were written down by hand from the published architectures, after the
families had first been run on the fixtures. ``families/generate.py`` says where those are
from.
"""

import json
import re
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from pydantic import ValidationError

from audit.formats.tensors import TensorHeader
from audit.weights.model import families
from audit.weights.model.layout import describe
from audit.weights.model.slots import Layout, Slot, gains_after, gains_before
from tests.unit.weights.models import Tensors, save

FIXTURES = Path(__file__).parent / "families"
CASES = sorted(path.stem for path in FIXTURES.glob("*.json"))
UNEXPLAINED = "not explained"


@cache
def fixture(case: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((FIXTURES / f"{case}.json").read_text())
    return loaded


def tensors(case: str) -> Tensors:
    """Untrained values in the shapes of a fixture; what is no matrix is ones."""
    g = torch.Generator().manual_seed(len(case))
    return {name: torch.randn(s, generator=g) for name, s in fixture(case)["tensors"].items()}


def layout_of(case: str, folder: Path, **changed: object) -> Layout:
    return describe(save(folder / "m", tensors(case), {**fixture(case)["config"], **changed}))


def roles(layout: Layout) -> dict[str, int]:
    return dict(Counter(slot.role for slot in layout.slots))


def slot_at(layout: Layout, role: str, layer: int | None = 0, expert: int | None = None) -> Slot:
    (found,) = (s for s in layout.slots if (s.role, s.layer, s.expert) == (role, layer, expert))
    return found


# Two layers everywhere, three in the encoders of t5 and whisper.
ENDS = {"embed": 1, "norm.final": 1, "unembed": 1}
QKVO = {f"attn.{x}": 2 for x in "qkvo"}
GATED = {f"mlp.{x}": 2 for x in ("gate", "up", "down")}
THREE = {f"mlp.{x}": 6 for x in ("gate", "up", "down")}
SHARED = {f"mlp.shared.{x}": 2 for x in ("gate", "up", "down")}
PRE = {"norm.attn": 2, "norm.mlp": 2}
OUT = {"norm.attn.out": 2, "norm.mlp.out": 2}
LLAMA = ENDS | QKVO | GATED | PRE
GEMMA = {role: n for role, n in LLAMA.items() if role != "unembed"}
MIXTRAL = ENDS | QKVO | THREE | PRE | {"router": 2}
MLA = ENDS | PRE | {"attn.kv.a": 2, "attn.o": 2, "router": 1}
EXPERTS = {f"mlp.{x}": 9 for x in ("gate", "up", "down")}  # one dense layer, one of 8 experts
DEEPSEEK = MLA | EXPERTS | {f"mlp.shared.{x}": 1 for x in ("gate", "up", "down")}


def biased(counts: dict[str, int], *names: str) -> dict[str, int]:
    return counts | {f"{name}.bias": counts[name] for name in names}


PLAIN = {"mlp.up": 2, "mlp.down": 2}
GPT2 = {"embed": 1, "embed.position": 1, "norm.final": 1} | QKVO | PLAIN | PRE
NORMED = ("norm.attn", "norm.mlp", "norm.final")
WRITERS = ("attn.o", "mlp.down")
NEOX = ENDS | QKVO | PLAIN | PRE
BLOOM = {"embed": 1, "norm.embed": 1, "norm.final": 1} | QKVO | PLAIN | PRE
BERT_BODY = {"embed": 1, "embed.position": 1, "embed.type": 1, "norm.embed": 1} | QKVO | PLAIN | PRE
BERT = biased(BERT_BODY, "norm.embed", "norm.attn", "norm.mlp", "attn.o", "mlp.down")
DISTILBERT = {role: n for role, n in BERT.items() if role != "embed.type"}
VIT_BODY = {"embed.class": 1, "embed.position": 1, "norm.final": 1} | QKVO | PLAIN | PRE
VIT = biased(VIT_BODY, *NORMED, *WRITERS) | {"embed.patch.bias": 1}


CLIP_BODY = {"norm.final": 1, "embed.position": 1} | QKVO | PLAIN | PRE
CLIP_LAYERS = biased(CLIP_BODY, *NORMED, *WRITERS) | {"projection": 1}
CLIP_VISION = biased(CLIP_LAYERS | {"norm.embed": 1}, "norm.embed") | {"embed.class": 1}
CLIP_TEXT = CLIP_LAYERS | {"embed": 1}
"""A stack alone has the roles that every model has."""

T5_ENCODER = {f"encoder.attn.{x}": 3 for x in "qkvo"} | {
    "encoder.mlp.up": 3,
    "encoder.mlp.down": 3,
    "encoder.norm.attn": 3,
    "encoder.norm.mlp": 3,
    "encoder.norm.final": 1,
    "embed": 1,
}
T5_DECODER = {f"decoder.{kind}.{x}": 2 for kind in ("attn", "cross") for x in "qkvo"} | {
    "decoder.mlp.up": 2,
    "decoder.mlp.down": 2,
    "decoder.norm.attn": 2,
    "decoder.norm.cross": 2,
    "decoder.norm.mlp": 2,
    "decoder.norm.final": 1,
}
T5 = T5_ENCODER | T5_DECODER
T5_GATED = T5 | {"encoder.mlp.gate": 3, "decoder.mlp.gate": 2}
WHISPER_BODY = {role: n for role, n in T5.items() if role != "embed"}
WHISPER_BIASED = [role for role in WHISPER_BODY if "norm" in role or role.endswith((".o", ".down"))]
WHISPER = biased(WHISPER_BODY, *WHISPER_BIASED)
WHISPER |= {"embed": 1, "embed.position": 1, "encoder.conv.out.bias": 1}

EXPECTED: dict[str, tuple[str, int, dict[str, int]]] = {
    "llama": ("llama", 48, LLAMA),
    "llama-biased": ("llama", 48, biased(LLAMA, "attn.o")),
    "llama-classifier": ("llama", 48, GEMMA | {"classifier": 1}),
    "mistral": ("mistral", 48, LLAMA),
    "mixtral": ("mixtral", 48, MIXTRAL),
    "mixtral-packed": ("mixtral", 48, MIXTRAL),
    "qwen2": ("qwen2", 48, LLAMA),
    "qwen2_5_vl": ("qwen2", 48, LLAMA),
    "qwen2_moe": ("qwen2_moe", 48, MIXTRAL | SHARED | {"router.shared": 2}),
    "qwen2_moe-packed": ("qwen2_moe", 48, MIXTRAL | SHARED | {"router.shared": 2}),
    "qwen3": ("qwen3", 48, LLAMA),
    "qwen3_moe": ("qwen3_moe", 48, MIXTRAL),
    "qwen3_moe-packed": ("qwen3_moe", 48, MIXTRAL),
    "pangu_pro_moe": ("pangu_pro_moe", 48, biased(MIXTRAL | SHARED, "attn.o")),
    "deepseek_v2": ("deepseek_v2", 48, DEEPSEEK | {"attn.q.a": 2}),
    "deepseek_v2-lite": ("deepseek_v2", 48, DEEPSEEK | {"attn.q": 2}),
    "deepseek_v3": ("deepseek_v3", 48, biased(DEEPSEEK | {"attn.q.a": 2}, "attn.o")),
    "deepseek_v3-packed": ("deepseek_v3", 48, DEEPSEEK | {"attn.q.a": 2}),
    "gemma": ("gemma", 48, GEMMA),
    "gemma2": ("gemma2", 48, GEMMA | OUT),
    "gemma3": ("gemma3", 48, GEMMA | OUT),
    "gemma3-vision": ("gemma3", 48, GEMMA | OUT),
    "phi3": ("phi3", 48, LLAMA),
    "olmo2": ("olmo2", 48, ENDS | QKVO | GATED | OUT),
    "gpt2": ("gpt2", 48, biased(GPT2, *NORMED, *WRITERS)),
    "gpt_neox": ("gpt_neox", 48, biased(NEOX, *NORMED, *WRITERS)),
    "bloom": ("bloom", 48, biased(BLOOM, "norm.embed", *NORMED, *WRITERS)),
    "bert": ("bert", 48, BERT | {"pooler": 1, "mlm.dense": 1}),
    "bert-classifier": ("bert", 48, BERT | {"pooler": 1}),
    "bert-answers": ("bert", 48, BERT | {"answer": 1}),
    "roberta": ("roberta", 48, BERT | {"mlm.dense": 1}),
    "roberta-classifier": ("roberta", 48, BERT | {"pooler": 1}),
    "distilbert": ("distilbert", 48, DISTILBERT | {"mlm.dense": 1}),
    "distilbert-classifier": ("distilbert", 48, DISTILBERT | {"pooler": 1}),
    "t5": ("t5", 48, T5),
    "t5-gated": ("t5", 48, T5_GATED | {"unembed": 1}),
    "t5-gated-5.23.0": ("t5", 48, T5_GATED),
    "t5-encoder": ("t5", 48, {r.removeprefix("encoder."): n for r, n in T5_ENCODER.items()}),
    "whisper": ("whisper", 48, WHISPER),
    "vit": ("vit", 56, VIT | {"classifier": 1}),
    "vit-pooled": ("vit", 56, VIT | {"pooler": 1}),
    "clip": ("clip", 56, CLIP_VISION),
    "clip-vision": ("clip", 56, CLIP_VISION),
    "clip-text": ("clip", 40, CLIP_TEXT),
}
EXPECTED |= {
    "gguf-llama": ("gguf_llama", 48, LLAMA),
    "gguf-qwen2": ("gguf_qwen2", 48, LLAMA),
    "gguf-qwen2moe": ("gguf_qwen2", 48, MIXTRAL | SHARED | {"router.shared": 2}),
    "gguf-qwen3": ("gguf_qwen2", 48, LLAMA),
}
MTP_LAYER = {"attn.q.a": 1, "attn.kv.a": 1, "attn.o": 1, "router": 1, "norm.attn": 1, "norm.mlp": 1}
MTP_LAYER |= {f"mlp.{x}": 8 for x in ("gate", "up", "down")}
MTP_LAYER |= {f"mlp.shared.{x}": 1 for x in ("gate", "up", "down")}
MTP_LAYER |= {"embed.next": 1, "unembed.next": 1, "norm.next.final": 1}
MTP_LAYER |= {"norm.next.embed": 1, "norm.next.stream": 1}
RELEASED = DEEPSEEK | {"attn.q.a": 2} | {f"mtp.{role}": n for role, n in MTP_LAYER.items()}
EXPECTED["deepseek_v3-released"] = ("deepseek_v3", 48, RELEASED)


def test_every_fixture_has_its_truth_and_every_family_a_fixture() -> None:
    assert sorted(EXPECTED) == CASES
    assert {family for family, _, _ in EXPECTED.values()} == {f.family for f in families.load()}


@pytest.mark.parametrize("case", CASES)
def test_the_family_explains_every_tensor(case: str, tmp_path: Path) -> None:
    family, width, expected = EXPECTED[case]
    layout = layout_of(case, tmp_path)
    assert (layout.family, layout.width, layout.inferred) == (family, width, False)
    assert roles(layout) == expected
    there = set(fixture(case)["tensors"])
    named = {slot.header.name for slot in layout.slots} | set(layout.unused)
    scales = {f"{name}_scale_inv" for name in named}  # read with the codes that they scale
    assert named | (scales & there) == there
    assert not [n for n, reason in layout.unused.items() if UNEXPLAINED in reason]


@pytest.mark.parametrize("case", CASES)
def test_the_residual_axis_is_as_wide_as_the_stream(case: str, tmp_path: Path) -> None:
    layout = layout_of(case, tmp_path)
    for slot in layout.slots:
        assert slot.shape[slot.hidden_axis] == layout.width, slot.header.name


@pytest.mark.parametrize("case", CASES)
def test_no_two_slots_stand_at_one_place(case: str, tmp_path: Path) -> None:
    slots = layout_of(case, tmp_path).slots
    places = Counter((s.role, s.layer, s.expert) for s in slots)
    assert not [place for place, n in places.items() if n > 1]


@pytest.mark.parametrize("case", CASES)
def test_a_role_has_one_component_and_components_are_named_for_their_stack(
    case: str, tmp_path: Path
) -> None:
    layout = layout_of(case, tmp_path)
    component = {slot.role: slot.component for slot in layout.slots}
    assert len({(s.role, s.component) for s in layout.slots}) == len(component)
    for role, name in component.items():
        stack, _, kind = role.partition(".")
        if stack in ("encoder", "decoder", "vision", "text") and "embed" not in role:
            assert name == "head" or name.startswith(f"{stack}-")
        elif stack == "mtp":
            assert name == "multi-token-prediction"
        elif stack == "attn":
            assert name == "attention"
        elif stack == "mlp":
            assert name == "feed-forward"
        elif stack == "embed" or kind == "embed":
            assert name == "embeddings"


WITHOUT_RESIDUAL_AXIS = {
    "qwen2": {"self_attn.q_proj.bias", "self_attn.k_proj.bias", "self_attn.v_proj.bias"},
    "qwen3": {"self_attn.q_norm.weight", "self_attn.k_norm.weight"},
    "gemma3": {"self_attn.q_norm.weight", "self_attn.k_norm.weight"},
    "olmo2": {"self_attn.q_norm.weight", "self_attn.k_norm.weight"},
    "deepseek_v2": {
        "self_attn.q_b_proj.weight",
        "self_attn.kv_b_proj.weight",
        "self_attn.q_a_layernorm.weight",
        "self_attn.kv_a_layernorm.weight",
    },
    "gpt2": {"attn.c_attn.bias", "mlp.c_fc.bias"},
    "pangu_pro_moe": {
        "self_attn.q_proj.bias",
        "self_attn.k_proj.bias",
        "self_attn.v_proj.bias",
        "mlp.router_scale",
    },
}


@pytest.mark.parametrize("case", sorted(WITHOUT_RESIDUAL_AXIS))
def test_what_is_inside_a_head_has_no_residual_axis(case: str, tmp_path: Path) -> None:
    unused = layout_of(case, tmp_path).unused
    assert {name.split(".", 3)[3] for name in unused} == WITHOUT_RESIDUAL_AXIS[case]
    assert set(unused.values()) == {"has no residual axis"}


@pytest.mark.parametrize(
    ("case", "role", "axis"),
    [
        ("llama", "attn.q", 1),
        ("llama", "attn.o", 0),
        ("llama", "mlp.down", 0),
        ("llama", "embed", 1),
        ("gpt2", "attn.q", 0),
        ("gpt2", "attn.o", 1),
        ("gpt2", "mlp.up", 0),
        ("gpt2", "mlp.down", 1),
        ("gpt2", "embed", 1),
        ("deepseek_v3", "attn.kv.a", 1),
        ("deepseek_v3", "attn.o", 0),
        ("t5", "decoder.cross.k", 1),
        ("t5", "encoder.mlp.down", 0),
        ("vit", "embed.position", 1),
    ],
)
def test_the_residual_axis_is_where_the_implementation_has_it(
    case: str, role: str, axis: int, tmp_path: Path
) -> None:
    slots = [s for s in layout_of(case, tmp_path).slots if s.role == role]
    assert slots
    assert {s.hidden_axis for s in slots} == {axis}


@pytest.mark.parametrize(
    ("case", "role", "heads"),
    [
        ("llama", "attn.v", 2),
        ("gpt_neox", "attn.v", 4),
        ("bloom", "attn.v", 4),
        ("llama", "attn.k", None),
        ("llama", "attn.o", None),
        ("phi3", "attn.v", 2),
        ("gpt2", "attn.v", 4),
        ("bert", "attn.v", 4),
        ("distilbert", "attn.v", 4),
        ("gemma3-vision", "attn.v", 2),
        ("qwen2_5_vl", "attn.v", 2),
        ("t5", "decoder.attn.v", 4),
        ("whisper", "encoder.attn.v", 4),
        ("whisper", "decoder.cross.v", 6),
        ("clip", "attn.v", 7),
        ("clip-text", "attn.v", 4),
    ],
)
def test_value_heads_are_counted_from_the_right_object(
    case: str, role: str, heads: int | None, tmp_path: Path
) -> None:
    assert slot_at(layout_of(case, tmp_path), role).value_heads == heads


@pytest.mark.parametrize(
    ("case", "readers"),
    [
        ("llama", {"mlp.gate", "mlp.up"}),
        ("gpt2", {"mlp.up"}),
        ("phi3", {"mlp.gate", "mlp.up"}),
        ("whisper", {"encoder.mlp.up", "decoder.mlp.up"}),
    ],
)
def test_only_readers_count_as_rows_of_neurons(
    case: str, readers: set[str], tmp_path: Path
) -> None:
    assert {s.role for s in layout_of(case, tmp_path).slots if s.neuron_rows} == readers


def test_each_tower_is_described_by_its_own_object(tmp_path: Path) -> None:
    text = {name: t for name, t in tensors("clip").items() if name.startswith("text_")}
    layout = describe(save(tmp_path / "m", text, fixture("clip")["config"]))
    assert layout.width == 40
    assert slot_at(layout, "attn.v").value_heads == 4


def test_unused_tensors_say_why(tmp_path: Path) -> None:
    whisper = layout_of("whisper", tmp_path / "whisper")
    assert whisper.unused["model.encoder.conv2.weight"] == "has no exchangeable other axis"
    assert whisper.unused["model.encoder.embed_positions.weight"] == "a fixed table"
    vit = layout_of("vit", tmp_path / "vit").unused
    patches = "vit.embeddings.patch_embeddings.projection.weight"
    assert vit[patches] == "has no exchangeable other axis"
    clip = layout_of("clip", tmp_path / "clip").unused
    assert clip["logit_scale"] == "has no residual axis"
    assert clip["text_projection.weight"] == "second residual stream (text) is not compared yet"
    released = layout_of("deepseek_v3-released", tmp_path / "v3").unused
    assert released["model.layers.2.eh_proj.weight"] == "both axes lie on the residual stream"
    assert "model.layers.0.mlp.up_proj.weight_scale_inv" not in released  # read with its codes


def test_layers_after_the_last_do_not_count_as_layers(tmp_path: Path) -> None:
    layout = layout_of("deepseek_v3-released", tmp_path)
    assert layout.layers == 2
    assert {s.layer for s in layout.slots if s.role.startswith("mtp.")} == {0}


def test_encoder_and_decoder_count_their_own_layers(tmp_path: Path) -> None:
    layout = layout_of("t5", tmp_path)
    for side, layers in (("encoder", {0, 1, 2}), ("decoder", {0, 1})):
        found = {s.layer for s in layout.slots if s.role.startswith(f"{side}.attn")}
        assert found == layers


def test_fixed_positions_of_an_encoder_label_the_residual_axis(tmp_path: Path) -> None:
    assert "sinusoidal" in (layout_of("whisper", tmp_path / "w").labelled_axis or "")
    assert layout_of("distilbert", tmp_path / "d").labelled_axis is None
    fixed = layout_of("distilbert", tmp_path / "f", sinusoidal_pos_embds=True)
    assert fixed.labelled_axis is not None
    nested = {**fixture("gemma3-vision")["config"]["text_config"], "positions": "sinusoidal"}
    assert layout_of("gemma3-vision", tmp_path / "g", text_config=nested).labelled_axis is not None


MEASURED = [case for case in CASES if "norms" in fixture(case)]
NOT_MEASURED = {
    "classifier",  # of language models, measured on llama alone
    "text.projection",  # the implementation copies the one position that it projects
}


@pytest.mark.parametrize("case", MEASURED)
def test_norms_act_as_they_do_in_the_running_model(case: str, tmp_path: Path) -> None:
    measured, layout = fixture(case)["norms"], layout_of(case, tmp_path)
    assert layout.norms is not None
    assert (layout.norms.offset, layout.norms.centred) == (measured["offset"], measured["centred"])
    slots = {s.header.name: s for s in layout.slots}
    for side, gains in (("before", gains_before(layout)), ("after", gains_after(layout))):
        for matrix, gain in measured[side].items():
            if {matrix, gain} <= set(slots) and not _follows_the_last_post_norm(layout, matrix):
                assert gains[slots[matrix]].header.name == gain


def _follows_the_last_post_norm(layout: Layout, matrix: str) -> bool:
    """Where the stream is normalised, only the last gain, outside any sum, can be folded."""
    assert layout.norms is not None
    outside = all(s.layer is None for s in layout.slots if s.header.name == matrix)
    return not layout.norms.before and outside


@pytest.mark.parametrize("family", [f.family for f in families.load()])
def test_every_declared_gain_was_seen_to_act(family: str, tmp_path: Path) -> None:
    seen: set[tuple[str, str]] = set()
    declared: set[tuple[str, str]] = set()
    present: set[str] = set()
    for case in (c for c in MEASURED if EXPECTED[c][0] == family):
        layout, norms = layout_of(case, tmp_path / case), fixture(case)["norms"]
        assert layout.norms is not None
        sides = {"before": layout.norms.before, "after": layout.norms.after}
        declared |= {(side, role) for side, roles in sides.items() for role in roles}
        present |= {s.role for s in layout.slots}
        seen |= {
            (side, s.role) for side in sides for s in layout.slots if s.header.name in norms[side]
        }
    unseen = {role for _, role in declared - seen if role in present}
    assert unseen <= NOT_MEASURED


def test_pangu_pro_moe_at_its_published_size(tmp_path: Path) -> None:
    """48 layers, 64 experts, width 5120: the 72 billion parameters that were published."""
    sizes = {48: 5120, 24: 1024, 99: 153376, 20: 1344, 28: 5376, 3: 64, 1: 1}
    headers = [
        TensorHeader(
            name=name.replace("layers.0.", f"layers.{layer}.").replace(
                "experts.0.", f"experts.{e}."
            ),
            file="model.safetensors",
            dtype="BF16",
            shape=tuple(sizes[size] for size in shape),
        )
        for name, shape in fixture("pangu_pro_moe")["tensors"].items()
        if "layers.1." not in name and not re.search(r"experts\.[12]\.", name)
        for layer in range(48 if "layers.0." in name else 1)
        for e in range(64 if "experts.0." in name else 1)
    ]
    config = {**fixture("pangu_pro_moe")["config"], "num_attention_heads": 40}
    small = save(tmp_path / "m", {"w": torch.ones(2)}, {**config, "num_key_value_heads": 8})
    layout = describe(replace(small, tensors=tuple(headers)))
    assert (layout.family, layout.width, layout.layers) == ("pangu_pro_moe", 5120, 48)
    assert round(layout.parameters / 1e9, 2) == 71.99
    assert slot_at(layout, "attn.v", 47).value_heads == 8
    assert sum(s.role == "mlp.up" for s in layout.slots) == 48 * 64
    assert not [n for n, reason in layout.unused.items() if UNEXPLAINED in reason]


@pytest.mark.parametrize(
    "declared",
    [
        [{"kind": "hidden-reflection"}],
        [{"kind": "hidden-permutation"}],
        [{"kind": "hidden-permutation", "sign": "some"}],
        [{"kind": "value-mixing", "sign": "any"}],
        [{"kind": "value-mixing"}, {"kind": "value-mixing"}],
    ],
    ids=["unknown", "without its terms", "other terms", "terms of another", "twice"],
)
def test_a_symmetry_is_declared_in_its_own_words_or_not_at_all(
    declared: list[dict[str, str]],
) -> None:
    family = families.load()[0].model_dump()
    assert families.Family.model_validate(family)
    with pytest.raises(ValidationError, match=r"symmetries|twice"):
        families.Family.model_validate({**family, "symmetries": declared})
