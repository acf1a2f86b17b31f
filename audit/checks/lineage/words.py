# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What the weights and the card say about a parent, in the words that checks share."""

from audit import rules
from audit.checks.case import Case, ReferenceCase
from audit.checks.make import clip
from audit.provenance import edges
from audit.provenance.nodes import is_declaration
from audit.record.derivation import Direction
from audit.record.files import DeclaredParent
from audit.record.findings import Confidence, FindingStatus, Location
from audit.record.said import Said, joined
from audit.record.weights import Comparison, PKind
from audit.text.warrant import warrant


def declared(reference: ReferenceCase) -> DeclaredParent | None:
    """Return the declaration that names this reference, if readers can see it."""
    parent = reference.parent
    return parent if parent is not None and is_declaration(parent) else None


def derives(reference: ReferenceCase) -> bool:
    """Whether trained weights are shared, whichever way they went."""
    return edges.derives(reference.comparison)


def status(case: Case, *references: ReferenceCase) -> FindingStatus:
    """Return what evidence about lineage can carry.

    A test that is read against controls has a measured error rate, not an exact null. Without a
    direction, by the weights or by the release's own word, the reference may be the younger of
    the two, or both come from a third; while a
    declared base was not compared, or was and shares weights, that base may be the third. Each
    of these leaves the question to a person.
    """
    own_word = any(map(declared, references))
    decides = any(is_exact(r) and (came_from(r) or declared(r)) for r in references)
    settled = decides and (own_word or not explained(case))
    return FindingStatus.VIOLATED if settled else FindingStatus.UNDETERMINED


def explained(case: Case) -> tuple[Said, ...]:
    """Say which declared base may explain what is shared with references that are not declared."""
    missing = (p.name for p in case.missing_parents if is_declaration(p))
    found = (r.inventory.name for r in case.references if declared(r) and derives(r))
    return (
        *(
            Said(
                "The declared base {name} was not compared; it may be where both come from.",
                name=clip(name),
            )
            for name in missing
        ),
        *(
            Said(
                "The declared base {name} shares weights too; it may be where both come from.",
                name=clip(name),
            )
            for name in found
        ),
    )


def is_exact(*references: ReferenceCase) -> bool:
    """Whether a test with an exact null shows that the weights are not independent."""
    return any(r.comparison.p_kind is not PKind.CALIBRATED for r in references)


def came_from(reference: ReferenceCase) -> bool:
    """Whether the weights went from the reference to the audited model."""
    return reference.comparison.direction == Direction.FROM_REFERENCE


def confidence(case: Case, *references: ReferenceCase) -> Confidence:
    """Return high confidence where the files settle it, else medium."""
    settled = status(case, *references) is FindingStatus.VIOLATED
    return Confidence.HIGH if settled else Confidence.MEDIUM


def is_dependent(comparison: Comparison) -> bool:
    """Whether an exact test excludes independence, whatever else was left open."""
    exact = comparison.p_kind in (PKind.EXACT, PKind.ASYMPTOTIC)
    return exact and (comparison.log10_p or 0.0) <= rules.weight_thresholds().alpha_derived


def strength(comparison: Comparison) -> Said:
    """Say how strong the agreement is, with the warrant of its p-value."""
    said = warrant(comparison.log10_p, comparison.p_kind)
    if comparison.log10_p is None or comparison.p_kind is not PKind.CALIBRATED:
        return said
    return joined(" ", (said, Said("A person must look at it.")))


def direction(comparison: Comparison) -> Said:
    """Say whether the files tell which of the two came first."""
    if comparison.direction is None:
        return Said(
            "The weights alone do not say which of the two came first, or whether both come"
            " from a third model."
        )
    if comparison.direction == Direction.TO_REFERENCE:
        return Said(
            "What the one contains of the other points from the audited model to the reference."
            " Such evidence can be arranged, so a person must look: dated checkpoints or training"
            " logs would settle it."
        )
    return Said(
        "What the one contains of the other also tells the direction: from the reference, or"
        " a close relative of it, to the audited model."
    )


def origin_location(parent: DeclaredParent) -> Location:
    """Return the file in which a parent is declared."""
    return Location(path=parent.path)
