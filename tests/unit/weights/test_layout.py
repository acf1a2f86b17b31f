# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Roles and residual axes, by family file and by shape."""

from pathlib import Path

import pytest
import torch

from audit.errors import RulesError
from audit.weights import families
from audit.weights.layout import describe, unused_summary
from tests.unit.weights.models import CONFIG, llama, save


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
