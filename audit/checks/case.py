# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""All the evidence that a check may look at, gathered in one frozen value."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from audit.budgets import is_used_up
from audit.code.repository import CodeRepository
from audit.inventory import Inventory
from audit.kept import fingerprint
from audit.licenses.attribution import ReleaseAttribution
from audit.licenses.history import NO_GIT
from audit.provenance.release import Release
from audit.provenance.told import Told, told
from audit.record.code import NO_EVIDENCE, CodeEvidence
from audit.record.files import DeclaredParent, Kind
from audit.record.findings import Location
from audit.record.library import LibraryAnswer
from audit.record.licenses import NO_HISTORY, LicenseEvidence
from audit.record.obligations import NO_EVIDENCE as NO_OBLIGATIONS
from audit.record.obligations import ObligationEvidence
from audit.record.said import Said, by_number
from audit.record.waivers import Entry
from audit.record.weights import Comparison, Relatives
from audit.request import Looked


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


@dataclass(frozen=True, kw_only=True)
class Case:
    """The subject, its licence evidence, and one ``ReferenceCase`` per reference.

    ``missing_parents`` are declared parents for which no folder was found; ``code`` is
    where the subject's source files also stand; ``obligations`` what is owed for all of it;
    ``answers`` what came of each correction and attestation.
    """

    subject: Inventory
    licenses: LicenseEvidence
    references: tuple[ReferenceCase, ...]
    missing_parents: tuple[DeclaredParent, ...]
    reasons: Mapping[str, Said] = field(default_factory=dict)
    """Why a missing parent was not fetched, by its name, where it was tried."""
    code: CodeEvidence = NO_EVIDENCE
    obligations: ObligationEvidence = NO_OBLIGATIONS
    relatives: Relatives | None = None
    """``None`` unless two or more references share weights with the subject."""
    answers: tuple[Entry, ...] = ()
    library: LibraryAnswer | None = None
    """What a library of fingerprints says; ``None`` where none was asked."""
    controls: tuple[Inventory, ...] = ()
    """Models known to be independent of all the others."""

    @cached_property
    def release(self) -> Release:
        """The subject as its own papers tell of it."""
        return Release(inventory=self.subject, licenses=self.licenses, code=self.code)

    @cached_property
    def told(self) -> tuple[Told, ...]:
        """The models that only READMEs and recipes say it was made from; several checks ask."""
        return tuple(told(self.release))

    @property
    def papers_only(self) -> bool:
        """Whether no weights of the subject were compared with anything."""
        return not any(reference.comparison.coverage for reference in self.references)

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


def case_of(seen: Looked, papers: Sequence[LicenseEvidence]) -> Case:
    """Join what was looked at with the licences of each: first the subject's, then the others'."""
    rows = zip(seen.references.found, seen.inventories, papers[1:], seen.comparisons, strict=True)
    return Case(
        subject=seen.subject,
        licenses=papers[0],
        references=tuple(
            ReferenceCase(
                inventory=inventory,
                licenses=licenses,
                comparison=comparison,
                origin=reference.origin,
                parent=reference.parent,
            )
            for reference, inventory, licenses, comparison in rows
        ),
        missing_parents=seen.references.missing,
        reasons=seen.references.reasons,
        relatives=seen.relatives,
        library=seen.library,
        controls=seen.controls,
    )


def code_repositories(case: Case) -> tuple[CodeRepository, tuple[CodeRepository, ...]]:
    """Return what the code stage reads: the subject and the references, each with its papers."""
    pairs = [(case.subject, case.licenses), *((r.inventory, r.licenses) for r in case.references)]
    subject, *others = (
        CodeRepository(
            inventory=inventory,
            attribution=ReleaseAttribution(inventory, licenses),
            papers=fingerprint(LicenseEvidence, licenses),
        )
        for inventory, licenses in pairs
    )
    return subject, tuple(others)


def left_out(case: Case) -> list[Said]:
    """Say what budgets left out, and that a history is not audited."""
    history = case.licenses.history
    reasons = (
        *(gap.reason for gap in case.subject.unread),
        *(gap.reason for gap in case.licenses.unscanned),
        *(gap.reason for gap in case.code.not_compared),
    )
    used_up = Counter(filter(is_used_up, reasons))
    if history.reason and is_used_up(history.reason.arguments.get("why", "")):
        used_up[history.reason] += 1
    sentences = [
        by_number(
            "{n:count} file was left out, and is undecided: {reason}.",
            "{n:count} files were left out, and are undecided: {reason}.",
            n=used_up[reason],
            reason=reason,
        )
        for reason in sorted(used_up)
    ]
    if history.reason not in (NO_HISTORY.reason, NO_GIT):
        sentences.append(
            Said("Of the folder .git nothing was audited but the licence files of its last tag.")
        )
    return sentences
