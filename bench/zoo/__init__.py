# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The larger zoo: models of a million parameters, really trained, and the truth about them.

``zoo.yaml`` is the truth, ``build.py`` trains what has to be trained (cached by the
digest of the recipe), ``recipes.py`` makes everything else from those in moments.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """How a trained model was made; the words of ``recipe`` are explained in ``zoo.yaml``."""

    name: str
    recipe: str
    data: str
    shape: str | None = None
    parent: str | None = None
    init: str | None = None
    teacher: str | None = None
    schedule: str = "pretrain"
    tied: bool = False
    experts: int = 0
    noise: float = 0.0
    redraw: float = 0.0
    drop: tuple[int, ...] = ()

    @property
    def needs(self) -> tuple[str, ...]:
        """The models that have to exist before this one."""
        return tuple(sorted({n for n in (self.parent, self.teacher) if n is not None}))


@cache
def declaration() -> dict[str, Any]:
    """Return ``zoo.yaml`` as it stands."""
    loaded: dict[str, Any] = yaml.safe_load((HERE / "zoo.yaml").read_text("utf-8"))
    return loaded


@cache
def trained() -> dict[str, Trained]:
    """Return what has to be trained, parents before children (an unknown key is an error)."""
    return {
        name: Trained(name=name, **(how | {"drop": tuple(how.get("drop", ()))}))
        for name, how in declaration()["trained"].items()
    }


@cache
def population() -> dict[str, Trained]:
    """Return the smaller models that calibrate the exact tests."""
    how = {key: value for key, value in declaration()["population"].items() if key != "count"}
    names = [f"small-{number}" for number in range(declaration()["population"]["count"])]
    return {name: Trained(name=name, recipe="pretrain", **how) for name in names}


def everything() -> dict[str, Trained]:
    """Return all models that are trained, parents before children."""
    return trained() | population()
