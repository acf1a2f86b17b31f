# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a statistic is: it reads, tests, writes its own evidence, and shows that it can see."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from enum import StrEnum
from math import log10
from statistics import median
from typing import TYPE_CHECKING, ClassVar, Protocol

from audit import rules
from audit.record.absent import Absent
from audit.record.said import Said
from audit.record.weights import Evidence, Outcome, PKind, Scope
from audit.rules.statistics import StatisticText, texts
from audit.weights.model.checkpoint import Checkpoint
from audit.weights.model.layout import describe
from audit.weights.nulls.exchangeable import Structure
from audit.weights.nulls.permutation import Agreement, log10_agreement_bound
from audit.weights.pairing.pairs import Block, Pairing
from audit.weights.pairing.planting import Child
from audit.weights.statistics.seen import Likeness, Seen, UnitMatch

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from audit.inventory import Inventory
    from audit.weights.model.slots import Layout

Z99 = 2.3263478740408408
"""99 % quantile of the standard normal, for upper confidence bounds."""
PLAIN = "as it stands"
"""How a child is planted for a test in the stored basis."""


class Phase(StrEnum):
    """When a statistic runs."""

    ALWAYS = "always"
    IF_SILENT = "if-silent"
    """Only where what always runs establishes nothing."""
    CALIBRATED = "calibrated"
    """The same, and one after the other until one stands out from its controls."""


class Effect(StrEnum):
    """What the effect of a row is, and so how large it must be to count."""

    CORRELATION = "correlation"
    SOUGHT = "sought"
    """A correlation of units that were searched for: the best of many is larger by chance."""
    SHARE = "share"
    """A share of units."""


class Basis(StrEnum):
    """Of which order of the residual dimensions a row speaks."""

    STORED = "stored"
    MAPPED = "mapped"
    """Once a relabelling is undone; of the stored order where nothing but left out."""
    TURNED = "turned"
    """Once a rotation is undone."""
    ANY = "any"
    """No change of basis touches it."""


class Fold(Protocol):
    """What is kept of every window while the pairs are read once."""

    def see(self, block: Block) -> None:
        """Take what is needed from one window; they come by component and role."""

    def done(self) -> Seen:
        """Return what came of it."""


