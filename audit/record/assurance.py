# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a negative is worth: the words for its certificate and its positive control."""

from dataclasses import dataclass

from audit.record.said import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Detectable:
    """The smallest dependence that one test of this run would have established.

    A child of the reference was planted on a part of the very weights that were read, with
    correlation ``rho`` between its weights and the reference's. ``planted`` is the smallest
    ``rho`` of the tried ones that the test found there; ``smallest`` is what it finds on
    everything that was read, by the closed form ``z = rho / deviation``, and ``None`` for
    tests without one. ``planted`` is ``None`` with a ``reason`` where not even the strongest
    was found or nothing could be planted. ``how`` says what was done to the child besides.
    """

    test: str
    scope: str
    how: Said
    planted: float | None = None
    smallest: float | None = None
    reason: Said | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleBound:
    """99 % upper confidence bound on the correlation of corresponding weights of one role."""

    role: str
    upper: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """A disguise (``G1`` to ``G11``) and the tests of this run that see through it.

    ``found_from`` is the smallest planted correlation that the best of them found in all
    parts where it has a control, ``None`` where none sees through it.
    """

    id: str
    what: Said
    by: tuple[str, ...]
    found_from: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What ``no-shared-weights`` covers.

    ``bounds`` in the stored basis, per role; ``run`` lists the tests that gave a number;
    ``covered`` and ``open`` split the disguises of ``rules/disguises.yaml``; ``references``
    are the models that the statement is about.
    """

    bounds: tuple[RoleBound, ...]
    run: tuple[str, ...]
    covered: tuple[Covered, ...]
    open: tuple[Covered, ...]
    references: tuple[str, ...]
