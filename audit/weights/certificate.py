# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The certificate that goes with ``no-shared-weights``: bounds, tests, disguises, references."""

from functools import cache
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from audit import resources
from audit.errors import RulesError
from audit.weights.assurance import Certificate, Covered, RoleBound
from audit.weights.result import Evidence, Outcome


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Disguise(_Strict):
    """A change of a model that costs nothing, and the tests that see through it."""

    id: str
    what: str
    tests: tuple[str, ...]


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


def certificate(evidence: tuple[Evidence, ...], reference: str) -> Certificate:
    r"""Say what a negative covers.

    Notes
    -----
    **Bound.** Per role, :math:`\max(0, \hat\rho) + 2.33\,\sigma_0` with the deviation
    :math:`\sigma_0` of the estimate under relabelling: with 99 % confidence the weights of
    that role correlate less with the reference's, *in the basis in which both are stored*.
    **Disguises.** A change of basis hides correlation from the bound; for each known one the
    certificate names the tests of this run that would see through it, or says that none did.
    **Not covered.** Distillation, training on the other's outputs or data, complete
    re-initialisation: they leave no trace in weights.
    **Source.** Section 7 (points 6 and 9) of the notes.
    """
    run = {e.test for e in evidence if e.outcome is Outcome.COMPUTED}
    known = tuple(
        Covered(id=d.id, what=d.what, by=tuple(t for t in d.tests if t in run)) for d in disguises()
    )
    bounds = [
        RoleBound(role=e.roles[0], upper=e.effect_upper)
        for e in evidence
        if e.test == "aligned-weights" and len(e.roles) == 1 and e.effect_upper is not None
    ]
    return Certificate(
        bounds=tuple(sorted(dict.fromkeys(bounds), key=lambda b: b.role)),
        run=tuple(sorted(run)),
        covered=tuple(d for d in known if d.by),
        open=tuple(d for d in known if not d.by),
        references=(reference,),
    )
