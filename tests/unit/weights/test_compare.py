# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The decision rule on planted relations, metamorphic changes and unusable input."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from audit.inventory import take_inventory
from audit.record.derivation import DerivationKind
from audit.record.weights import Comparison, Outcome, PKind, Relation
from audit.sources.names import resolve
from audit.weights.comparison import compare
from audit.weights.statistics.battery import BATTERY
from tests.unit.weights.models import CONFIG, Tensors, child, llama, save
from tests.unit.weights.test_constructible import sinusoids

pytestmark = [pytest.mark.slow, pytest.mark.sampled(2)]


def run(
    tmp_path: Path,
    suspect: Tensors,
    reference: Tensors,
    *,
    config: dict[str, object] | None = None,
    config_of_reference: dict[str, object] | None = None,
) -> Comparison:
    return compare(
        save(tmp_path / "suspect", suspect, config),
        save(tmp_path / "reference", reference, config_of_reference),
    )


def test_equal_values_are_a_copy(tmp_path: Path) -> None:
    found = run(tmp_path, llama(1), llama(1))
    assert found.relation is Relation.COPY
    assert found.p_kind is PKind.EXACT


def test_a_cast_is_a_copy_whose_direction_an_accuser_could_arrange(tmp_path: Path) -> None:
    cast = {k: v.to(torch.bfloat16) for k, v in llama(1).items()}
    found = run(tmp_path, cast, llama(1))
    assert found.relation is Relation.COPY
    assert found.kind is not None
    assert (found.kind.kind, found.kind.detail) == (DerivationKind.CAST, "F32 to BF16")
    assert found.direction is None
    assert "older by other evidence" in found.direction_reasons[0]
    assert any("digits can be made up" in reason for reason in found.direction_reasons)


def test_what_noise_drowned_is_dependent_and_no_more(tmp_path: Path) -> None:
    found = run(tmp_path, child(llama(1), noise=3.0), llama(1))
    assert found.relation is Relation.INCONCLUSIVE
    assert "dependent" in found.summary
    assert found.log10_p is not None
    assert found.log10_p < -9


@pytest.mark.parametrize("noise", [0.05, 1.0])
def test_noise_leaves_a_child_derived(tmp_path: Path, noise: float) -> None:
    found = run(tmp_path, child(llama(1), noise=noise), llama(1))
    assert found.relation is Relation.DERIVED
    assert found.log10_p is not None
    assert found.log10_p < -9


@pytest.mark.parametrize("seed", range(5))
def test_strangers_share_nothing(tmp_path: Path, seed: int) -> None:
    found = run(tmp_path, llama(seed + 10), llama(seed + 20))
    assert found.relation is Relation.NO_SHARED_WEIGHTS
    bounds = [e.effect_upper for e in found.evidence if e.effect_upper is not None]
    assert bounds


def test_embeddings_alone_are_component_reuse(tmp_path: Path) -> None:
    borrowed = llama(2) | {
        k: v for k, v in llama(1).items() if k in ("model.embed_tokens.weight", "lm_head.weight")
    }
    found = run(tmp_path, borrowed, llama(1))
    assert found.relation is Relation.COMPONENT_REUSE
    relations = {c.name: c.relation for c in found.components}
    assert relations["embeddings"] is Relation.COPY
    assert relations["attention"] is Relation.NO_SHARED_WEIGHTS


@pytest.mark.parametrize("noise", [0.3, 0.5, 0.8, 1.2])
def test_changes_of_one_start_are_neither_descent_nor_cleared(tmp_path: Path, noise: float) -> None:
    """Correlation 1 / (1 + noise ** 2); every second of these was called descent once."""
    start = {k: v if v.dim() == 1 else torch.randn_like(v) * 0.05 for k, v in llama(1).items()}
    one, two = child(start, noise=noise, seed=3), child(start, noise=noise, seed=4)
    found = run(tmp_path, one, two)
    assert found.relation is Relation.INCONCLUSIVE
    assert "dependent" in found.summary
    assert {c.relation for c in found.components}.isdisjoint({Relation.COPY, Relation.DERIVED})


def noise_and_what_was_learned_on_it() -> tuple[dict[str, torch.Tensor], dict[str, torch.Tensor]]:
    """Matrices of a random start, and the same with three directions added; gains of a training."""
    g = torch.Generator().manual_seed(3)
    start, trained = llama(1), llama(1)
    for name, value in start.items():
        if value.dim() == 2:
            rows, columns = value.shape
            written = torch.randn(rows, 3, generator=g) @ torch.randn(3, columns, generator=g)
            start[name] = torch.randn(rows, columns, generator=g) * 0.05
            trained[name] = start[name] + written * 0.03
    return start, trained


