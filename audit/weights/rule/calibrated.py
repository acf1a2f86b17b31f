# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Tests whose null is read off control models: run only where the exact tests are silent.

This is the one place where such a test joins a comparison. ``measure_calibrated`` returns a
:class:`CalibratedResult` per test and scope; the evidence rows, the decision and the words of
the report are built from it, so that a new test is one more entry in the tuple.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from audit import rules
from audit.weights.pairing.heads import measure_circuits
from audit.weights.pairing.neurons import measure_gram
from audit.weights.pairing.pairs import Pairing
from audit.weights.rule.controls import against_controls
from audit.weights.statistics.circuit_matching import CircuitMatch
from audit.weights.statistics.gram_matching import GramMatch

if TYPE_CHECKING:
    from audit.weights.statistics.embedding_agreement import EmbeddingAgreement


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibratedResult:
    """One calibrated test on one scope.

    ``test`` is a key of ``BATTERY``, ``scope`` a component or ``"model"``, ``effect`` a
    size in 0..1, ``n`` the number of units that were scored. ``controls`` independent
    comparisons were made, ``own_controls`` of them in this audit; ``best_control`` is the best
    score among all, and ``beats_controls`` says that the statistic exceeds all of them.
    ``stands_out`` says that every condition of the test holds; ``suffices`` that it
    decides alone when it does, which takes a measured bound on its false positives (others
    need a second test beside them); ``contested`` that it would stand out but for a control
    of this audit. ``contained`` is the largest share, over the units that stand out, of one
    side's weights that the other's contain, ``None`` where the test does not tell. With a
    ``reason`` the test could not be applied and all numbers are meaningless.
    """

    test: str
    scope: str
    statistic: float = 0.0
    effect: float = 0.0
    n: int = 0
    controls: int = 0
    own_controls: int = 0
    best_control: float = 0.0
    beats_controls: bool = False
    stands_out: bool = False
    suffices: bool = False
    roles: tuple[str, ...] = ()
    contained: float | None = None
    contested: bool = False
    reason: str | None = None


def measure_calibrated(
    pairing: Pairing, embedding: EmbeddingAgreement | str
) -> tuple[CalibratedResult, ...]:
    """Run every calibrated test; called once per comparison, when the exact ones are silent.

    ``embedding`` holds the column map of B3, or says why there is none.
    """
    del embedding  # for tests that align the residual dimensions first
    gram = neuron_gram(measure_gram(pairing.layouts, pairing.checkpoints, seed=pairing.seed))
    if gram.stands_out:
        return (_read_again(gram, pairing),)
    heads = head_circuits(measure_circuits(pairing.layouts, pairing.checkpoints))
    return gram, _read_again(heads, pairing) if heads.stands_out else heads


def _read_again(found: CalibratedResult, pairing: Pairing) -> CalibratedResult:
    """Read a result that stands out against the controls of this audit, if there are any."""
    if not pairing.controls:
        return found
    bar = rules.weight_thresholds()
    ratio = bar.min_gram_ratio if found.test == "gram-matching" else bar.min_circuit_ratio
    return against_controls(found, pairing, least_ratio=ratio)


def neuron_gram(found: tuple[GramMatch, ...] | str) -> CalibratedResult:
    """Read neuron Gram matching (B8): the median block against the controls."""
    test, scope = "gram-matching", "feed-forward"
    if isinstance(found, str):
        return CalibratedResult(test=test, scope=scope, reason=found)
    bar = rules.weight_thresholds()
    score = median(match.score for match in found)
    clear = [m for m in found if m.score >= max(bar.min_gram, bar.min_gram_ratio * m.runner_up)]
    return CalibratedResult(
        test=test,
        scope=scope,
        statistic=score,
        effect=score,
        n=len(found),
        controls=bar.gram_controls,
        best_control=bar.gram_controls_best,
        beats_controls=score > bar.gram_controls_best,
        stands_out=2 * len(clear) >= len(found),
        suffices=True,
        contained=max((m.contained for m in clear), default=None),
    )


def head_circuits(found: tuple[CircuitMatch, ...] | str) -> CalibratedResult:
    """Read circuit matching (B8 on attention): the median layer against the controls."""
    test, scope = "circuit-matching", "attention"
    if isinstance(found, str):
        return CalibratedResult(test=test, scope=scope, reason=found)
    bar = rules.weight_thresholds()
    score = median(match.score for match in found)
    clear = [
        m for m in found if m.score >= max(bar.min_circuit, bar.min_circuit_ratio * m.runner_up)
    ]
    return CalibratedResult(
        test=test,
        scope=scope,
        statistic=score,
        effect=score,
        n=len(found),
        controls=bar.circuit_controls,
        best_control=bar.circuit_controls_best,
        beats_controls=score > bar.circuit_controls_best,
        stands_out=2 * len(clear) >= len(found) and score > bar.circuit_controls_best,
        suffices=True,
        contained=max((m.contained for m in clear), default=None),
    )


def only_the_start(found: tuple[CalibratedResult, ...]) -> bool:
    """Whether what stands out is alike, yet neither side contains the other's weights."""
    told = [c.contained for c in standing_out(found) if c.contained is not None]
    return bool(told) and max(told) < rules.weight_thresholds().min_containment


def standing_out(found: tuple[CalibratedResult, ...]) -> tuple[CalibratedResult, ...]:
    """Return the results that together show a change of basis, or nothing.

    One test with a measured bound on its false positives suffices, otherwise two tests must
    agree.
    """
    clear = tuple(c for c in found if c.stands_out and c.reason is None)
    decided = any(c.suffices for c in clear) or len({c.test for c in clear}) > 1
    return clear if decided else ()
