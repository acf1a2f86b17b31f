# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Three-valued answers with what they rest on, and Kleene's strong logic over them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from audit.record.obligations import DutyState, Passage
from audit.record.said import Said, joined

_OPPOSITE = {
    DutyState.MET: DutyState.NOT_MET,
    DutyState.NOT_MET: DutyState.MET,
    DutyState.UNKNOWN: DutyState.UNKNOWN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Whether a requirement is met, why, and where that stands.

    ``asked`` is what was looked for, word for word. ``question`` is what a person has to
    answer because no file can.
    """

    state: DutyState
    reason: Said
    passages: tuple[Passage, ...] = ()
    asked: str = ""
    question: Said | None = None


def met(reason: Said, *passages: Passage, asked: str = "") -> Answer:
    """Return an answer that rests on something found."""
    return Answer(state=DutyState.MET, reason=reason, passages=passages, asked=asked)


def not_met(reason: Said, *passages: Passage, asked: str = "") -> Answer:
    """Return an answer that rests on having looked everywhere; ``passages`` are near misses."""
    return Answer(state=DutyState.NOT_MET, reason=reason, passages=passages, asked=asked)


def unknown(
    reason: Said, *passages: Passage, asked: str = "", question: Said | None = None
) -> Answer:
    """Return an answer that the files do not give, with the reason."""
    return Answer(
        state=DutyState.UNKNOWN, reason=reason, passages=passages, asked=asked, question=question
    )


def all_of(answers: Sequence[Answer]) -> Answer:
    """Return the conjunction: one unmet part decides, else one unknown part does."""
    return _combined(answers, (DutyState.NOT_MET, DutyState.UNKNOWN, DutyState.MET))


def any_of(answers: Sequence[Answer]) -> Answer:
    """Return the disjunction: the first met part decides, else one unknown part does."""
    first = next((answer for answer in answers if answer.state is DutyState.MET), None)
    return first or _combined(answers, (DutyState.MET, DutyState.UNKNOWN, DutyState.NOT_MET))


def negated(answer: Answer) -> Answer:
    """Return the negation; what is unknown stays unknown."""
    return replace(answer, state=_OPPOSITE[answer.state])


def _combined(answers: Sequence[Answer], deciding: Sequence[DutyState]) -> Answer:
    """Take the first deciding value that occurs, with the reasons of all parts that have it."""
    state = next(value for value in deciding if any(a.state is value for a in answers))
    carriers = [answer for answer in answers if answer.state is state]
    return Answer(
        state=state,
        reason=joined("; ", dict.fromkeys(answer.reason for answer in carriers)),
        passages=tuple(dict.fromkeys(p for answer in carriers for p in answer.passages)),
        asked=next((a.asked for a in carriers if a.asked), ""),
        question=next((a.question for a in carriers if a.question is not None), None),
    )
