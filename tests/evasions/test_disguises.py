# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Every free disguise on trained models, alone and stacked; the truth is ``disguised``."""

from collections.abc import Callable
from pathlib import Path

import pytest

from audit.inventory import take_inventory
from audit.record.weights import PKind, Relation
from audit.sources.names import resolve
from audit.weights.comparison import compare
from tests.evasions.disguise import (
    Tensors,
    drop_layers,
    fold_norms,
    fresh_embeddings,
    fresh_feed_forward,
    load,
    rotate,
    save,
    shuffle_experts,
    shuffle_neurons,
    shuffle_vocabulary,
)
from tests.zoo import zoo_path

pytestmark = pytest.mark.sampled(4)

DISPUTE = Path(__file__).resolve().parents[2] / "examples" / "dispute"


def relation_of(
    suspect: Path, reference: Path, change: Callable[[Tensors], Tensors], out: Path
) -> tuple[Relation, PKind]:
    hidden = save(change(load(suspect)), suspect, out / "hidden")
    found = compare(hidden, take_inventory(resolve(str(reference))))
    return found.relation, found.p_kind


@pytest.mark.parametrize("member", ["base", "fine-tune", "continued"])
def test_rotation_is_seen(tmp_path: Path, member: str) -> None:
    """Neurons kept their order, so their rows still have an exact null to quote."""
    found = relation_of(zoo_path(member), zoo_path("base"), lambda t: rotate(t, 1), tmp_path)
    assert found == (Relation.DISGUISED, PKind.ASYMPTOTIC)


@pytest.mark.parametrize("member", ["base", "continued"])
def test_rotation_with_neurons_and_vocabulary_shuffled_is_seen(tmp_path: Path, member: str) -> None:
    def change(t: Tensors) -> Tensors:
        return shuffle_vocabulary(shuffle_neurons(rotate(t, 2), 3), 4)

    found = relation_of(zoo_path(member), zoo_path("base"), change, tmp_path)
    assert found == (Relation.DISGUISED, PKind.CALIBRATED)


def test_everything_at_once_on_an_upcycled_model_is_seen(tmp_path: Path) -> None:
    """Upcycled, trained on, rotated, neurons flipped, rescaled and shuffled, experts shuffled,
    another vocabulary, embeddings replaced by noise, two layers dropped."""

    def change(t: Tensors) -> Tensors:
        hidden = shuffle_experts(shuffle_neurons(rotate(t, 5), 6), 7)
        return drop_layers(fresh_embeddings(shuffle_vocabulary(hidden, 8), 9), {2, 5})

    found = relation_of(DISPUTE / "suspect", DISPUTE / "reference", change, tmp_path)
    assert found == (Relation.DISGUISED, PKind.CALIBRATED)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("member", ["stranger", "deep", "transplant"])
def test_a_disguised_stranger_stays_a_stranger(tmp_path: Path, member: str, seed: int) -> None:
    found = relation_of(
        zoo_path(member),
        zoo_path("base"),
        lambda t: shuffle_neurons(rotate(t, seed), seed),
        tmp_path,
    )
    assert found[0] is Relation.NO_SHARED_WEIGHTS


def test_the_independent_twin_of_the_dispute_stays_clear_under_disguise(tmp_path: Path) -> None:
    found = relation_of(
        DISPUTE / "independent", DISPUTE / "reference", lambda t: rotate(t, 8), tmp_path
    )
    assert found[0] is Relation.NO_SHARED_WEIGHTS


@pytest.mark.parametrize("member", ["fine-tune", "continued"])
def test_rewritten_norms_alone_hide_nothing(tmp_path: Path, member: str) -> None:
    found = relation_of(zoo_path(member), zoo_path("base"), fold_norms, tmp_path)
    told = member != "continued"  # dependent, and trained on for too long to tell from what
    assert found[0] is (Relation.DERIVED if told else Relation.INCONCLUSIVE)
    assert found[1] is not PKind.CALIBRATED


def test_shuffled_neurons_and_vocabulary_without_rotation_hide_nothing(tmp_path: Path) -> None:
    def change(t: Tensors) -> Tensors:
        return shuffle_vocabulary(shuffle_neurons(t, 1), 2)

    found = relation_of(zoo_path("continued"), zoo_path("base"), change, tmp_path)
    # Dependent as it stands; trained on for too long to tell descent from a common start.
    assert found[0] is Relation.INCONCLUSIVE
    assert found[1] is not PKind.CALIBRATED


@pytest.mark.parametrize("pair", [("twin", "base"), ("base", "twin"), ("twin", "fine-tune")])
def test_a_rotated_twin_is_no_child(tmp_path: Path, pair: tuple[str, str]) -> None:
    """Two trainings from one random start, one of them in another basis: dependent, no more."""
    found = relation_of(*map(zoo_path, pair), lambda t: rotate(t, 9), tmp_path)
    assert found == (Relation.INCONCLUSIVE, PKind.ASYMPTOTIC)


def test_the_part_that_betrays_a_disguise_is_named(tmp_path: Path) -> None:
    hidden = shuffle_neurons(rotate(load(zoo_path("continued")), 2), 3)
    inventory = save(hidden, zoo_path("continued"), tmp_path / "hidden")
    found = compare(inventory, take_inventory(resolve(str(zoo_path("base")))))
    relations = {c.name: c.relation for c in found.components}
    assert relations["feed-forward"] is Relation.DISGUISED
    # Value rows kept their order, so a map that is only partly right still gives an exact null.
    assert relations["attention"] is Relation.DISGUISED
    assert relations["norms"] is not Relation.DISGUISED


@pytest.mark.parametrize("member", ["base", "continued"])
def test_kept_attention_is_seen_where_the_rest_was_replaced(tmp_path: Path, member: str) -> None:
    """Feed-forward layers and embeddings drawn again, another vocabulary, another basis."""

    def change(t: Tensors) -> Tensors:
        return shuffle_vocabulary(fresh_embeddings(rotate(fresh_feed_forward(t, 1), 2), 3), 4)

    hidden = save(change(load(zoo_path(member))), zoo_path(member), tmp_path / "hidden")
    found = compare(hidden, take_inventory(resolve(str(zoo_path("base")))))
    assert (found.relation, found.p_kind) == (Relation.DISGUISED, PKind.CALIBRATED)
    assert "attention layers look like the same heads" in found.summary
    relations = {c.name: c.relation for c in found.components}
    assert relations["attention"] is Relation.DISGUISED
    assert relations["feed-forward"] is not Relation.DISGUISED


@pytest.mark.parametrize("member", ["stranger", "deep", "twin"])
def test_attention_of_others_is_not_taken_for_kept(tmp_path: Path, member: str) -> None:
    found = relation_of(
        zoo_path(member),
        zoo_path("base"),
        lambda t: shuffle_vocabulary(rotate(fresh_feed_forward(t, 1), 2), 4),
        tmp_path,
    )
    assert found[0] in (Relation.NO_SHARED_WEIGHTS, Relation.INCONCLUSIVE)