def test_a_start_beside_what_was_trained_from_it_has_nothing_to_reuse(tmp_path: Path) -> None:
    start, trained = noise_and_what_was_learned_on_it()
    start |= {k: torch.ones_like(v) for k, v in start.items() if v.dim() == 1}
    assert run(tmp_path, trained, start).relation is Relation.SHARED_INITIALISATION


def test_that_a_model_whose_gains_were_trained_is_no_random_start(tmp_path: Path) -> None:
    """Gains that were moved into the child's matrices look like something that it learned."""
    parent, child_ = noise_and_what_was_learned_on_it()
    assert run(tmp_path, child_, parent).relation is Relation.INCONCLUSIVE


def test_rewritten_columns_do_not_turn_a_child_into_a_twin(tmp_path: Path) -> None:
    """Rescaling columns and norms is free for an evader (G5)."""
    g = torch.Generator().manual_seed(8)
    scaled = {
        k: v * torch.exp(torch.randn(v.shape[-1], generator=g)) if v.shape[-1] == 48 else v
        for k, v in child(llama(1), noise=0.2).items()
    }
    assert run(tmp_path, scaled, llama(1)).relation is Relation.DERIVED


def test_fixed_tables_in_common_are_no_evidence(tmp_path: Path) -> None:
    one, two = llama(1), llama(2)
    for tensors in (one, two):
        for name in list(tensors):
            if name.endswith("layernorm.weight"):
                tensors[name] = torch.ones(48)
        tensors["model.layers.0.self_attn.o_proj.weight"] = torch.zeros(48, 48)
        tensors["model.layers.0.self_attn.q_proj.weight"] = torch.eye(48)
        tensors["model.layers.1.self_attn.q_proj.weight"] = sinusoids(48, 48)
    assert run(tmp_path, one, two).relation is Relation.NO_SHARED_WEIGHTS


def test_one_hot_embeddings_in_common_are_no_evidence(tmp_path: Path) -> None:
    one, two = llama(1), llama(2)
    for tensors in (one, two):
        tensors["model.embed_tokens.weight"] = torch.eye(48).repeat(4, 1)[:160]
    assert run(tmp_path, one, two).relation is Relation.NO_SHARED_WEIGHTS


def test_outlier_dimensions_in_common_are_no_evidence(tmp_path: Path) -> None:
    one, two = llama(1), llama(2)
    for tensors in (one, two):
        for name, value in tensors.items():
            if value.dim() == 2 and value.shape[1] == 48:
                tensors[name] = value * (1 + 30.0 * (torch.arange(48) == 5))
    assert run(tmp_path, one, two).relation is Relation.NO_SHARED_WEIGHTS


def test_values_that_are_not_finite_are_left_out_and_said(tmp_path: Path) -> None:
    broken = child(llama(1), noise=0.1)
    broken["model.layers.0.mlp.gate_proj.weight"][3, 4] = float("nan")
    broken["model.layers.1.mlp.up_proj.weight"][5, 6] = float("inf")
    broken["model.norm.weight"][0] = float("nan")
    found = run(tmp_path, broken, llama(1))
    assert found.relation is Relation.DERIVED
    assert any("not finite" in limit for limit in found.limits)
    json.dumps([e.statistic for e in found.evidence], allow_nan=False)


def test_all_nan_is_inconclusive(tmp_path: Path) -> None:
    broken = {k: torch.full_like(v, float("nan")) for k, v in llama(1).items()}
    assert run(tmp_path, broken, llama(1)).relation is Relation.INCONCLUSIVE


def test_all_zero_is_inconclusive(tmp_path: Path) -> None:
    zero = {k: torch.zeros_like(v) for k, v in llama(1).items()}
    assert run(tmp_path, zero, llama(1)).relation is Relation.INCONCLUSIVE


