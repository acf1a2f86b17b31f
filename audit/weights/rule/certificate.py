# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The certificate that goes with ``no-shared-weights``: bounds, tests, disguises, references."""

from functools import cache
from typing import Literal

from audit import resources
from audit.record.assurance import Certificate, Covered, Detectable, RoleBound
from audit.record.said import Said
from audit.record.weights import Relation
from audit.rules.loading import Strict, load_one
from audit.weights.rule.judge import Case
from audit.weights.statistics.interface import Statistic
from audit.weights.statistics.seen import Seen


class Disguise(Strict):
    """A change of a model that costs nothing."""

    id: str
    what: str
    needs: Literal["experts"] | None = None
    """What one of the models must have for the change to be possible."""


class _Disguises(Strict):
    schema_version: Literal[1]
    disguises: tuple[Disguise, ...]


@cache
def disguises() -> tuple[Disguise, ...]:
    """Return the disguises of ``rules/disguises.yaml``.

    Raises
    ------
    RulesError
        If the file is not valid.
    """
    return load_one(resources.tree("rules") / "disguises.yaml", _Disguises).disguises


def answers(battery: tuple[Statistic, ...], disguise: str) -> tuple[str, ...]:
    """Return the tests that see through a disguise, each by itself."""
    return tuple(s.id for s in battery if disguise in s.text.answers)


def certificate(case: Case, relation: Relation) -> Certificate | None:
    r"""Say what a negative covers; nothing else has a certificate.

    Notes
    -----
    **Bound.** Per role, :math:`\max(0, \hat\rho) + 2.33\,\sigma_0` with the deviation
    :math:`\sigma_0` of the estimate under relabelling: with 99 % confidence the weights of
    that role correlate less with the reference's, *in the basis in which both are stored*.
    **Disguises.** A change of basis hides correlation from the bound; for each known one the
    certificate names the tests of this run that found a planted child through it and from which
    correlation on, or says that none did. Experts cannot be reordered where there are none.
    **Not covered.** Distillation, training on the other's outputs or data, complete
    re-initialisation: they leave no trace in weights.
    **Source.** Ours.
    """
    if relation is not Relation.NO_SHARED_WEIGHTS:
        return None
    power = () if case.pairing.across else case.power or ()
    routed = any(layout.has_experts for layout in case.pairing.layouts)
    battery = tuple(case.judge.battery.values())
    return covered(battery, case.seen, power, case.pairing.name, routed=routed)


def covered(
    battery: tuple[Statistic, ...],
    seen: Seen,
    power: tuple[Detectable, ...],
    reference: str,
    *,
    routed: bool,
) -> Certificate:
    """Say it of a negative whose positive control is ``power``; ``routed`` models have experts."""
    sees = _found_from(power)
    possible = [d for d in disguises() if routed or d.needs != "experts"]
    known = [_covered(d, answers(battery, d.id), sees) for d in possible]
    bounding = {s.id for s in battery if s.bounds}
    bounds = [
        RoleBound(role=e.roles[0], upper=e.effect_upper)
        for e in seen.rows
        if e.test in bounding and len(e.roles) == 1 and e.effect_upper is not None
    ]
    return Certificate(
        bounds=tuple(sorted(dict.fromkeys(bounds), key=lambda b: b.role)),
        run=tuple(sorted({e.test for e in seen.computed})),
        covered=tuple(d for d in known if d.by),
        open=tuple(d for d in known if not d.by),
        references=(reference,),
    )


def _found_from(power: tuple[Detectable, ...]) -> dict[str, float]:
    """Smallest planted correlation that each test found in all its scopes."""
    found: dict[str, list[float | None]] = {}
    for control in power:
        found.setdefault(control.test, []).append(control.planted)
    return {
        test: max(seen)
        for test, values in found.items()
        if len(seen := [v for v in values if v is not None]) == len(values)
    }


def _covered(disguise: Disguise, tests: tuple[str, ...], sees: dict[str, float]) -> Covered:
    by = tuple(test for test in tests if test in sees)
    least = min((sees[test] for test in by), default=None)
    return Covered(id=disguise.id, what=Said.plain(disguise.what), by=by, found_from=least)
