# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What the known texts in a file say as claims, and what is left for the scanner.

The known texts speak first. The lines that they explain are not given to the scanner, which
answers with the nearest text it knows, also where that is another licence.
"""

import re
from dataclasses import replace

from audit.licenses.detected.reply import Reply
from audit.licenses.known.difference import Difference
from audit.licenses.known.texts import DETECTOR, KnownText, Likeness
from audit.licenses.layout import scope_of_name
from audit.record.licenses import NOASSERTION, ClaimSource, LicenseClaim
from audit.rules.texts import LICENSE

POLICY = "use policy or annex"
"""Origin of a known text that is part of a licence's terms and grants nothing itself."""
MOST_SHOWN = 12
"""Differences shown of one text."""
LONGEST_SHOWN = 24
"""Words shown of one difference."""
EXACT_SHARE = 0.95
"""Least share of lines that an exact match of the scanner must have to be the answer."""
_COPYRIGHT = re.compile(r"[\s#*/;>-]*(?:copyright|©|\(c\))\s", re.I)


def known_claims(
    found: tuple[KnownText, ...], path: str, origin: str, *, for_release: bool
) -> tuple[LicenseClaim, ...]:
    """Return a claim per known text; what is only near counts in a file of the release.

    ``origin`` is that of a licence text in this file.
    """
    return tuple(
        _claim(text, path, origin if text.role == LICENSE else POLICY, speaks=for_release)
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


def _claim(text: KnownText, path: str, origin: str, *, speaks: bool) -> LicenseClaim:
    near = text.likeness is Likeness.NEAR
    share = min(text.known_share, text.found_share)
    # Rounded down: a text that differs never shows as 100 %.
    score = int(share * 1000) / 1000
    return LicenseClaim(
        source=ClaimSource.DETECTED,
        origin=origin,
        expression=NOASSERTION if near else text.id,
        raw=(
            f"near {text.name} ({score:.1%} of its word runs), but not that text"
            if near
            else f"the words of {text.name}"
        ),
        path=path,
        line=text.first,
        scope=scope_of_name(path) if speaks and text.role == LICENSE else None,
        score=score,
        detector=DETECTOR,
        near=text.id if near else None,
        differences=described(text),
    )


def described(text: KnownText) -> tuple[str, ...]:
    """Return where a file departs from a known text, in words, bounded in number and length."""
    said = [f"lacks {phrase!r}" for phrase in text.missing]
    said += [f"has {phrase!r}, which belongs to another text" for phrase in text.foreign]
    said += [_difference(each) for each in text.differences]
    left = len(said) - MOST_SHOWN
    return (*said[:MOST_SHOWN], *([f"and {left} more places"] if left > 0 else []))


def _difference(each: Difference) -> str:
    here = f"line {each.line}: "
    found, known = _quoted(each.found), each.known
    if known is None:
        known_part = f"{each.known_words} other words" if each.known_words else ""
    else:
        known_part = _quoted(known)
    if found and known_part:
        return f"{here}{found} stands for {known_part}"
    return f"{here}{found} is added" if found else f"{here}{known_part} left out"


def _quoted(words: tuple[str, ...]) -> str:
    if not words:
        return ""
    shown = " ".join(words[:LONGEST_SHOWN])
    left = len(words) - LONGEST_SHOWN
    return f'"{shown} ..." ({left} more words)' if left > 0 else f'"{shown}"'
