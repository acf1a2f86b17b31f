# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What the known texts in a file say as claims, and what is left for the scanner.

The known texts speak first. The lines that they explain are not given to the scanner, which
answers with the nearest text it knows, also where that is another licence.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from audit.licenses.detected.reply import Reply
from audit.licenses.known.difference import Difference
from audit.licenses.known.recognise import DETECTOR, EDITIONS, UNDER_A_HEAD, KnownText, Likeness
from audit.licenses.release_files import scope_of_name
from audit.record.licenses import NOASSERTION, ClaimOrigin, ClaimSource, LicenseClaim
from audit.record.said import Said
from audit.rules.known_texts import LICENSE

MOST_SHOWN = 12
"""Differences shown of one text."""
LONGEST_SHOWN = 24
"""Words shown of one difference."""
EXACT_SHARE = 0.95
"""Least share of lines that an exact match of the scanner must have to be the answer."""
_COPYRIGHT = re.compile(r"[\s#*/;>-]*(?:copyright|©|\(c\))\s", re.I)


def known_claims(
    found: tuple[KnownText, ...], path: str, origin: ClaimOrigin, *, for_release: bool
) -> tuple[LicenseClaim, ...]:
    """Return a claim per known text; what is only near counts in a file of the release.

    ``origin`` is that of a licence text in this file.
    """
    return tuple(
        _claim(
            text, path, origin if text.role == LICENSE else ClaimOrigin.POLICY, speaks=for_release
        )
        for text in found
        if for_release or text.likeness is not Likeness.NEAR
    )


def remainder(text: str, found: tuple[KnownText, ...]) -> str:
    """Blank the lines that known texts explain, except copyright statements.

    What is only near stays: the scanner may know that very text, by hash.
    """
    lines = text.splitlines()
    for known in found:
        if known.likeness is Likeness.NEAR:
            continue
        for index in range(known.first - 1, known.last):
            if not _COPYRIGHT.match(lines[index]):
                lines[index] = ""
    return "\n".join(lines) if found else text


def settle(
    found: tuple[KnownText, ...], reply: Reply, text: str
) -> tuple[tuple[KnownText, ...], Reply]:
    """Let one detector speak about each part of a file.

    Where the scanner has an exact match for nearly all the lines that are near a known
    text, they are what the scanner says. Elsewhere its nearest guesses about these lines
    are dropped: the known texts say better what they are near.
    """
    near = [known for known in found if known.likeness is Likeness.NEAR]
    if not near:
        return found, reply
    lines = text.splitlines()
    words_at = {n for n, line in enumerate(lines, 1) if re.search(r"\w", line)}
    span = {n for known in near for n in range(known.first, known.last + 1)} & words_at
    exact = {
        n
        for match in reply.matches
        if match.kind == "text" and not match.is_approximate
        for n in range(match.start, match.end + 1)
    }
    if len(exact & span) >= EXACT_SHARE * len(span):
        return tuple(known for known in found if known not in near), reply
    outside = (tuple(m for m in d if m.start not in span) for d in reply.detections)
    left = tuple(entry for entry in reply.unexplained if entry[0] not in span)
    return found, replace(reply, detections=tuple(d for d in outside if d), unexplained=left)


def _claim(text: KnownText, path: str, origin: ClaimOrigin, *, speaks: bool) -> LicenseClaim:
    near = text.likeness is Likeness.NEAR
    share = min(text.known_share, text.found_share)
    # Rounded down: a text that differs never shows as 100 %.
    score = int(share * 1000) / 1000
    return LicenseClaim(
        source=ClaimSource.DETECTED,
        origin=origin,
        expression=NOASSERTION if near else text.id,
        raw=_described_as(text, score),
        path=path,
        line=text.first,
        scope=scope_of_name(path) if speaks and text.role == LICENSE else None,
        score=score,
        detector=_detector(text),
        near=text.id if near else None,
        differences=described(text),
    )


def _detector(text: KnownText) -> str:
    if text.is_retitled:
        return UNDER_A_HEAD
    return EDITIONS if text.is_edition else DETECTOR


def _described_as(text: KnownText, score: float) -> Said:
    if text.is_edition:
        return Said(
            "like {text} ({score:share} of its word runs), in an edition that is not known here",
            text=text.name,
            score=score,
        )
    if text.likeness is not Likeness.NEAR:
        return Said("the words of {text}", text=text.name)
    return Said(
        "near {text} ({score:share} of its word runs), but not that text",
        text=text.name,
        score=score,
    )


def described(text: KnownText) -> tuple[Said, ...]:
    """Return where a file departs from a known text, in words, bounded in number and length."""
    said = [Said("lacks '{phrase}'", phrase=phrase) for phrase in text.missing]
    said += [
        Said("has '{phrase}', which belongs to another text", phrase=phrase)
        for phrase in text.foreign
    ]
    return _first(said + [_difference(each) for each in text.differences])


def in_words(differences: Iterable[Difference]) -> tuple[Said, ...]:
    """Return where a file departs from a text, bounded in number and length."""
    return _first([_difference(each) for each in differences])


def _first(said: list[Said]) -> tuple[Said, ...]:
    left = len(said) - MOST_SHOWN
    more = [Said("and {n:count} more places", n=left)] if left > 0 else []
    return (*said[:MOST_SHOWN], *more)


def _difference(each: Difference) -> Said:
    line, found = each.line, _quoted(each.found)
    known: str = "" if each.known is None else _quoted(each.known)
    if each.known is None and each.known_words:
        known = Said("{n:count} other words", n=each.known_words)
    if found and known:
        return Said("line {line}: {found} stands for {known}", line=line, found=found, known=known)
    if found:
        return Said("line {line}: {found} is added", line=line, found=found)
    return Said("line {line}: {known} left out", line=line, known=known)


def _quoted(words: tuple[str, ...]) -> str:
    if not words:
        return ""
    shown = " ".join(words[:LONGEST_SHOWN])
    left = len(words) - LONGEST_SHOWN
    if left > 0:
        return Said('"{shown} ..." ({n:count} more words)', shown=shown, n=left)
    return f'"{shown}"'
