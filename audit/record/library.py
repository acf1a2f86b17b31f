# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a library of fingerprints says of the audited model."""

from dataclasses import dataclass
from enum import StrEnum

from audit.record.said import Said
from audit.record.weights import PKind


class Standing(StrEnum):
    """What is said of one member."""

    SAME = "same-values"
    RELATED = "related"
    UNDECIDED = "undecided"
    NOT_ASKED = "not-asked"
    UNSEEN = "nothing-seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member that was tested in full; name, commit and day are claims of its maker.

    ``log10_p`` is corrected for every test of the pair and every member of the library, ``None``
    without a test. ``is_proven`` says that an exact test of the layers, or equal values, show that
    it is not independent of the model. ``smallest`` is the least correlation that would have been
    found in the stored basis, ``turned`` in any other.
    """

    name: str
    sha256: str
    standing: Standing
    log10_p: float | None
    p_kind: PKind
    closeness: float
    parts: tuple[str, ...] = ()
    equal: float = 0.0
    moved: float = 0.0
    smallest: float | None = None
    turned: float | None = None
    reasons: tuple[Said, ...] = ()
    commit: str | None = None
    released: str | None = None
    declared: str | None = None
    """The declared base that goes by its name."""
    is_proven: bool = False
    is_own: bool = False
    """Whether it has the model's own name and values."""

    @property
    def is_related(self) -> bool:
        """Whether it is not independent of the model."""
        return self.standing in (Standing.SAME, Standing.RELATED)


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryAnswer:
    """What all members say together.

    ``sha256`` is that of the digests of the members, in order, a line each. ``tested`` are those
    that were tested in full, the closest first, of ``members``; ``damaged`` could not be read.
    ``reason`` says why nobody was asked.
    """

    sha256: str
    members: int
    tested: tuple[Member, ...] = ()
    damaged: int = 0
    log10_error: float | None = None
    """log10 of the chance that any independent member is named."""
    reason: Said | None = None

    def of(self, *standings: Standing) -> tuple[Member, ...]:
        """Members of some standing, the closest first."""
        return tuple(one for one in self.tested if one.standing in standings)

    @property
    def able(self) -> int:
        """How many of the tested could be tested: of them something is known."""
        return len(self.tested) - len(self.of(Standing.NOT_ASKED))

    @property
    def left(self) -> int:
        """How many were ranked only."""
        return self.members - len(self.tested) - self.damaged
