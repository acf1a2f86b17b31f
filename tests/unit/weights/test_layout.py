# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Roles and residual axes, by family file and by shape."""

import json
from pathlib import Path

import pytest
import torch

from audit.errors import RulesError
from audit.formats.tensors import TensorHeader
from audit.record.weights import Relation
from audit.weights.comparison import compare
from audit.weights.model import families
from audit.weights.model.checkpoint import Checkpoint, units
from audit.weights.model.layout import describe
from audit.weights.model.order import in_order
from audit.weights.rule.limits import unused_summary
from tests.unit.weights.models import CONFIG, Tensors, llama, save


def test_every_family_explains_its_anchors() -> None:
    for family in families.load():
        for stream, names in family.anchors.items():
            for name in names:
                match = family.match(name, "")
                assert match is not None
                assert match.rule.stream == stream
                assert match.rule.axes.count("hidden") == 1


def test_llama_is_mapped_whole(tmp_path: Path) -> None:
    layout = describe(save(tmp_path / "m", llama(0)))
    assert (layout.family, layout.width, layout.layers) == ("llama", 48, 3)
    assert not layout.unused
    down = next(s for s in layout.slots if s.role == "mlp.down")
    assert down.hidden_axis == 0
    value = next(s for s in layout.slots if s.role == "attn.v")
    assert value.value_heads == 2


@pytest.mark.parametrize("prefix", ["", "model.0.auto_model.", "language_model.model."])
def test_prefixes_of_exporters_do_not_matter(tmp_path: Path, prefix: str) -> None:
    renamed = {
        prefix + k.removeprefix("model.") if k.startswith("model.") else k: v
        for k, v in llama(0).items()
    }
    layout = describe(save(tmp_path / "m", renamed))
    assert layout.family == "llama"
    assert len(layout.slots) == len(renamed)


def test_a_missing_config_is_made_up_for_by_the_names(tmp_path: Path) -> None:
    inventory = save(tmp_path / "m", llama(0), config={})
    assert describe(inventory).family == "llama"


def test_unknown_architecture_uses_only_axes_beyond_doubt(tmp_path: Path) -> None:
    tensors = {
        "net.blocks.0.mix.weight": torch.randn(96, 48),
        "net.blocks.0.square.weight": torch.randn(48, 48),
        "net.blocks.0.norm.weight": torch.rand(48),
        "net.blocks.1.norm.weight": torch.rand(48),
        "net.blocks.0.other": torch.rand(48),
        "net.out.weight": torch.randn(10, 48),
        "net.codes": torch.ones(4, 48, dtype=torch.int8),
    }
    layout = describe(save(tmp_path / "m", tensors, config={"model_type": "novel"}))
    assert layout.inferred
    assert layout.width == 48
    assert {s.header.name for s in layout.slots} == {
        "net.blocks.0.mix.weight",
        "net.blocks.0.norm.weight",
        "net.blocks.1.norm.weight",
        "net.out.weight",
    }
    assert "ambiguous" in layout.unused["net.blocks.0.square.weight"]
    assert "packed" in layout.unused["net.codes"]
    assert any("ambiguous" in sentence for sentence in unused_summary(layout))


def test_without_norms_there_is_no_residual_width(tmp_path: Path) -> None:
    tensors = {"a.weight": torch.randn(32, 16), "b.weight": torch.randn(16, 32)}
    layout = describe(save(tmp_path / "m", tensors, config={}))
    assert layout.width is None
    assert layout.problem is not None


def test_sinusoidal_positions_label_the_residual_axis(tmp_path: Path) -> None:
    config = {**CONFIG, "position_embedding_type": "sinusoidal"}
    assert describe(save(tmp_path / "m", llama(0), config=config)).labelled_axis is not None


def test_a_family_file_with_an_unknown_key_names_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "odd.yaml").write_text("schema: 1\nfamily: odd\ncolour: red\n")
    monkeypatch.setattr("audit.resources.families", lambda: tmp_path)
    families.load.cache_clear()
    with pytest.raises(RulesError, match=r"odd\.yaml"):
        families.load()
    monkeypatch.undo()
    families.load.cache_clear()


