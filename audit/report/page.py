# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a report is a view of.

A page is a function of the record, the custody and the responses, and of nothing else.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Self

from audit.record.custody import Custody, FirstEdition, Response
from audit.record.document import AuditRecord, record_from_bytes, to_bytes
from audit.record.said import Argument, Said
from audit.record.texts import RuleTexts
from audit.record.weights import Comparison
from audit.report.blocks import Block, Heading, Section, present
from audit.report.outline import ANNEXES, NUMBERS
from audit.report.words.strength import strongest_first

NOT_RECORDED: Final = Said("Not recorded: this report was rendered from a record alone.")


@dataclass(frozen=True, kw_only=True)
class Page:
    """The record and what is known about the run, with what follows from them."""

    record: AuditRecord
    custody: Custody | None
    responses: tuple[Response, ...] = ()
    """What others signed on the report; printed unchanged in an annex."""
    visible_signature: bool = False
    """Whether a PDF has a field in which its signature is shown."""
    first: FirstEdition | None = None
    """The first edition, where this is a later one."""

    @classmethod
    def of(
        cls,
        record: AuditRecord,
        custody: Custody | None,
        responses: tuple[Response, ...] = (),
        *,
        visible_signature: bool = False,
        first: FirstEdition | None = None,
    ) -> Self:
        """Return the page of a record as anybody reads it: one made here is no other."""
        return cls(
            record=record_from_bytes(to_bytes(record), where="record.json"),
            custody=custody,
            responses=responses,
            visible_signature=visible_signature,
            first=first,
        )

    @cached_property
    def written(self) -> dict[object, bytes]:
        """What was written of this page once and is printed too, by language and extent."""
        return {}

    @cached_property
    def sha256(self) -> str:
        """The digest of the record."""
        return hashlib.sha256(to_bytes(self.record)).hexdigest()

    @property
    def run(self) -> Custody | None:
        """The custody of a run; without a signer there is only a date that somebody gave."""
        return None if self.custody is None or self.custody.signer is None else self.custody

    @property
    def audit_run(self) -> Custody | None:
        """The custody of the audit itself, which a later edition has from the first."""
        return self.run if self.first is None else self.first.custody

    @property
    def texts(self) -> RuleTexts:
        """What the record quotes from its rules."""
        return self.record.texts

    @property
    def thresholds(self) -> dict[str, float]:
        """The numbers of the decision rule by name; empty where the record lacks them."""
        return {threshold.name: threshold.value for threshold in self.texts.thresholds}

    @property
    def compared(self) -> tuple[Comparison, ...]:
        """The comparisons, the strongest first."""
        return strongest_first(self.record.comparisons)

    @property
    def made_by(self) -> str:
        """Name and version of the programme that made the record."""
        return f"{self.record.tool.name} {self.record.tool.version}"


def part(
    name: str, title: str, *blocks: Block | None, heading: str = "", kind: str = ""
) -> Section:
    """Return a section of the outline; ``heading`` where it says more than ``title``."""
    names: dict[str, Argument] = {"number": NUMBERS[name], "title": heading or title}
    head = (
        Said("Annex {number}: {title}", **names)
        if name in ANNEXES
        else Said("{number} {title}", **names)
    )
    return Section(present(Heading(head, 2), *blocks), id=name, title=title, kind=kind)
