# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What is frozen: the cases, each with the way to compute its digest anew.

``zoo``: every pair that ``zoo.yaml`` names, in both orders. ``dispute``: both models
of the example, as ``make demo`` audits them. ``repositories``: every release of ``tests/repos``.
``packages``: the published models and sources of ``tests/validation``, where an index has them.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from tests.frozen import digest, entry
from tests.unit.checks.mutations import REPOS
from tests.validation import packages
from tests.zoo import declaration, relations, zoo_path

HERE = Path(__file__).resolve().parent
DISPUTE = HERE.parents[1] / "examples" / "dispute"
GROUPS = ("zoo", "dispute", "repositories", "packages")
COMPLETING = (("bert-fine-tune", "bert"), ("permuted", "transplant"))
"""Pairs for the member and the relation that every third declared pair leaves out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenCase:
    """``compute`` returns the digest; a ``quick`` case is part of every run of the tests."""

    group: str
    name: str
    quick: bool
    compute: Callable[[], digest.Row]

    @property
    def id(self) -> str:
        """The name in the test's report."""
        return f"{self.group}: {self.name}"


@cache
def cases() -> tuple[FrozenCase, ...]:
    """Return every case; nothing is computed or downloaded."""
    return (*_zoo(), *_dispute(), *_repositories(), *_packages())


def _zoo() -> list[FrozenCase]:
    pairs = [(pair.suspect, pair.reference) for pair in relations()]
    quick = {*pairs[::3], *COMPLETING}
    pairs += [tuple(left_out["pair"]) for left_out in declaration()["left_out"]]
    return [
        FrozenCase(
            group="zoo",
            name=f"{suspect} ~ {reference}",
            quick=(suspect, reference) in quick,
            compute=partial(_compared, zoo_path(suspect), zoo_path(reference)),
        )
        for pair in pairs
        for suspect, reference in (pair, pair[::-1])
    ]


def _dispute() -> list[FrozenCase]:
    return [
        FrozenCase(
            group="dispute",
            name=name,
            quick=True,
            compute=partial(_audited, DISPUTE / name, DISPUTE / "reference"),
        )
        for name in ("suspect", "independent")
    ]


def _repositories() -> list[FrozenCase]:
    names = sorted(path.parent.name for path in REPOS.glob("*/expected.json"))
    return [
        FrozenCase(group="repositories", name=name, quick=True, compute=partial(_scenario, name))
        for name in names
    ]


def _packages() -> list[FrozenCase]:
    models = {
        f"{suspect} ~ {reference}": partial(_published, suspect, reference)
        for suspect, reference in packages.PAIRS
    }
    sources = {name: partial(_source, name) for name in packages.SOURCES}
    return [
        FrozenCase(group="packages", name=name, quick=False, compute=compute)
        for name, compute in (models | sources).items()
    ]


def _compared(suspect: Path, reference: Path) -> digest.Row:
    return digest.comparison(entry.compare_folders(suspect, reference))


def _audited(target: Path, *against: Path) -> digest.Row:
    return digest.record(entry.audit_folder(target, *against))


def _scenario(name: str) -> digest.Row:
    with tempfile.TemporaryDirectory() as folder:
        return digest.record(entry.audit_scenario(name, Path(folder)))


def _published(suspect: str, reference: str) -> digest.Row:
    return _compared(packages.model(suspect), packages.model(reference))


def _source(requirement: str) -> digest.Row:
    return _audited(packages.source(requirement))
