# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What the library says, in the words that checks and coverage share."""

from audit.checks.case import Case
from audit.record.files import DeclaredParent
from audit.record.library import Member, Standing
from audit.record.said import Said


def members_of(case: Case, parent: DeclaredParent) -> tuple[Member, ...]:
    """Return the members that go by the name of a declared base."""
    library = case.library
    return tuple(m for m in library.tested if m.declared == parent.name) if library else ()


def of_library(case: Case) -> Said:
    """Say how many models were asked, and how many could be tested; nothing without a library."""
    library = case.library
    if library is None or library.reason is not None:
        return Said("")
    return Said(
        "{all:count} fingerprints were asked: {tested:count} were tested in full, and {able:count}"
        " of them could have been seen or ruled out.",
        all=library.members,
        tested=len(library.tested),
        able=library.able,
    )


def covered(case: Case) -> tuple[Said, ...]:
    """Say what the library was asked and answers, for the list of what was looked at."""
    library = case.library
    if library is None:
        return ()
    if library.reason is not None:
        return (Said("No fingerprint of the library was asked: {why}.", why=library.reason),)
    unseen, digest = len(library.of(Standing.UNSEEN)), library.sha256[:12]
    left = Said(
        "{asked} {left:count} were ranked and not tested, {damaged:count} could not be read, of"
        " {other:count} another basis or width left it open (library {digest}).",
        asked=of_library(case),
        left=library.left,
        damaged=library.damaged,
        other=len(library.of(Standing.UNDECIDED, Standing.NOT_ASKED)),
        digest=digest,
    )
    own = tuple(
        Said("{name} of the library is taken for the release itself: name and values.", name=m.name)
        for m in library.tested
        if m.is_own
    )
    none = Said(
        "By these tests the release is none of these {n:count}; that says nothing of any other"
        " model, and a maker who knows how fingerprints are drawn can hide from them.",
        n=unseen,
    )
    return (left, *own, *((none,) if unseen else ()))
