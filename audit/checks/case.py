# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""All the evidence that a check may look at, gathered in one frozen value."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.inventory import Inventory
from audit.record.code import NO_EVIDENCE, CodeEvidence
from audit.record.files import DeclaredParent, Kind
from audit.record.findings import Location
from audit.record.licenses import LicenseEvidence
from audit.record.obligations import NO_EVIDENCE as NO_OBLIGATIONS
from audit.record.obligations import ObligationEvidence
from audit.record.weights import Comparison

if TYPE_CHECKING:
    from audit.record.weights import Relatives


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceCase:
    """One reference: what it is, what it carries, and what its weights say.

    ``origin`` is ``given`` (``--against``) or ``declared``; ``parent`` is the
    declaration that led here, ``None`` for a reference that the card does not name.
    """

    inventory: Inventory
    licenses: LicenseEvidence
    comparison: Comparison
    origin: str
    parent: DeclaredParent | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The subject, its licence evidence, and one ``ReferenceCase`` per reference.

    ``missing_parents`` are declared parents for which no folder was found; ``code`` is
    where the subject's source files also stand; ``obligations`` what is owed for all of it.
    """

    subject: Inventory
    licenses: LicenseEvidence
    references: tuple[ReferenceCase, ...]
    missing_parents: tuple[DeclaredParent, ...]
    code: CodeEvidence = NO_EVIDENCE
    obligations: ObligationEvidence = NO_OBLIGATIONS
    relatives: "Relatives | None" = None
    """``None`` unless two or more references share weights with the subject."""

    @property
    def code_files(self) -> frozenset[str]:
        """The paths of source files and notebooks."""
        return frozenset(a.path for a in self.subject.of_kind(Kind.CODE, Kind.NOTEBOOK))

    @property
    def legal_files(self) -> frozenset[str]:
        """The paths of licence and notice files."""
        return frozenset(a.path for a in self.subject.of_kind(Kind.LEGAL))

    @property
    def card_place(self) -> tuple[Location, ...]:
        """The model card as a place, or nothing if there is none."""
        card = self.subject.card
        return () if card is None else (Location(path=card.path),)