def _shapes(case: str) -> dict[str, list[int]]:
    path = Path(__file__).parent / "families" / f"{case}.json"
    shapes: dict[str, list[int]] = json.loads(path.read_text())["tensors"]
    return shapes


def _random(case: str, seed: int = 0) -> Tensors:
    g = torch.Generator().manual_seed(seed)
    return {name: torch.randn(shape, generator=g) for name, shape in _shapes(case).items()}


def _config(model_type: str) -> dict[str, object]:
    return {**CONFIG, "model_type": model_type, "num_hidden_layers": 2}


def _fused(tensors: Tensors) -> Tensors:
    """The matrices of a Llama as Phi-3 stores them."""
    fused = dict(tensors)
    for i in range(2):
        p = f"model.layers.{i}."
        attention = [fused.pop(f"{p}self_attn.{x}_proj.weight") for x in "qkv"]
        fused[p + "self_attn.qkv_proj.weight"] = torch.cat(attention)
        gate_up = [fused.pop(f"{p}mlp.{x}_proj.weight") for x in ("gate", "up")]
        fused[p + "mlp.gate_up_proj.weight"] = torch.cat(gate_up)
    return fused


def test_parts_of_a_fused_tensor_hold_the_values_of_the_separate_ones(tmp_path: Path) -> None:
    separate = _random("llama")
    plain = save(tmp_path / "plain", separate, _config("llama"))
    fused = save(tmp_path / "fused", _fused(separate), _config("phi3"))
    roles = {(s.role, s.layer): s for s in describe(plain).slots}
    with Checkpoint(plain) as p, Checkpoint(fused) as f:
        for slot in describe(fused).slots:
            other = roles.pop((slot.role, slot.layer))
            assert units(slot) == units(other)
            assert torch.equal(f.rows(slot, 3, 9), p.rows(other, 3, 9))
            beyond = f.rows(slot, 0, 10_000)
            assert torch.equal(beyond, p.rows(other, 0, 10_000))
        assert f.bytes_read == p.bytes_read
    assert not roles


def test_parts_along_the_columns_are_read_as_rows(tmp_path: Path) -> None:
    tensors = _random("gpt2")
    inventory = save(tmp_path / "m", tensors, {"model_type": "gpt2", "n_head": 4})
    slot = next(s for s in describe(inventory).slots if (s.role, s.layer) == ("attn.k", 1))
    stored = tensors["transformer.h.1.attn.c_attn.weight"]
    with Checkpoint(inventory) as checkpoint:
        assert torch.equal(checkpoint.rows(slot, 0, 48), stored[:, 48:96].T)


def test_experts_in_one_tensor_are_slots_of_their_own(tmp_path: Path) -> None:
    tensors = _random("mixtral-packed")
    inventory = save(tmp_path / "m", tensors, _config("mixtral"))
    up = [s for s in describe(inventory).slots if (s.role, s.layer) == ("mlp.up", 0)]
    assert [s.expert for s in up] == [0, 1, 2]
    down = [s for s in describe(inventory).slots if (s.role, s.layer) == ("mlp.down", 1)]
    both = tensors["model.layers.0.mlp.experts.gate_up_proj"]
    with Checkpoint(inventory) as checkpoint:
        assert torch.equal(checkpoint.rows(up[2], 5, 12), both[2, 85:92])
        stored = tensors["model.layers.1.mlp.experts.down_proj"]
        assert torch.equal(checkpoint.rows(down[1], 5, 12), stored[1, :, 5:12].T)


def test_a_fused_copy_of_separate_matrices_is_a_copy(tmp_path: Path) -> None:
    separate = _random("llama")
    plain = save(tmp_path / "plain", separate, _config("llama"))
    fused = save(tmp_path / "fused", _fused(separate), _config("phi3"))
    for pair in ((plain, fused), (fused, plain)):
        found = compare(*pair)
        assert found.relation is Relation.COPY, found.summary
        assert found.coverage == 1.0


def test_a_fused_stranger_shares_nothing(tmp_path: Path) -> None:
    plain = save(tmp_path / "plain", _random("llama"), _config("llama"))
    fused = save(tmp_path / "fused", _fused(_random("llama", seed=1)), _config("phi3"))
    found = compare(plain, fused)
    assert found.relation not in {Relation.COPY, Relation.DERIVED, Relation.COMPONENT_REUSE}
    assert all(row.log10_p is None or row.log10_p > -4 for row in found.evidence)


