# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a match of the scanner is worth: an identity, noise, data in quotes, a text that changed."""

import math
import re
from dataclasses import replace

from audit.licenses.declared.names import names, split
from audit.licenses.detected.reply import Match, Reply
from audit.licenses.expressions import symbols
from audit.licenses.known.carried import LEAST_CHANGE, Departures, departures
from audit.licenses.known.difference import Difference
from audit.licenses.legal_text import LegalText
from audit.record.licenses import NOASSERTION

IDENTITY = 98.5
"""Least similarity, in percent, at which an approximate match is an identity."""
_NOISE = (
    "LicenseRef-scancode-unknown",
    "LicenseRef-scancode-free-unknown",
    "LicenseRef-scancode-proprietary-license",
    "LicenseRef-scancode-warranty-disclaimer",
    "LicenseRef-scancode-commercial-license",
    "LicenseRef-scancode-generic-",
    "LicenseRef-scancode-other-",
)
_ONLY = re.compile(r"\bfor\s+non-?commercial\s+(?:use|purposes)\s+only\b", re.I)
_BEGINNING = 4000
_LONGEST_LINE = 1000
_QUOTED = re.compile(r"\"[^\"]{0,200}\"|'[^']{0,200}'")
_HELD = 0.4
"""Least share of a licence's words, in their order, at which a file is made from it."""
_OWN = 0.25
"""Most words of such a file that are not the licence's."""
_SAYS_LICENSE = re.compile(r"licen[cs]e|许可|协议", re.I)


def one_name(matches: list[Match], lines: list[str]) -> str | None:
    """Return the licence that a line names, where the scanner reads it as two that overlap."""
    places = {(m.start, m.end) for m in matches}
    if len({m.expression for m in matches}) < 2 or len(places) != 1 or matches[0].is_tag:
        return None
    line = " ".join(lines[matches[0].start - 1 : matches[0].end])[:_LONGEST_LINE]
    said = {named.expression for named in names(split(line))} - {NOASSERTION}
    one = said.pop() if len(said) == 1 else ""
    return one if any(one in symbols(m.expression) for m in matches) else None


def is_in_quotes(match: Match, lines: list[str]) -> bool:
    """Whether a bare name stands in quotes, as in the data that a comment shows."""
    line = " ".join(lines[match.start - 1 : match.end])[:_LONGEST_LINE]
    if match.kind != "reference" or _SAYS_LICENSE.search(line):
        return False
    outside = _QUOTED.sub(" ", line).casefold()
    return not any(s.split("-")[0].casefold() in outside for s in symbols(match.expression))


def is_noise(match: Match) -> bool:
    """Whether a match is of terms that the scanner has no name for."""
    ids = symbols(match.expression)
    return not ids or any(symbol.startswith(_NOISE) for symbol in ids)


def held_text(source: LegalText, match: Match) -> Match:
    """Return the known licence whose whole text a match holds beside terms that have no name.

    The scanner knows some files by one rule: "this folder is under our own terms, the rest is MIT",
    and then the text.
    """
    ids = symbols(match.expression)
    known = [i for i in sorted(ids) if not i.startswith(_NOISE)]
    if len(known) != 1 or len(ids) == 1 or " OR " in match.expression:
        return match
    lines = source.text.splitlines()[match.start - 1 : match.end]
    found = departures("\n".join(lines), known[0])
    kept = found is not None and found.whole and found.keep_the_terms
    return (
        replace(match, expression=known[0], kind="text", matcher="carried", score=100.0)
        if kept
        else match
    )


def is_identity(match: Match) -> bool:
    """Whether a match is of the licence itself, and not of the nearest text that is known."""
    if not match.is_approximate:
        return True
    listed = not any(s.startswith("LicenseRef-") for s in symbols(match.expression))
    return listed and match.score >= IDENTITY


def _compared(source: LegalText, match: Match) -> Departures | None:
    """Lay what is only alike over the licence's own words, where they are at hand."""
    if match.kind != "text" or not match.is_approximate:
        return None
    lines = source.text.splitlines()[match.start - 1 : match.end]
    return departures("\n".join(("",) * (match.start - 1)) + "\n".join(lines), match.expression)


def changed(source: LegalText, match: Match) -> Departures | None:
    """Return the departures of a text in which a condition is another, if it is one."""
    found = _compared(source, match)
    return found if found is not None and found.change_a_condition else None


def cut_or_added_to(source: LegalText, reply: Reply) -> tuple[Match, Departures] | None:
    """Return the licence that a text is but for passages cut out or put in, and where.

    The scanner finds no text in such a file, and what it does find names one licence only.
    """
    found = [m for m in reply.matches if not is_noise(m)]
    ids = {m.expression for m in found}
    if len(ids) != 1 or any(m.kind == "text" for m in found):
        return None
    laid = departures(source.text, found[0].expression)
    if laid is None or laid.held < _HELD or laid.own > _OWN or laid.keep_the_terms:
        return None
    altered = any(_is_more_than_words(d) for d in laid.differences)
    whole = replace(found[0], kind="text", start=1, end=len(source.text.splitlines()))
    score = math.floor(1000 * min(laid.held, 1 - laid.own)) / 10
    return (replace(whole, score=score), laid) if altered else None


def _is_more_than_words(difference: Difference) -> bool:
    return abs(len(difference.found) - difference.known_words) >= LEAST_CHANGE


def as_carried(source: LegalText, match: Match) -> Match:
    """Return a match that counts as exact where nothing but spelling and the holder differs."""
    found = _compared(source, match)
    kept = found is not None and found.keep_the_terms
    return replace(match, matcher="carried", score=100.0) if kept else match


def is_named(source: LegalText, match: Match) -> bool:
    """Whether a notice that the scanner only finds alike names that very licence."""
    lines = source.text.splitlines()[match.start - 1 : match.end]
    if match.kind == "text" or not lines:
        return False
    said = {named.expression for named in names(split(" ".join(lines)[:_LONGEST_LINE]))}
    return match.expression in said


def takes_back(source: LegalText, matches: list[Match]) -> bool:
    """Whether a short text that the scanner takes for free ones forbids commerce by its words."""
    ids = {symbol for m in matches for symbol in symbols(m.expression)}
    free = all("-NC" not in id_ and not id_.startswith("LicenseRef-") for id_ in ids)
    short = len(source.text) < _BEGINNING and any(m.kind == "text" for m in matches)
    return free and short and _ONLY.search(source.text) is not None


def noise(source: LegalText, reply: Reply) -> tuple[tuple[int, str], ...]:
    """Return the lines that the scanner takes for terms of no licence that it could name."""
    lines = source.text.splitlines()
    unnamed = [match for match in reply.matches if is_noise(match)]
    return tuple(
        (match.start + at, line)
        for match in unnamed
        for at, line in enumerate(lines[match.start - 1 : match.end])
    )
