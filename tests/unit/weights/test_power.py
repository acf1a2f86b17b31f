# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A negative says how weak a child it would have seen, and says true."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from audit.record.assurance import Detectable
from audit.record.weights import Comparison, Outcome, Relation
from audit.weights.comparison import compare
from audit.weights.nulls.permutation import needed_z
from audit.weights.pairing.planting import Child
from audit.weights.rule.certificate import covered, disguises
from audit.weights.rule.control import LADDER
from audit.weights.rule.relation import failed
from audit.weights.statistics.battery import STATISTICS
from audit.weights.statistics.seen import Seen
from tests.unit.weights.models import Tensors, llama, save
from tests.zoo import zoo_path

pytestmark = pytest.mark.slow


def child(tensors: Tensors, rho: float) -> Tensors:
    """Every weight correlates at ``rho`` with the parent's."""
    g = torch.Generator().manual_seed(3)
    return {
        k: v.mean()
        + rho * (v - v.mean())
        + (1 - rho**2) ** 0.5 * v.std() * torch.randn(v.shape, generator=g)
        for k, v in tensors.items()
    }


def controls(found: Comparison) -> dict[tuple[str, str], Detectable]:
    return {(d.test, d.scope): d for d in found.power}


def test_a_negative_has_a_control_for_each_test_and_a_certificate(tmp_path: Path) -> None:
    found = compare(save(tmp_path / "s", llama(1)), save(tmp_path / "r", llama(2)))
    assert found.relation is Relation.NO_SHARED_WEIGHTS
    run = {e.test for e in found.evidence if e.outcome is Outcome.COMPUTED}
    # Equality; the same match as its partner.
    untested = {"tensor-identity", "split-agreement"}
    assert {d.test for d in found.power} == run
    assert {d.test for d in found.power if d.planted is None} == untested
    assert all(d.reason for d in found.power if d.planted is None)
    assert found.certificate is not None
    assert found.certificate.references == ("r",)
    assert {b.role for b in found.certificate.bounds} >= {"attn.q", "mlp.up", "embed"}


@pytest.mark.parametrize("scope", ["attention", "feed-forward"])
def test_the_closed_form_keeps_its_promise_on_a_whole_run(tmp_path: Path, scope: str) -> None:
    """A child well above the stated size is established, one well below is not."""
    reference = save(tmp_path / "r", llama(2))
    stated = controls(compare(save(tmp_path / "s", llama(1)), reference))
    smallest = stated["aligned-weights", scope].smallest
    assert smallest is not None
    for factor, expected in ((1.5, True), (0.4, False)):
        suspect = save(tmp_path / f"c{factor}", child(llama(2), factor * smallest))
        rows = [
            e
            for e in compare(suspect, reference).evidence
            if e.test == "aligned-weights" and e.scope == scope
        ]
        assert rows[0].log10_p is not None
        assert (rows[0].log10_p <= -9 - 1.5) is expected


def test_positives_carry_no_certificate(tmp_path: Path) -> None:
    found = compare(save(tmp_path / "s", child(llama(2), 0.9)), save(tmp_path / "r", llama(2)))
    assert found.relation is Relation.DERIVED
    assert found.certificate is None
    assert found.power == ()


def test_a_negative_without_power_is_inconclusive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were the planted children lost on the way, silence would mean nothing."""
    real = Child._of
    monkeypatch.setattr(Child, "_of", lambda child, b: real(replace(child, correlation=0.0), b))
    found = compare(save(tmp_path / "s", llama(1)), save(tmp_path / "r", llama(2)))
    assert found.relation is Relation.INCONCLUSIVE
    assert "positive control failed" in found.summary
    assert found.certificate is None


def test_a_control_fails_only_when_every_plain_test_does() -> None:
    blind = Detectable(test="a", scope="x", how="as it stands", reason="not found")
    weak = Detectable(test="b", scope="x", how="as it stands", planted=0.7)
    good = Detectable(test="c", scope="x", how="as it stands", planted=LADDER[2])
    assert failed((blind, weak))
    assert not failed((blind, weak, good))


def test_what_no_test_of_the_run_covers_is_open() -> None:
    bare = covered(STATISTICS, Seen(), (), "r", routed=True)
    assert bare.covered == ()
    assert [d.id for d in bare.open] == [d.id for d in disguises()]
    assert bare.bounds == ()


def test_a_test_covers_only_what_it_found_in_every_part() -> None:
    def control(scope: str, planted: float | None) -> Detectable:
        return Detectable(test="gram-matching", scope=scope, how="rotated", planted=planted)

    seen = covered(STATISTICS, Seen(), (control("a", 0.5), control("b", 0.9)), "r", routed=True)
    assert {d.id: d.found_from for d in seen.covered}["G3"] == 0.9
    lost = covered(STATISTICS, Seen(), (control("a", 0.5), control("b", None)), "r", routed=True)
    assert "G3" in {d.id for d in lost.open}


def test_every_disguise_that_a_test_answers_exists() -> None:
    named = {disguise for s in STATISTICS for disguise in s.text.answers}
    assert named == {d.id for d in disguises()}


def test_the_needed_z_is_that_of_the_normal_tail() -> None:
    assert needed_z(-9) == pytest.approx(5.998, abs=2e-3)


def test_the_zoos_strangers_state_their_power() -> None:
    from audit.inventory import take_inventory
    from audit.sources.names import resolve

    pair = [take_inventory(resolve(str(zoo_path(n)))) for n in ("stranger", "base")]
    found = controls(compare(pair[0], pair[1]))
    attention = found["aligned-weights", "attention"]
    assert attention.smallest is not None
    assert attention.smallest < 0.1
    assert found["gram-matching", "feed-forward"].planted in LADDER[:3]
