# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Each declared symmetry alone on trained models: what the comparison says, and by which test.

``rules/disguises.yaml`` claims which tests see through what; this holds it to that.
"""

import json
import shutil
from functools import cache
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from audit.inventory import take_inventory
from audit.record.weights import Comparison, Evidence, Outcome, Relation
from audit.sources.names import resolve
from audit.weights.comparison import compare
from audit.weights.model import families
from audit.weights.model.symmetries import Symmetry
from audit.weights.rule.certificate import answers, disguises
from audit.weights.statistics.battery import STATISTICS
from examples.tinylm import training
from examples.tinylm.shape import shape_of
from tests.evasions.blocks import new_ids
from tests.evasions.pieces import Checkpoint
from tests.evasions.symmetries import disguise
from tests.zoo import zoo_path

pytestmark = pytest.mark.sampled(4)

PAIRS = {"continued": "base", "upcycled": "base", "gpt2-fine-tune": "gpt2"}
PAIRS |= {"bert-fine-tune": "bert"}
"""Descendants and what they descend from: llama, mixtral, gpt2 and bert."""
NUMBERS = {
    "hidden-permutation": "G1",
    "neuron-permutation": "G2",
    "hidden-rotation": "G3",
    "rotary-rotation": "G4",
    "query-key-mixing": "G4",
    "gain-rewriting": "G5",
    "neuron-scaling": "G6",
    "head-permutation": "G7",
    "expert-permutation": "G8",
    "value-mixing": "G9",
    "vocabulary-permutation": "G11",
}
IN_ANOTHER_BASIS = {"hidden-permutation", "hidden-rotation"}
CHANGES = {
    "norm-vectors": IN_ANOTHER_BASIS | {"gain-rewriting"},
    "embedding-agreement": IN_ANOTHER_BASIS | {"vocabulary-permutation"},
}
"""Tests whose statistic may change under these, and stays what it is under all others."""


@cache
def member(name: str) -> Checkpoint:
    folder = zoo_path(name)
    config = json.loads((folder / "config.json").read_text())
    tensors = {k: v.double() for k, v in load_file(folder / "model.safetensors").items()}
    (family,) = (f for f in families.load() if config["model_type"] in f.model_types)
    return Checkpoint(family=family, config=config, tensors=tensors)


def compared(name: str, reference: str, symmetry: Symmetry | None, folder: Path) -> Comparison:
    """Compare a member, disguised where a symmetry is given; a new order of tokens goes
    without the old tokenizer.
    """
    hidden = disguise(member(name), symmetry, 1) if symmetry else member(name)
    folder.mkdir()
    stored = {k: v.float().contiguous() for k, v in hidden.tensors.items()}
    save_file(stored, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(hidden.config))
    if symmetry is None or symmetry.kind != "vocabulary-permutation":
        for file in ("vocab.json", "merges.txt"):
            shutil.copy(zoo_path(name) / file, folder)
    found = take_inventory(resolve(str(folder)))
    return compare(found, take_inventory(resolve(str(zoo_path(reference)))))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Comparison]:
    folder = tmp_path_factory.mktemp("plain")
    return {name: compared(name, ref, None, folder / name) for name, ref in PAIRS.items()}


def statistics(found: Comparison, test: str) -> dict[tuple[str, tuple[str, ...]], float]:
    return {
        (e.scope, e.roles): e.statistic
        for e in found.evidence
        if e.test == test and e.outcome is Outcome.COMPUTED and e.statistic is not None
    }


def speaks(evidence: Evidence) -> bool:
    """Beyond chance, at a level far from the gate: calibrated tests stop at their controls."""
    computed = evidence.outcome is Outcome.COMPUTED
    return computed and evidence.log10_p is not None and evidence.log10_p < -2


def declared(names: list[str]) -> list[object]:
    return [
        pytest.param(name, symmetry, id=f"{name}-{symmetry.kind}")
        for name in names
        for symmetry in member(name).family.symmetries
    ]


@pytest.mark.parametrize(("name", "symmetry"), declared(list(PAIRS)))
def test_it_is_seen_through_as_claimed(
    name: str, symmetry: Symmetry, plain: dict[str, Comparison], tmp_path: Path
) -> None:
    found = compared(name, PAIRS[name], symmetry, tmp_path / "hidden")
    hidden = symmetry.kind in IN_ANOTHER_BASIS
    if hidden:
        assert found.relation is Relation.DISGUISED
    elif found.relation is not Relation.DERIVED:  # what training wrote is not told apart any more
        assert found.relation is Relation.INCONCLUSIVE
        assert "dependent" in found.summary
    (claim,) = (d for d in disguises() if d.id == NUMBERS[symmetry.kind])
    assert {e.test for e in found.evidence if speaks(e)} & set(answers(STATISTICS, claim.id))
    for test, blind in CHANGES.items():
        if symmetry.kind not in blind:
            kept = statistics(plain[name], test)
            assert kept
            assert statistics(found, test) == pytest.approx(kept, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize(("name", "symmetry"), declared(["stranger"]))
def test_it_makes_no_relative_of_a_stranger(name: str, symmetry: Symmetry, tmp_path: Path) -> None:
    found = compared(name, "base", symmetry, tmp_path / "hidden")
    assert found.relation in (Relation.NO_SHARED_WEIGHTS, Relation.INCONCLUSIVE)
    if found.relation is Relation.INCONCLUSIVE:
        assert symmetry.kind == "hidden-rotation", "elsewhere a negative is earned"
        assert found.log10_p is None or found.log10_p > -2


@pytest.mark.parametrize("kind", sorted(IN_ANOTHER_BASIS))
def test_what_looks_in_the_stored_basis_claims_no_other(kind: str, tmp_path: Path) -> None:
    """The tests that a change blinds are not listed as seeing through it."""
    symmetry = next(s for s in member("continued").family.symmetries if s.kind == kind)
    found = compared("continued", "base", symmetry, tmp_path / "hidden")
    (claim,) = (d for d in disguises() if d.id == NUMBERS[kind])
    ran = {e.test for e in found.evidence if e.outcome is Outcome.COMPUTED}
    blind = ran - {e.test for e in found.evidence if speaks(e)}
    assert {"aligned-weights", "column-agreement", "split-matching"} <= blind
    assert not blind & set(answers(STATISTICS, claim.id))


def test_every_declarable_symmetry_has_its_line_of_documentation() -> None:
    kinds = {s.kind for f in families.load() for s in f.symmetries}
    assert kinds == set(NUMBERS)
    without = {d.id for d in disguises()} - set(NUMBERS.values())
    assert without == {"G10"}  # layers are no symmetry of the weights that there are


def answer(hidden: Checkpoint, ids: torch.Tensor) -> torch.Tensor:
    """Logits (batch, time, vocab) of the small model that was trained, in double precision."""
    model = training.holding(shape_of(hidden.config), hidden.tensors).double()
    model.load_state_dict(hidden.tensors)
    with torch.no_grad():
        found: torch.Tensor = model(ids)
    return found


@pytest.mark.parametrize(("name", "symmetry"), declared(list(PAIRS)))
def test_it_leaves_the_output_as_it_is(name: str, symmetry: Symmetry) -> None:
    """A table of its own for the output, which a rotation needs, our small GPT-2 lacks."""
    if (name, symmetry.kind) == ("gpt2-fine-tune", "hidden-rotation"):
        assert "lm_head.weight" in disguise(member(name), symmetry, 1).tensors
        return
    ids = torch.randint(256, (3, 12), generator=torch.Generator().manual_seed(1))
    expected = answer(member(name), ids)
    hidden = disguise(member(name), symmetry, 1)
    if symmetry.kind == "vocabulary-permutation":
        renumbered = new_ids(member(name), 1)
        found = answer(hidden, renumbered[ids])[..., renumbered]
    else:
        found = answer(hidden, ids)
    assert (found - expected).abs().max() < 1e-4
