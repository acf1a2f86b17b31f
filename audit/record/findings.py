# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a check concludes from evidence: the unit that verdict and report share."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from audit.record.said import Said


class Severity(StrEnum):
    """How bad it is if true; ordered from least to most."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """Position in the order, 0 (info) to 4 (critical)."""
        return list(Severity).index(self)


class Confidence(StrEnum):
    """How sure the check is that the finding is true."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class FindingStatus(StrEnum):
    """Whether the files show a violation, or cannot tell."""

    VIOLATED = "violated"
    """The files show it."""
    UNDETERMINED = "undetermined"
    """The files cannot tell; at or above the gate's severity this forbids PASS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where in the audited folder; ``line`` is 1-based, ``None`` for the whole file."""

    path: str
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One conclusion of one check.

    ``check`` is the rule's id (``LIC002``). ``evidence`` holds short quotations or
    measurements, in the order the reader needs them. ``fingerprint`` does not
    depend on line numbers, so it survives edits elsewhere in a file. ``waived`` says who
    accepted the finding, why and until when; ``None`` if nobody did.
    """

    check: str
    severity: Severity
    confidence: Confidence
    status: FindingStatus
    title: Said
    message: Said
    how_to_fix: Said
    locations: tuple[Location, ...] = ()
    evidence: tuple[Said, ...] = ()
    fingerprint: str = field(default="")
    waived: Said | None = None

    def __post_init__(self) -> None:
        if not self.fingerprint:
            object.__setattr__(self, "fingerprint", _fingerprint(self))


def _fingerprint(finding: Finding) -> str:
    paths = sorted({location.path for location in finding.locations})
    text = "\x1f".join((finding.check, finding.title, *paths, *finding.evidence))
    return f"{finding.check}:{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def in_report_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Order findings worst first, then by check id and fingerprint."""
    return tuple(sorted(findings, key=lambda f: (-f.severity.rank, f.check, f.fingerprint)))