def test_parts_need_the_number_of_heads(tmp_path: Path) -> None:
    tensors = _fused(_random("llama"))
    silent = describe(save(tmp_path / "a", tensors, {"model_type": "phi3"}))
    name = "model.layers.0.self_attn.qkv_proj.weight"
    assert "does not say how many heads" in silent.unused[name]
    lying = {**_config("phi3"), "num_attention_heads": 7, "num_key_value_heads": 3}
    assert "do not divide" in describe(save(tmp_path / "b", tensors, lying)).unused[name]
    hostile = {**_config("phi3"), "num_attention_heads": True, "num_key_value_heads": -2}
    assert "does not say" in describe(save(tmp_path / "c", tensors, hostile)).unused[name]


@pytest.mark.parametrize("shape", [(3, 160), (0, 160, 48), (3, 160, 47), (3, 2, 160, 48)])
def test_packed_experts_of_another_shape_say_why(tmp_path: Path, shape: tuple[int, ...]) -> None:
    name = "model.layers.0.mlp.experts.gate_up_proj"
    tensors = _random("mixtral-packed") | {name: torch.zeros(shape)}
    layout = describe(save(tmp_path / "m", tensors, _config("mixtral")))
    assert layout.unused[name]
    assert name not in {s.header.name for s in layout.slots}


@pytest.mark.parametrize("odd", [{"text_config": 3}, {"text_config": {}, "model_type": []}])
def test_an_odd_configuration_is_no_obstacle(tmp_path: Path, odd: dict[str, object]) -> None:
    layout = describe(save(tmp_path / "m", _random("llama"), {**_config("llama"), **odd}))
    assert layout.family == "llama"


def test_a_tied_output_table_is_not_counted_twice(tmp_path: Path) -> None:
    for tied, unembed in ((True, 0), (False, 1)):
        config = {**_config("llama"), "tie_word_embeddings": tied}
        layout = describe(save(tmp_path / str(tied), _random("llama"), config))
        assert sum(s.role == "unembed" for s in layout.slots) == unembed


def test_old_spellings_of_norms_are_known(tmp_path: Path) -> None:
    tensors = {
        k.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")
        for k in _shapes("bert")
    }
    shapes = _shapes("bert")
    old = {
        name: torch.ones(shapes[name.replace("gamma", "weight").replace("beta", "bias")])
        for name in tensors
    }
    layout = describe(save(tmp_path / "m", old, {"model_type": "bert"}))
    assert sum(s.role == "norm.mlp.bias" for s in layout.slots) == 2
    assert not [r for r in layout.unused.values() if "not explained" in r]


def test_names_alone_do_not_say_how_norms_act(tmp_path: Path) -> None:
    """Llama's and Gemma's tensors have the same names, and their gains other meanings."""
    assert describe(save(tmp_path / "a", _random("llama"), {})).norms is None
    assert describe(save(tmp_path / "b", _random("gemma2"), {})).norms is not None


@pytest.mark.parametrize("text", ["extends: other\n", "extends: odd\n"])
def test_a_family_that_extends_nothing_names_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    (tmp_path / "odd.yaml").write_text(f"schema: 1\nfamily: odd\n{text}")
    monkeypatch.setattr("audit.resources.families", lambda: tmp_path)
    families.load.cache_clear()
    with pytest.raises(RulesError, match=r"odd\.yaml: extends"):
        families.load()
    monkeypatch.undo()
    families.load.cache_clear()


def test_of_very_many_tensors_each_shape_is_paired_by_its_count() -> None:
    """Runs would take minutes: shapes in turn, of another pattern on either side."""
    mine, theirs = (
        [
            TensorHeader(name=f"{i}", file="m", dtype="F32", shape=(8, 8) if i % every else (4, 8))
            for i in range(600)
        ]
        for every in (2, 3)
    )
    pairs = in_order(mine, theirs)
    assert len(pairs) == 200 + 300
    assert all(a.shape == b.shape for a, b in pairs)
    assert len({b.name for _, b in pairs}) == len(pairs)
