# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Asks a whole library about one model: the nearest members by the index, and those named."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from audit.fingerprints.given import fingerprint_of
from audit.fingerprints.identify import BAR, IN_FULL, Answer, Candidate, identify
from audit.fingerprints.index import entry
from audit.progress import SILENT, Progress
from audit.record.library import LibraryAnswer, Member, Standing
from audit.record.said import Said, quoted
from audit.weights.statistics.interface import rounded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from audit.fingerprints.document import Fingerprint
    from audit.fingerprints.shelf import Library
    from audit.inventory import Inventory

EMPTY = Said("the library is empty")


def in_library(
    subject: Fingerprint,
    shelf: Library,
    *,
    every: bool = False,
    also: Iterable[str] = (),
    progress: Progress = SILENT,
) -> Answer:
    """Test a model against the nearest members, or ``every`` one; ``also`` are tested anyway."""
    index = shelf.index()
    among = len(index.entries)
    places = index.nearest(entry(subject), among if every else IN_FULL)
    chosen = [*(index.entries[place].sha256 for place in places), *also]
    if every:
        chosen += [one.sha256 for one in index.entries]
    chosen = list(dict.fromkeys(chosen))
    with progress.task("Testing the nearest fingerprints", len(chosen)) as advance:
        return identify(subject, chosen, shelf.read, among=among, advance=advance)


def ask(
    inventory: Inventory,
    shelf: Library,
    *,
    declared: Callable[[str], str | None] = lambda _: None,
    progress: Progress = SILENT,
) -> LibraryAnswer:
    """Ask a library about a model, as the record keeps the answer.

    Parameters
    ----------
    declared
        Which declared base a member's name means; those that it means are tested whatever their
        rank, as many as are tested by rank.

    Raises
    ------
    WeightsChangedError
        If a file of the model changed while it was read.
    """
    entries = shelf.index().entries
    named = {e.sha256: base for e in entries if (base := declared(e.name)) is not None}
    asked = shelf.digest
    if not entries:
        return LibraryAnswer(sha256=asked, members=0, reason=EMPTY)
    subject = fingerprint_of(inventory, progress=progress)
    if subject.is_empty:
        why = subject.header.problem
        no = quoted(why) if why else Said("no weights were read")
        return LibraryAnswer(sha256=asked, members=len(entries), reason=no)
    answer = in_library(subject, shelf, also=list(named)[:IN_FULL], progress=progress)
    return LibraryAnswer(
        sha256=asked,
        members=answer.members,
        tested=tuple(_member(one, subject, named) for one in answer.candidates),
        damaged=len(answer.damaged),
        log10_error=BAR,
        reason=None if answer.candidates else Said("none of its members could be read"),
    )


def _member(found: Candidate, subject: Fingerprint, named: Mapping[str, str]) -> Member:
    return Member(
        name=found.name,
        sha256=found.sha256,
        standing=found.standing,
        log10_p=None if found.log10_p is None else rounded(found.log10_p),
        p_kind=found.kind,
        closeness=rounded(found.closeness),
        parts=found.parts,
        equal=rounded(found.equal),
        moved=rounded(found.moved),
        smallest=None if found.smallest is None else rounded(found.smallest),
        turned=None if found.turned is None else rounded(found.turned),
        reasons=found.reasons,
        commit=found.header.commit,
        released=found.header.released,
        declared=named.get(found.sha256),
        is_proven=found.is_proven,
        is_own=found.standing is Standing.SAME and found.name == subject.name,
    )
