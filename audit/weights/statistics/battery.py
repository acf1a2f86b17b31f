# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The tests of this version, in the order in which they run."""

from __future__ import annotations

from audit.weights.context.spread import spreading
from audit.weights.pairing.pairs import Pairing
from audit.weights.pairing.sampling import sampling
from audit.weights.pairing.shared_start import shared_start
from audit.weights.pairing.withdrawal import withdrawn
from audit.weights.statistics.aligned_weights import AlignedWeights, ColumnAgreement
from audit.weights.statistics.circuit_matching import CircuitMatching
from audit.weights.statistics.column_order import ColumnOrder
from audit.weights.statistics.embedding_agreement import EmbeddingAgreement
from audit.weights.statistics.gram_matching import GramMatching
from audit.weights.statistics.interface import CalibratedStatistic, Phase, Statistic
from audit.weights.statistics.neuron_order import NeuronOrderTest
from audit.weights.statistics.norm_vectors import NormVectors
from audit.weights.statistics.reserved_rows import ReservedRows
from audit.weights.statistics.seen import Likeness, Seen
from audit.weights.statistics.split_matching import SplitAgreementBound, SplitMatching
from audit.weights.statistics.tensor_identity import EqualAnywhere, TensorIdentity
from audit.weights.statistics.undone_experts import UndoneExperts
from audit.weights.statistics.undone_heads import UndoneHeads
from audit.weights.statistics.undone_permutation import UndonePermutation
from audit.weights.statistics.undone_rotation import UndoneRotation
from audit.weights.statistics.unit_alignment import UnitAgreement, UnitAlignment

STATISTICS: tuple[Statistic, ...] = (
    TensorIdentity(),
    EqualAnywhere(),
    NormVectors(),
    AlignedWeights(),
    ColumnAgreement(),
    UnitAlignment(),
    UnitAgreement(),
    SplitMatching(),
    SplitAgreementBound(),
    EmbeddingAgreement(),
    ColumnOrder(),
    UndonePermutation(),
    UndoneHeads(),
    UndoneExperts(),
    NeuronOrderTest(),
    ReservedRows(),
    UndoneRotation(),
    GramMatching(),
    CircuitMatching(),
)
"""A statistic may use what those before it handed on."""
BATTERY: dict[str, int] = {s.id: s.version for s in STATISTICS}
"""Every test and its version; a change of formula changes the version."""


_MISLED = {statistic.id: statistic.misled_by for statistic in STATISTICS}
_FOLDS = (*(s.fold for s in STATISTICS), shared_start, sampling, spreading)


def first_pass(maps: tuple[Pairing, ...]) -> tuple[Pairing, Seen]:
    """Read the pairs of every layer map once; keep the strongest. All are corrected for."""
    total = sum(len(one.tested) for one in maps)
    with maps[0].progress.task(f"Reading the pairs with {maps[0].name}", total) as advance:
        runs = []
        for one in maps:
            folds = [fold for begin in _FOLDS if (fold := begin(one)) is not None]
            for block in one.blocks(advance):
                for fold in folds:
                    fold.see(block)
            runs.append((one, sum((fold.done() for fold in folds), Seen())))
    return max(runs, key=lambda run: _strength(run[1]))


def run(phase: Phase, pairing: Pairing, seen: Seen) -> Seen:
    """Run the statistics of one phase; each knows what those before it saw."""
    due = [statistic for statistic in STATISTICS if statistic.phase is phase]
    with pairing.progress.task(f"Testing {pairing.name}", len(due)) as advance:
        for statistic in due:
            if phase is Phase.CALIBRATED and any(
                found.stands_out or found.contested for found in seen.all(Likeness)
            ):
                break
            seen += statistic.measure(pairing, seen)
            advance(1)
    return withdrawn(pairing, seen, _MISLED) if phase is Phase.ALWAYS else seen


def read_again(pairing: Pairing, seen: Seen) -> Seen:
    """Read the calibrated scores against the controls of ``pairing``; no test is made again."""
    scores = {found.test: found for found in seen.all(Likeness)}
    again = Seen(
        rows=tuple(row for row in seen.rows if row.test not in scores),
        values=tuple(value for value in seen.values if not isinstance(value, Likeness)),
    )
    for statistic in STATISTICS:
        if isinstance(statistic, CalibratedStatistic) and statistic.id in scores:
            again += statistic.told(statistic.beside(scores[statistic.id], pairing))
    return again


def _strength(seen: Seen) -> float:
    return max((z for statistic in STATISTICS for z in statistic.strengths(seen)), default=0.0)