class Statistic(ABC):
    """One test. The rule asks what it is, never what it is called.

    Its null, formula, warrant and blind spots stand in the docstring of each class; words for
    the reader, thresholds and disguises in the YAML file beside it.
    """

    id: ClassVar[str]
    version: ClassVar[int]
    phase: ClassVar[Phase] = Phase.ALWAYS
    warrant: ClassVar[PKind] = PKind.ASYMPTOTIC
    effect: ClassVar[Effect] = Effect.CORRELATION
    basis: ClassVar[Basis] = Basis.STORED
    start_only: ClassVar[bool] = False
    """Whether it cannot tell a common random start from trained weights in common."""
    counts_equal: ClassVar[bool] = False
    """Whether its effect is the share of equal values, so that 1 means a copied part."""
    bounds: ClassVar[bool] = False
    """Whether ``effect_upper`` bounds the correlation of corresponding weights."""
    misled_by: ClassVar[frozenset[Structure]] = frozenset()
    """What both models may have that makes its null untrue."""
    across_widths: ClassVar[bool] = False
    """Whether its planted children are the control where the residual streams differ in width."""

    @property
    def text(self) -> StatisticText:
        """What the file beside it says."""
        return texts()[self.id]

    def fold(self, pairing: Pairing) -> Fold | None:  # noqa: ARG002
        """Take part in the one pass over the pairs, or not."""
        return None

    def strengths(self, seen: Seen) -> tuple[float, ...]:  # noqa: ARG002
        """How strongly models agree under a layer map, for a choice among maps."""
        return ()

    @abstractmethod
    def measure(self, pairing: Pairing, seen: Seen) -> Seen:
        """Return the rows and values that this statistic adds to what was seen before."""

    def sees(self, child: Child) -> bool | Absent:  # noqa: ARG002
        """Say whether it establishes a child that was planted in what was read."""
        return Absent(Said.plain(self.text.uncontrolled))

    def smallest(self, seen: Seen, component: str, bar: float) -> float | None:  # noqa: ARG002
        """Smallest correlation that it finds in all that was read, where a formula gives it."""
        return None

    def control_scopes(self, rows: Iterable[Evidence]) -> list[str]:
        """Parts in which a child is planted: those for which there is a row of the whole part."""
        return sorted({row.scope for row in rows if row.where.role is None})

    def absent(self, scope: Scope, why: Absent) -> Seen:
        """Return the row that says why there is no number."""
        return Seen(
            rows=(
                Evidence(
                    test=self.id,
                    version=self.version,
                    scope=str(scope),
                    outcome=Outcome.NOT_APPLICABLE,
                    p_kind=PKind.NONE,
                    reason=why.reason,
                ),
            )
        )

    def row(
        self,
        scope: Scope,
        *,
        statistic: float,
        log10_p: float,
        effect: float,
        n: int,
        roles: tuple[str, ...] = (),
    ) -> Evidence:
        """Return a row with a number."""
        return Evidence(
            test=self.id,
            version=self.version,
            scope=str(scope),
            outcome=Outcome.COMPUTED,
            p_kind=self.warrant,
            statistic=rounded(statistic),
            log10_p=rounded(log10_p),
            effect=_share(effect),
            n=n,
            roles=roles,
        )

    def permuted(self, scope: Scope, found: Agreement | Absent) -> Seen:
        """Return the row of a permutation test: exact moments, normal tail.

        There is an upper bound in the stored order only: another map may not be the right one.
        """
        if isinstance(found, Absent):
            return self.absent(scope, found)
        row = self.row(
            scope,
            statistic=found.permutation.z,
            log10_p=found.permutation.log10_p,
            effect=found.correlation,
            n=found.n,
            roles=found.roles,
        )
        if self.basis is not Basis.STORED:
            return Seen(rows=(row,))
        upper = _share(max(0.0, found.correlation) + Z99 * found.deviation)
        return Seen(rows=(replace(row, effect_upper=upper),))

    @property
    def least(self) -> float:
        """Smallest effect that counts: a searched match needs more than an aligned one."""
        bars = rules.weight_thresholds()
        return {
            Effect.SOUGHT: bars.min_matched_correlation,
            Effect.SHARE: bars.min_matched_fraction,
            Effect.CORRELATION: bars.min_correlation,
        }[self.effect]

    def establishes(self, found: Agreement | Absent, child: Child) -> bool:
        """Whether a permutation test establishes a child."""
        if isinstance(found, Absent):
            return False
        return found.permutation.log10_p <= child.bar and found.correlation >= self.least

    def counts(self, agreeing: int, width: int, child: Child) -> bool:
        """Whether so many of ``width`` units that agree establish a child."""
        return log10_agreement_bound(agreeing) <= child.bar and agreeing >= self.least * width


