# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The known-lineage zoo: small trained models and the truth about each pair of them.

``zoo.yaml`` is the truth, ``build.py`` made the members from it, ``zoo.lock`` pins
their bytes. Tests of any stage read it through this module, which imports no torch.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
MEMBERS = HERE / "members"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """How one member was made; the words of ``recipe`` are explained in ``zoo.yaml``."""

    name: str
    recipe: str
    family: str | None = None
    parent: str | None = None
    init: str | None = None
    data: str | None = None
    steps: int = 0
    lr: float = 0.0
    batch: int = 24
    layers: int | None = None
    experts: int = 0
    noise: float = 0.0
    hidden: bool = False
    drop: int = 0
    dtype: str = "float32"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPair:
    """Two members and the word that is true of them; the order means nothing."""

    suspect: str
    reference: str
    relation: str


def declaration() -> dict[str, Any]:
    """Return ``zoo.yaml`` as it stands."""
    loaded: dict[str, Any] = yaml.safe_load((HERE / "zoo.yaml").read_text("utf-8"))
    return loaded


def members() -> tuple[Member, ...]:
    """Return all members, parents before children (an unknown key is an error)."""
    return tuple(Member(name=name, **how) for name, how in declaration()["members"].items())


def relations() -> list[KnownPair]:
    """Return the true relation of every pair that has one, in the order of ``zoo.yaml``."""
    return [
        KnownPair(suspect=suspect, reference=reference, relation=relation)
        for relation, groups in declaration()["relations"].items()
        for suspect, others in groups.items()
        for reference in others
    ]


def zoo_path(name: str) -> Path:
    """Return the folder of a member; a missing one is an error, never a skipped test."""
    folder = MEMBERS / name
    if not folder.is_dir():
        raise FileNotFoundError(f"no zoo member {name!r}: run python tests/zoo/build.py")
    return folder
