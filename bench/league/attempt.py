# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What an attempt is, what the comparison said of it, and whether that was right."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import torch

from bench.league.models import (
    Change,
    Release,
    Spelling,
    folder,
    loss,
    model,
    release,
)
from bench.zoo.recipes import Model


class Group(StrEnum):
    """Who is the enemy: the maker of the suspect, or the accuser."""

    EVADE = "evade"
    FRAME = "frame"


class Truth(StrEnum):
    """What is true of a pair, in words that say what an answer is held to."""

    DESCENDED = "trained weights of the reference are in the suspect"
    INDEPENDENT = "independent"
    SAME_START = "one random start, trained apart"
    SIBLINGS = "children of one declared public parent"
    ARRANGED = "the reference was made from the suspect"


class Score(StrEnum):
    """How an answer stands to the truth."""

    RIGHT = "right"
    UNDECIDED = "undecided"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A pair in folders, and the suspect's held-out loss against its parent's, in nats.

    ``before`` and ``after`` are ``None`` where neither is run: innocents have no parent.
    """

    suspect: Path
    reference: Path
    before: float | None = None
    after: float | None = None

    @property
    def change(self) -> float | None:
        """Relative change of the loss."""
        if self.before is None or self.after is None:
            return None
        return self.after / self.before - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was said: of the pair, and of the release where the command line was asked."""

    relation: str
    summary: str
    direction: str | None = None
    exit_code: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt; ``make`` writes the pair into an empty folder.

    ``command`` asks ``audit model-repo``, whose exit code counts, in place of the comparison.
    """

    name: str
    group: Group
    truth: Truth
    make: Callable[[Path], Made]
    command: bool = False


FOUND = frozenset({"copy", "derived", "component-reuse", "disguised"})
SUPPORTED = "reference-to-suspect"


def score(attempt: Attempt, said: Said) -> Score:
    """Hold an answer against the truth."""
    gate = _gate(attempt, said.exit_code) if attempt.command else Score.RIGHT
    pair = _SCORES[attempt.truth](said)
    if Score.WRONG in (gate, pair):
        return Score.WRONG
    return Score.UNDECIDED if Score.UNDECIDED in (gate, pair) else Score.RIGHT


def _gate(attempt: Attempt, code: int | None) -> Score:
    """An evasion may not pass, a framing may not fail; code 3 is no answer to innocents."""
    if attempt.group is Group.EVADE:
        return Score.RIGHT if code in (1, 3) else Score.WRONG
    if code == 3:
        return Score.UNDECIDED
    return Score.RIGHT if code == 0 else Score.WRONG


def _descended(said: Said) -> Score:
    if said.relation in FOUND:
        return Score.RIGHT
    return Score.UNDECIDED if said.relation == "inconclusive" else Score.WRONG


def _independent(said: Said) -> Score:
    if said.relation == "no-shared-weights":
        return Score.RIGHT
    return Score.UNDECIDED if said.relation == "inconclusive" else Score.WRONG


def _same_start(said: Said) -> Score:
    if said.relation == "shared-initialisation":
        return Score.RIGHT
    return Score.UNDECIDED if said.relation == "inconclusive" else Score.WRONG


def _arranged(said: Said) -> Score:
    """Whoever made the reference from the suspect may not be told as its parent."""
    return Score.WRONG if said.direction == SUPPORTED else _descended(said)


_SCORES: dict[Truth, Callable[[Said], Score]] = {
    Truth.DESCENDED: _descended,
    Truth.INDEPENDENT: _independent,
    Truth.SAME_START: _same_start,
    Truth.SIBLINGS: _arranged,
    Truth.ARRANGED: _arranged,
}

Lay = Callable[[Release, Path, torch.Generator], None]


def evasion(
    name: str,
    of: str,
    *,
    seed: int = 0,
    change: Change | None = None,
    spell: Spelling | None = None,
    lay: Lay | None = None,
    command: bool = False,
    parent: Callable[[], Model] | None = None,
) -> Attempt:
    """Make an attempt to evade: change the weights, then their names, then how files lie.

    The loss is that of the changed weights: what a loader of the suspect's own would load where
    names or files are not those of the family. ``parent`` is what is changed, where that is not
    the model ``of`` itself.
    """

    def make(place: Path) -> Made:
        start = model(of, seed) if parent is None else parent()
        child = change(start) if change else start
        written = release(child, model(of))
        written = written if spell is None else spell(written)
        suspect = place / "suspect"
        if lay is None:
            written.write(suspect)
        else:
            lay(written, suspect, child.random("files"))
        if command:
            papers(suspect)
        return Made(
            suspect=suspect,
            reference=folder(of),
            before=loss(model(of), of),
            after=loss(child, of),
        )

    return Attempt(
        name=f"{name}; {of}, {seed}" + (", command" if command else ""),
        group=Group.EVADE,
        truth=Truth.DESCENDED,
        make=make,
        command=command,
    )


def framing(
    name: str,
    pair: Callable[[], tuple[Release, Release]],
    *,
    truth: Truth = Truth.INDEPENDENT,
    command: bool = False,
) -> Attempt:
    """Make an attempt to frame of two releases, suspect first."""

    def make(place: Path) -> Made:
        suspect, reference = (
            one.write(place / side)
            for one, side in zip(pair(), ("suspect", "reference"), strict=True)
        )
        if command:
            papers(suspect)
            papers(reference)
        return Made(suspect=suspect, reference=reference)

    return Attempt(
        name=name + (", command" if command else ""),
        group=Group.FRAME,
        truth=truth,
        make=make,
        command=command,
    )


_CARD = """---
license: apache-2.0
language:
- en
---

# Fernhollow

A language model that was trained from scratch (a random start, no other model's weights) on
technical English.

## Licence

Apache License 2.0, see `LICENSE`.
"""


def papers(place: Path) -> None:
    """Lay the papers of an honest release of its own beside the weights."""
    (place / "README.md").write_text(_CARD, "utf-8")
    text = (folder("llama").parent / "independent" / "LICENSE").read_text("utf-8")
    (place / "LICENSE").write_text(text, "utf-8")
