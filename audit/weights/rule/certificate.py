# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The certificate that goes with ``no-shared-weights``: bounds, tests, disguises, references."""

from functools import cache
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from audit import resources
from audit.errors import RulesError
from audit.record.assurance import Certificate, Covered, Detectable, RoleBound
from audit.record.weights import Evidence, Outcome


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Disguise(_Strict):
    """A change of a model that costs nothing, and the tests that see through it."""

    id: str
    what: str
    tests: tuple[str, ...]
    needs: Literal["experts"] | None = None
    """What one of the models must have for the change to be possible."""


class _Disguises(_Strict):
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
    path = resources.tree("rules") / "disguises.yaml"
    try:
        loaded = _Disguises.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValidationError) as error:
        raise RulesError(f"{path}: {error}", advice="Correct that file.") from error
    return loaded.disguises


def certificate(
    evidence: tuple[Evidence, ...],
    power: tuple[Detectable, ...],
    reference: str,
    *,
    routed: bool,
) -> Certificate:
    r"""Say what a negative covers.

    Notes
    -----
    **Bound.** Per role, :math:`\max(0, \hat\rho) + 2.33\,\sigma_0` with the deviation
    :math:`\sigma_0` of the estimate under relabelling: with 99 % confidence the weights of
    that role correlate less with the reference's, *in the basis in which both are stored*.
    **Disguises.** A change of basis hides correlation from the bound; for each known one the
    certificate names the tests of this run that found a planted child through it and from which
    correlation on, or says that none did. Experts cannot be reordered where there are none
    (``routed`` false).
    **Not covered.** Distillation, training on the other's outputs or data, complete
    re-initialisation: they leave no trace in weights.
    **Source.** Ours.
    """
    sees = _found_from(power)
    known = tuple(_covered(d, sees) for d in disguises() if routed or d.needs != "experts")
    bounds = [
        RoleBound(role=e.roles[0], upper=e.effect_upper)
        for e in evidence
        if e.test == "aligned-weights" and len(e.roles) == 1 and e.effect_upper is not None
    ]
    return Certificate(
        bounds=tuple(sorted(dict.fromkeys(bounds), key=lambda b: b.role)),
        run=tuple(sorted({e.test for e in evidence if e.outcome is Outcome.COMPUTED})),
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


def _covered(disguise: Disguise, sees: dict[str, float]) -> Covered:
    by = tuple(test for test in disguise.tests if test in sees)
    return Covered(
        id=disguise.id,
        what=disguise.what,
        by=by,
        found_from=min((sees[test] for test in by), default=None),
    )