def test_config_without_weights_is_inconclusive(tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    (bare / "config.json").write_text(json.dumps(CONFIG))
    reference = save(tmp_path / "reference", llama(1))
    for first, second in ((0, 1), (1, 0)):
        pair = (take_inventory(resolve(str(bare))), reference)
        found = compare(pair[first], pair[second])
        assert found.relation is Relation.INCONCLUSIVE
        assert found.log10_p is None
        assert "no weights in the folder that can be read" in found.summary


def test_dropped_layer_is_still_derived(tmp_path: Path) -> None:
    short = {k: v for k, v in child(llama(1), noise=0.2).items() if ".layers.2." not in k}
    config = {**CONFIG, "num_hidden_layers": 2}
    found = run(tmp_path, short, llama(1), config=config)
    assert found.relation is Relation.DERIVED
    assert found.kind is not None
    assert (found.kind.kind, found.kind.layers) == (DerivationKind.DEPTH_PRUNED, (0, 1))
    assert found.direction is None
    assert any("layers can be made up" in reason for reason in found.direction_reasons)
    assert any("layer maps" in limit for limit in found.limits)


def test_experts_copied_from_a_dense_layer_are_upcycling(tmp_path: Path) -> None:
    dense = llama(1)
    moe = {k: v for k, v in child(dense, noise=0.2).items() if ".mlp." not in k}
    names = {"gate_proj": "w1", "up_proj": "w3", "down_proj": "w2"}
    for key, value in dense.items():
        if ".mlp." in key:
            layer, part = key.split(".")[2], names[key.split(".")[4]]
            for e in range(4):
                name = f"model.layers.{layer}.block_sparse_moe.experts.{e}.{part}.weight"
                moe[name] = child({"x": value}, noise=0.4, seed=e)["x"]
            moe[f"model.layers.{layer}.block_sparse_moe.gate.weight"] = torch.randn(4, 48)
    found = run(tmp_path, moe, dense, config={**CONFIG, "model_type": "mixtral"})
    assert found.relation is Relation.DERIVED
    assert found.kind is not None
    assert found.kind.kind is DerivationKind.UPCYCLED
    assert found.direction == "reference-to-suspect"


def relabelled_neurons(tensors: Tensors, seed: int) -> Tensors:
    """The same function: neurons of every feed-forward layer in another order (G2)."""
    g = torch.Generator().manual_seed(seed)
    moved = dict(tensors)
    for i in range(3):
        order = torch.randperm(96, generator=g)
        p = f"model.layers.{i}.mlp."
        moved[p + "gate_proj.weight"] = tensors[p + "gate_proj.weight"][order]
        moved[p + "up_proj.weight"] = tensors[p + "up_proj.weight"][order]
        moved[p + "down_proj.weight"] = tensors[p + "down_proj.weight"][:, order]
    return moved


def test_reordered_neurons_are_found_and_named(tmp_path: Path) -> None:
    hidden = relabelled_neurons(child(llama(1), noise=0.3), seed=4)
    found = run(tmp_path, hidden, llama(1))
    assert found.relation is Relation.DERIVED
    assert found.kind is not None
    assert found.kind.kind is DerivationKind.NEURONS_REORDERED
    assert {c.name: c.relation for c in found.components}["feed-forward"] is Relation.DERIVED


def test_reordered_neurons_alone_betray_a_borrowed_feed_forward(tmp_path: Path) -> None:
    """Only the feed-forward layers are borrowed, and their neurons reordered."""
    taken = {k: v for k, v in relabelled_neurons(llama(1), seed=4).items() if ".mlp." in k}
    found = run(tmp_path, llama(2) | taken, llama(1))
    relations = {c.name: c.relation for c in found.components}
    assert relations["feed-forward"] is Relation.DERIVED
    assert relations["attention"] is Relation.NO_SHARED_WEIGHTS


@pytest.mark.parametrize("seed", range(5))
def test_the_split_changes_no_verdict(tmp_path: Path, seed: int) -> None:
    suspect = save(tmp_path / "suspect", relabelled_neurons(child(llama(1), noise=1.0), seed=4))
    for name, other, relation in (
        ("parent", llama(1), Relation.DERIVED),
        ("stranger", llama(3), Relation.NO_SHARED_WEIGHTS),
    ):
        reference = save(tmp_path / name, other)
        assert compare(suspect, reference, seed=seed).relation is relation


def test_repeated_layers_say_what_came_first(tmp_path: Path) -> None:
    """Depth up-scaling: layers 0, 1, 2 become 0, 1, 1, 2."""
    base, grown = llama(1), llama(1, layers=1)
    for new, old in enumerate((0, 1, 1, 2)):
        for name, value in base.items():
            if f".layers.{old}." in name:
                grown[name.replace(f".layers.{old}.", f".layers.{new}.")] = value
    config = {**CONFIG, "num_hidden_layers": 4}
    found = run(tmp_path, child(grown, noise=0.2), base, config=config)
    assert found.relation is Relation.DERIVED
    assert found.kind is not None
    assert (found.kind.kind, found.kind.layers) == (DerivationKind.DEPTH_UPSCALED, (0, 1, 1, 2))
    assert found.direction == "reference-to-suspect"


def test_relabelled_residual_dimensions_are_disguised(tmp_path: Path) -> None:
    g = torch.Generator().manual_seed(5)
    order = torch.randperm(48, generator=g)
    sign = torch.where(torch.rand(48, generator=g) < 0.5, -1.0, 1.0)
    hidden = {}
    for name, value in child(llama(1), noise=0.1).items():
        if value.dim() == 1:
            hidden[name] = value[order]
        elif name.endswith(("o_proj.weight", "down_proj.weight")):
            hidden[name] = value[order] * sign[order][:, None]
        else:
            hidden[name] = value[:, order] * sign[order]
    assert run(tmp_path, hidden, llama(1)).relation is Relation.DISGUISED


def test_resharding_renaming_and_reordering_change_nothing(tmp_path: Path) -> None:
    reference = save(tmp_path / "reference", llama(1))
    whole = save(tmp_path / "whole", child(llama(1), noise=0.3))
    parts = sorted(child(llama(1), noise=0.3).items(), reverse=True)
    folder = tmp_path / "another-name"
    folder.mkdir()
    for i in range(3):
        save_file(dict(parts[i::3]), folder / f"model-0000{3 - i}-of-00003.safetensors")
    (folder / "config.json").write_text(json.dumps(CONFIG))
    one = compare(whole, reference)
    two = compare(take_inventory(resolve(str(folder))), reference)
    assert (one.evidence, one.relation, one.log10_p) == (two.evidence, two.relation, two.log10_p)


def test_sinusoidal_positions_switch_off_what_they_invalidate(tmp_path: Path) -> None:
    config = {**CONFIG, "position_embedding_type": "sinusoidal"}
    found = run(tmp_path, llama(1), llama(2), config=config, config_of_reference=config)
    outcomes = {e.test: e.outcome for e in found.evidence}
    assert outcomes["embedding-agreement"] is Outcome.NOT_APPLICABLE
    assert outcomes["norm-vectors"] is Outcome.NOT_APPLICABLE


def test_a_stored_table_of_sinusoids_switches_them_off_too(tmp_path: Path) -> None:
    """Independent models whose embeddings both follow the same fixed positions."""
    table = sinusoids(64, 48)
    one, two = llama(1), llama(2)
    for tensors in (one, two):
        shared = 3 * table.std(0) * torch.sign(table[1])
        tensors["model.norm.weight"] = tensors["model.norm.weight"] + shared
        for i in range(3):
            tensors[f"model.layers.{i}.input_layernorm.weight"] += shared
        tensors["model.embed_positions.weight"] = table
    config = {**CONFIG, "model_type": "novel"}
    found = run(tmp_path, one, two, config=config, config_of_reference=config)
    assert found.relation is Relation.INCONCLUSIVE
    assert "too little was tested" in found.summary
    reasons = {e.test: e.reason or "" for e in found.evidence}
    for test in ("norm-vectors", "embedding-agreement", "split-matching"):
        assert "distinguishable" in reasons[test]


def test_more_references_cost_significance(tmp_path: Path) -> None:
    suspect = save(tmp_path / "suspect", child(llama(1), noise=1.0))
    reference = save(tmp_path / "reference", llama(1))
    one = compare(suspect, reference)
    many = compare(suspect, reference, references=1000)
    assert one.log10_p is not None
    assert many.log10_p == pytest.approx(one.log10_p + 3, abs=1e-3)


def test_every_row_names_a_known_test_and_absence_has_a_reason(tmp_path: Path) -> None:
    found = run(tmp_path, llama(1), llama(2))
    for row in found.evidence:
        assert BATTERY[row.test] == row.version
        assert (row.reason is None) == (row.outcome is Outcome.COMPUTED)


def test_only_a_fraction_of_a_large_matrix_is_read(tmp_path: Path) -> None:
    gate = "model.layers.0.mlp.gate_proj.weight"
    big, other = (llama(n) | {gate: torch.randn(9600, 48)} for n in (1, 2))
    whole = 2 * sum(value.numel() * 4 for value in big.values())
    assert run(tmp_path, child(big, noise=0.3), big).bytes_read < whole / 2, (
        "where an exact test decides"
    )
    (tmp_path / "silent").mkdir()
    assert run(tmp_path / "silent", big, other).bytes_read < 2 * whole, (
        "where every block is sought"
    )