class CalibratedStatistic(Statistic):
    """A statistic whose null is read off models that are known to be independent.

    The tool ships a calibration, in the file beside the statistic. A user can add models of the
    same kind; references that turned out to share nothing with the suspect serve as well. Where
    the two disagree the more cautious one counts.
    """

    phase = Phase.CALIBRATED
    warrant = PKind.CALIBRATED
    basis = Basis.ANY
    scope: ClassVar[Scope]

    @abstractmethod
    def matches(
        self, layouts: tuple[Layout, Layout], checkpoints: tuple[Checkpoint, Checkpoint], seed: int
    ) -> Sequence[UnitMatch] | Absent:
        """Look for the suspect's units in the reference."""

    def measure(self, pairing: Pairing, seen: Seen) -> Seen:  # noqa: ARG002
        """Score the units, and read the score against controls."""
        with pairing.progress.task(f"Looking for {pairing.name} in another basis", None):
            found = self.matches(pairing.layouts, pairing.checkpoints, pairing.draw)
            if isinstance(found, Absent):
                return self.absent(self.scope, found)
            own, other = (max(1, layout.layers) for layout in pairing.layouts)
            told = self.likeness(found, min(1.0, other / own))
            sought = max(told.n, self.sought(pairing))
            return self.told(self.beside(replace(told, sought=sought), pairing))

    @abstractmethod
    def sought(self, pairing: Pairing) -> int:
        """How many units of the suspect have to be searched for."""

    def told(self, found: Likeness) -> Seen:
        """Return the row; the p-value is capped by the number of controls."""
        row = self.row(
            self.scope,
            statistic=found.statistic,
            log10_p=-log10(found.controls + 1) if found.beats_controls else 0.0,
            effect=found.statistic,
            n=found.n,
        )
        row = replace(
            row,
            controls=found.controls,
            best_control=rounded(found.best_control),
            error_bound=rounded(false_positive_bound(found.controls)),
        )
        return Seen(rows=(row,), values=(found,))

    def likeness(self, found: Sequence[UnitMatch], share: float = 1.0) -> Likeness:
        """Read the median unit against the controls that are shipped.

        Of a suspect with more layers than the reference only a ``share`` can have a counterpart:
        the median is that of the best so many, and half of so many must be clear.
        """
        bar = self.text.thresholds
        expected = max(1, round(share * len(found)))
        score = median(sorted((match.score for match in found), reverse=True)[:expected])
        clear = [m for m in found if m.score >= max(bar["least"], bar["least_ratio"] * m.runner_up)]
        beats = score > bar["best_control"]
        return Likeness(
            test=self.id,
            scope=str(self.scope),
            statistic=score,
            n=len(found),
            controls=int(bar["controls"]),
            best_control=bar["best_control"],
            beats_controls=beats,
            stands_out=2 * len(clear) >= expected
            and len(clear) >= min(2, len(found))
            and (beats or not bar["must_beat"]),
            clear=len(clear),
            alike=self.text.alike or "",
            contained=max((m.contained for m in clear), default=None),
        )

    def beside(self, found: Likeness, pairing: Pairing) -> Likeness:
        """Repeat the test on each control of this audit, in either model's place.

        Only for a score that stands out. Layers are matched as they were for the suspect; a
        control without comparable layers is not counted. The score must then exceed
        ``least_ratio`` times the best of the controls.
        """
        if not found.stands_out or not pairing.controls:
            return found
        scores = [
            score
            for control in pairing.controls
            for kept in (1, 0)
            if (score := self._score(control, pairing, kept)) is not None
        ]
        best = max(scores, default=0.0)
        clear = found.statistic >= self.text.thresholds["least_ratio"] * best
        return replace(
            found,
            controls=found.controls + len(scores),
            own_controls=len(scores),
            best_control=max(best, found.best_control),
            beats_controls=found.beats_controls and found.statistic > best,
            stands_out=clear,
            contested=not clear,
        )

    def _score(self, control: Inventory, pairing: Pairing, kept: int) -> float | None:
        """Median score of the control beside the suspect (``kept`` 0) or the reference (1)."""
        with Checkpoint(control, pairing.device) as opened:
            layouts, checkpoints = [describe(control)] * 2, [opened] * 2
            layouts[kept], checkpoints[kept] = pairing.layouts[kept], pairing.checkpoints[kept]
            found = self.matches(
                (layouts[0], layouts[1]), (checkpoints[0], checkpoints[1]), pairing.draw
            )
        return None if isinstance(found, Absent) else median(match.score for match in found)


def false_positive_bound(controls: int) -> float:
    """Upper 95 % bound on the rate of false positives after none in ``controls`` comparisons.

    The rule of three (Hanley and Lippman-Hand 1983); comparisons that share models are fewer
    independent trials than their number says.

    >>> false_positive_bound(150)
    0.02
    """
    return min(1.0, 3 / controls) if controls else 1.0


def rounded(value: float) -> float:
    """Six significant digits: below that, machines and thread counts differ."""
    return float(f"{value:.6g}") + 0.0


def _share(value: float) -> float:
    """Clamp a correlation to 0..1; a negative one is no evidence of reuse."""
    return rounded(min(1.0, max(0.0, value)))
