# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What the weights and the card say about a parent, in the words that checks share."""

import math

from audit.checks.case import Case, ReferenceCase
from audit.provenance import edges
from audit.provenance.edges import is_declaration
from audit.record.derivation import Direction
from audit.record.files import DeclaredParent
from audit.record.findings import Confidence, FindingStatus, Location
from audit.record.weights import Comparison, PKind


def declared(reference: ReferenceCase) -> DeclaredParent | None:
    """Return the declaration that names this reference, if readers can see it."""
    parent = reference.parent
    return parent if parent is not None and is_declaration(parent) else None


def derives(reference: ReferenceCase) -> bool:
    """Whether trained weights are shared, whichever way they went."""
    return edges.derives(reference.comparison)


def status(*references: ReferenceCase) -> FindingStatus:
    """Return what evidence about lineage can carry.

    A test that is read against controls has a measured error rate, not an exact null; and
    weights that seem to have gone from the audited model to the reference may have been
    arranged so. Either leaves the question to a person.
    """
    decides = any(is_exact(r) and not _went_away(r) for r in references)
    return FindingStatus.VIOLATED if decides else FindingStatus.UNDETERMINED


def is_exact(*references: ReferenceCase) -> bool:
    """Whether a test with an exact null shows that the weights are not independent."""
    return any(r.comparison.p_kind is not PKind.CALIBRATED for r in references)


def _went_away(reference: ReferenceCase) -> bool:
    return reference.comparison.direction == Direction.TO_REFERENCE


def confidence(*references: ReferenceCase) -> Confidence:
    """Return high confidence for exact evidence, medium for calibrated."""
    settled = status(*references) is FindingStatus.VIOLATED
    return Confidence.HIGH if settled else Confidence.MEDIUM


def strength(comparison: Comparison) -> str:
    """Say how strong the agreement is, with the warrant of its p-value."""
    log10_p, kind = comparison.log10_p, comparison.p_kind
    if log10_p is None or kind is PKind.NONE:
        return "No probability was computed."
    if kind is PKind.EXACT:
        return (
            "If the two had been initialised independently, agreement this strong has"
            f" probability at most 10^{math.ceil(log10_p)}."
        )
    if kind is PKind.ASYMPTOTIC:
        return (
            "If the two had been initialised independently, agreement this strong has"
            f" probability about 10^{round(log10_p)} by the normal approximation to the"
            " permutation distribution."
        )
    return (
        "The strength was read against control models; it is not an exact probability, and a"
        " person must look at it."
    )


def direction(comparison: Comparison) -> str:
    """Say whether the files tell which of the two came first."""
    if comparison.direction is None:
        return (
            "The weights alone do not say which of the two came first, or whether both come"
            " from a third model."
        )
    if comparison.direction == Direction.TO_REFERENCE:
        return (
            "What the one contains of the other points from the audited model to the reference."
            " Such evidence can be arranged, so a person must look: dated checkpoints or training"
            " logs would settle it."
        )
    return (
        "What the one contains of the other also tells the direction: from the reference, or"
        " a close relative of it, to the audited model."
    )


def measured(comparison: Comparison) -> tuple[str, ...]:
    """Return the measurements that a finding about lineage quotes."""
    quoted = [f"relation: {comparison.relation.value}", comparison.summary]
    if comparison.effect is not None:
        quoted.append(f"effect: {comparison.effect:.3f} (0 none, 1 full agreement)")
    if comparison.log10_p is not None:
        quoted.append(
            f"log10 p: {comparison.log10_p:.1f} ({comparison.p_kind.value}, corrected for every"
            " test, component and reference that was tried)"
        )
    return tuple(quoted)


def card_location(case: Case) -> tuple[Location, ...]:
    """Return the model card as a location, or nothing if there is none."""
    card = case.subject.card
    return () if card is None else (Location(path=card.path),)


def origin_location(parent: DeclaredParent) -> Location:
    """Return the file in which a parent is declared."""
    return Location(path=parent.origin.rpartition(": ")[0] or parent.origin)
