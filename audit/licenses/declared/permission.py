# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Sentences by which commercial use needs leave: "for commercial use, contact us", 商用需授权.

Commercial use, and near it, in the same sentence, that one has to ask, pay, sign or register.
What is on offer beside the licence (support, hosting, a licence without copyleft) asks nothing.
"""

from audit import rules
from audit.licenses.declared.clause import Clause
from audit.licenses.declared.names import is_eastern

_NEAR = 18
"""Words between commercial use and what has to be done for it."""
_HARD = frozenset(";；。.!?！？")
_FAR = 10
"""Words before a demand in which it may be taken back."""
_LATE = 5
"""Words after what is asked for in which Japanese and Korean ask."""
_SETTLED = 5
"""Words around commercial use in which it may be said to be free."""
_OBTAIN = frozenset({"obtain", "obtaining", "获得", "取得"})


def asked(clause: Clause) -> int | None:
    """Return the word at which a sentence speaks of the commercial use that it makes depend."""
    words = range(len(clause.words))
    if clause.any_in(0, len(words), "service", "ended") or any(
        _has(clause, at, "beside") for at in words
    ):
        return None
    return next((at for at in words if _depends(clause, at)), None)


def rider(clause: Clause) -> int | None:
    """Return where a sentence names a rider on a licence that takes commerce away from it."""
    riders = rules.prose_words().riders
    for at in range(len(clause.words)):
        pair = f"{clause.low(at)} {clause.low(at + 1 + (clause.low(at + 1) == '-'))}"
        taken_back = clause.any_in(max(0, at - 3), at, "never")
        if pair in riders and not taken_back and not clause.any_in(0, len(clause.words), "ended"):
            return at
    return None


def _depends(clause: Clause, at: int) -> bool:
    return (
        _is_use(clause, at)
        and (not _is_free(clause, at) or _is_obtained(clause, at))
        and any(_asks(clause, i) for i in _near(clause, at))
    )


def _is_use(clause: Clause, at: int) -> bool:
    """Whether a word says that something is used for commerce: "commercial use", 商用."""
    if not clause.has(at, "commercial") or clause.low(at - 1) in ("non", "-"):
        return False
    alone = clause.low(at) in ("commercially", "商用", "商业用途", "商业化", "商用利用", "商業利用")
    return alone or _has(clause, at + 1, "use")


def _is_obtained(clause: Clause, at: int) -> bool:
    """Whether a permission has to be obtained first, for use that is free then."""
    return any(
        clause.low(i) in _OBTAIN and any(_has(clause, j, "leave") for j in range(i + 1, i + _FAR))
        for i in _near(clause, at)
    )


def _is_free(clause: Clause, at: int) -> bool:
    """Whether the sentence says that it is allowed anyway, or asks for nothing."""
    near = range(max(0, at - _SETTLED), min(len(clause.words), at + _SETTLED))
    return any(_has(clause, i, "free") and not clause.has(i - 1, "never") for i in near)


def _near(clause: Clause, at: int) -> list[int]:
    """Return the words of the sentence around a place, up to a mark that ends it."""
    first = next(
        (i for i in range(at, max(-1, at - _NEAR), -1) if clause.low(i) in _HARD), at - _NEAR
    )
    last = next((i for i in range(at, at + _NEAR) if clause.low(i) in _HARD), at + _NEAR)
    return [i for i in range(max(0, first + 1), min(last, len(clause.words))) if i != at]


def _asks(clause: Clause, at: int) -> bool:
    """Whether a word, with what governs it, demands: "please contact", "requires a licence"."""
    if not _has(clause, at, "leave"):
        return False
    before = range(max(0, at - _FAR), at)
    if any(
        clause.has(i, "never") or clause.low(i) in ("without", "无需", "无须", "不必")
        for i in before
    ):
        return False
    after = range(at, at + _LATE if is_eastern(clause.low(at)) else at + 1)  # where verbs are last
    return any(_has(clause, i, "bid") for i in (*before, *after))


def _has(clause: Clause, at: int, kind: str) -> bool:
    return clause.low(at) in rules.prose_words().commerce[kind]
