# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Turns matches into claims; pure, so that every trap of the detector has a test.

The scanner answers with the nearest text it knows, also when that is another licence: a
non-commercial licence has been given out as its commercial sister at 94.6 %. So an
approximate match is an identity only for licences that SPDX lists, and only from 98.5 %;
below, or for the ``LicenseRef-`` families whose versions differ by a few words, the claim
says what the text is near and asserts nothing.
"""

import re
from dataclasses import replace

from audit.licenses.declared.prose import LIMIT
from audit.licenses.detected.again import read_again
from audit.licenses.detected.comments import is_data, speaking
from audit.licenses.detected.own_words import HEADER_LINES, keeps_commerce_back
from audit.licenses.detected.reply import Match, Reply
from audit.licenses.detected.worth import (
    as_carried,
    changed,
    cut_or_added_to,
    held_text,
    is_identity,
    is_in_quotes,
    is_named,
    is_noise,
    noise,
    one_name,
    takes_back,
)
from audit.licenses.expressions import combine
from audit.licenses.holders import statement_holder
from audit.licenses.known.carried import Departures
from audit.licenses.known.claims import in_words, known_claims, settle
from audit.licenses.legal_text import LegalText
from audit.licenses.release_files import scope_of_name
from audit.record.files import Kind
from audit.record.licenses import NOASSERTION, ClaimOrigin, ClaimSource, Copyright, LicenseClaim
from audit.record.said import Said, quoted
from audit.rules.known_texts import text_list

UNEXPLAINED_WORDS = 20
"""Words of a licence file that no known licence explains, from which it is a variant."""
MAPPING_WORDS = 6
"""Words between the texts of one file from which they may say what each is for."""
CHOICE_LINES = 8
"""Most lines over which "or" joins names of licences."""
FULL_TEXT_WORDS = 100
"""An unrecognised licence file of at least so many words is a text, not a mention."""
OWN_TEXT_WORDS = 20
"""The same of a licence file that names no known licence and gives no address of one."""

_STATEMENT = re.compile(
    r"[\s#*/;%!\"'<-]*(?:SPDX-\w+CopyrightText:|copyright\b|©|\(c\)\s*(?:19|20)\d\d)"
    r"(?=.*(?:(?:19|20)\d\d|\(c\)|©))",
    re.I,
)
"""A line that begins with a statement of copyright, and has a year or a sign."""
_COMMENT_MARKS = re.compile(r"^[\s#*/;%!\"'<-]+|[\s*/#\"']+$|\s*-->\s*$")
_OR = re.compile(r"\b(?:or(?![ -](?:later|any|\(at|newer))|either|at your option)\b", re.I)
_FOR_RESEARCH = re.compile(
    r"non-?commercial|(?:research|academic)[\w\s-]{0,30}\bonly|仅[供限用][^。]{0,12}(?:研究|学术)"
    r"|非商业",
    re.I,
)
"""What a licence of a part says that allows no commercial use."""
_BEGINNING = 4000
_LONGEST_LINE = 1000
_UNLESS_SAID = re.compile(r"unless\s+otherwise\s+(?:noted|stated|specified|indicated)")
"""What says that parts may be under another licence, and takes nothing back."""
_WISHED = re.compile(r"\bwe (?:\w{1,20} )?(?:encourage|recommend|suggest|urge|hope)\b[^.]{0,400}")
"""A sentence, from its verb on, that asks for what nobody is bound to."""
_ADDRESS = re.compile(r"https?://[^\s<>()\"']{1,200}")
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\s\u3040-\u30ff\u3400-\u9fff]+")
"""A word; scripts that write no spaces count each character."""


def header_claims(
    source: LegalText, reply: Reply, origin: ClaimOrigin, *, fields_are_declared: bool = False
) -> tuple[LicenseClaim, ...]:
    """Return one claim per expression found in code, a card or a document.

    ``fields_are_declared``: tags are fields of package metadata, which are declarations.
    """
    code = source.artifact.kind is Kind.CODE
    said = speaking(source.artifact.path, source.text) if code else None
    lines = source.text.splitlines()
    near = 0 if fields_are_declared else HEADER_LINES
    opening = max(near, _opening(lines, said))
    first: dict[str, LicenseClaim] = {}
    for found in reply.detections:
        detection = read_again(found, lines)
        kept = [m for m in detection if _is_statement(m, near, opening) and not is_noise(m)]
        kept = [m for m in kept if said is None or m.start in said or m.is_tag]
        kept = [m for m in kept if said is None or not is_in_quotes(m, lines)]
        expression = one_name(kept, lines) or combine(
            [m.expression for m in kept], _relation(source.text, kept)
        )
        if kept and expression not in first:
            whole = origin == ClaimOrigin.HEADER and any(m.kind == "text" for m in kept)
            first[expression] = _claim(
                source, ClaimOrigin.HEADER_TEXT if whole else origin, expression, kept
            )
    return tuple(first[expression] for expression in sorted(first))


def _opening(lines: list[str], said: frozenset[int] | None) -> int:
    """Return how many lines a source file opens with that all speak about it, or are empty."""
    about = said or frozenset()
    opens = (n for n, line in enumerate(lines, 1) if line.strip() and n not in about)
    return next(opens, len(lines) + 1) - 1


def legal_claims(source: LegalText, reply: Reply, *, for_release: bool) -> tuple[LicenseClaim, ...]:
    """Return what a LICENSE or NOTICE file holds: what it is, what it is near, what is left."""
    laid = cut_or_added_to(source, reply) if for_release else None
    if laid is not None:
        origin = legal_origin(source, [laid[0]], for_release=True)
        return (_altered(source, origin, *laid),)
    known, reply = settle(source.known, reply, source.text)
    matches = [held for m in reply.matches if not is_noise(held := held_text(source, m))]
    altered = {m: found for m in matches if (found := changed(source, m)) is not None}
    matches = [as_carried(source, m) for m in matches if m not in altered]
    same = [m for m in matches if is_identity(m) or is_named(source, m)]
    near = [m for m in matches if not is_identity(m) and m.kind == "text"]
    origin = legal_origin(source, [*matches, *altered], for_release=for_release)
    claims = list(known_claims(known, source.artifact.path, origin, for_release=for_release))
    if is_data(source.artifact.path) and origin is not ClaimOrigin.LICENSE_FILE:
        return ()  # a list of licences is data, and grants none
    for each in _whole_texts(same, reply) or ([same] if same else []):
        expression = combine([m.expression for m in each], _relation(source.text, each))
        claims.append(_with_address(source, _claim(source, origin, expression, each)))
    if for_release:
        several = len({m.expression for m in same if m.kind == "text"}) > 1
        aside = ClaimOrigin.LICENSE_REMARK if several else origin  # one of the notices of others
        claims += [_near(source, aside, match) for match in near]
        claims += [_altered(source, origin, match, altered[match]) for match in altered]
        left = _left_over(source, origin, reply, known=bool(matches or known or altered))
        if origin is ClaimOrigin.LICENSE_FILE and not (
            claims or left
        ):  # whatever the scanner took its words for
            told = [(n, w) for n, w in enumerate(source.text.splitlines(), 1) if w.strip()]
            left = [_unnamed(source, origin, n, _own_terms(w.strip())) for n, w in told[:1]]
        limits = not (matches or known or altered) and keeps_commerce_back(source.text)
        claims += [replace(c, field=LIMIT) for c in left] if limits else left
    elif not known and not matches and _FOR_RESEARCH.search(source.text[:_BEGINNING]):
        claims += [replace(c, field=LIMIT) for c in _left_over(source, origin, reply, known=False)]
    elif not known and takes_back(source, matches):
        claims = [_claim(source, origin, NOASSERTION, matches)]
        return tuple(replace(c, field=LIMIT) for c in claims)
    return tuple(claims)


def _whole_texts(same: list[Match], reply: Reply) -> list[list[Match]]:
    """Return the matches by licence, where a file holds several texts and no word between."""
    texts = {m.expression for m in same if m.kind == "text"}
    words = sum(len(_WORD.findall(line)) for _, line in reply.unexplained)
    if len(texts) < 2 or words >= MAPPING_WORDS or any(m.expression not in texts for m in same):
        return []
    return [[m for m in same if m.expression == text] for text in sorted(texts)]


def _relation(text: str, matches: list[Match]) -> str:
    """Return ``OR`` where "or" joins the names that a few lines give."""
    if len({m.expression for m in matches}) < 2:
        return "AND"
    first, last = min(m.start for m in matches), max(m.end for m in matches)
    near = last - first < CHOICE_LINES
    return "OR" if near and _OR.search("\n".join(text.splitlines()[first - 1 : last])) else "AND"


def legal_origin(source: LegalText, matches: list[Match], *, for_release: bool) -> ClaimOrigin:
    """Return the origin of what a legal file says: a text, a mere mention, or of a part."""
    if not for_release:
        return ClaimOrigin.PART_FILE
    least = FULL_TEXT_WORDS if matches or "://" in source.text else OWN_TEXT_WORDS
    has_text = any(m.kind == "text" for m in matches) or len(source.text.split()) >= least
    return ClaimOrigin.LICENSE_FILE if has_text or source.known else ClaimOrigin.LICENSE_MENTION


def copyrights(source: LegalText, reply: Reply) -> tuple[Copyright, ...]:
    """Return the copyright statements that name a plausible holder.

    The scanner passes over some lines of headers ("Below is the original copyright:" before
    one), so those that begin with the word are read here.
    """
    lines = source.text.splitlines()
    found = []
    for number, detected in statement_lines(source, reply):
        line = lines[number - 1]
        holder = statement_holder(line, detected)
        if holder is not None:
            words = " ".join(_COMMENT_MARKS.sub("", line[:1000]).split())
            inside, cell = source.place(number)
            found.append(
                Copyright(
                    holder=holder,
                    statement=words[:300],
                    path=source.artifact.path,
                    line=inside,
                    cell=cell,
                )
            )
    return tuple(dict.fromkeys(found))


def statement_lines(source: LegalText, reply: Reply) -> list[tuple[int, str]]:
    """Return the lines that state a copyright, with the holder that the scanner read there."""
    lines = source.text.splitlines()
    read = {n: holder for n, _, holder in reply.copyrights if 0 < n <= len(lines)}
    if reply.copyrights or source.artifact.kind in (Kind.CODE, Kind.NOTEBOOK):
        for number, line in enumerate(lines[:HEADER_LINES], 1):
            if _STATEMENT.match(line[:1000]):
                read.setdefault(number, "")
    code = source.artifact.kind is Kind.CODE
    said = speaking(source.artifact.path, source.text) if code else None
    return sorted((n, holder) for n, holder in read.items() if said is None or n in said)


def _is_statement(match: Match, near: int, opening: int) -> bool:
    if match.is_tag or match.kind in ("text", "notice"):
        return True
    return match.kind in ("tag", "reference") and match.start <= (
        opening if match.kind == "tag" else near
    )


def _altered(
    source: LegalText, origin: ClaimOrigin, match: Match, found: Departures
) -> LicenseClaim:
    return replace(
        _near(source, origin, match), near=match.expression, differences=in_words(found.differences)
    )


def _claim(
    source: LegalText, origin: ClaimOrigin, expression: str, matches: list[Match]
) -> LicenseClaim:
    start = min(m.start for m in matches)
    score = min(m.score if m.is_approximate else 100.0 for m in matches)
    lines = source.text.splitlines()
    line, cell = source.place(start)
    return LicenseClaim(
        source=ClaimSource.DETECTED,
        origin=origin,
        expression=expression,
        raw=quoted(" ".join(lines[start - 1].split())[:200] if start <= len(lines) else expression),
        path=source.artifact.path,
        line=line if cell is None else None,
        score=round(score / 100, 3),
        cell=cell,
        scope=_scope(source, origin),
    )


def _with_address(source: LegalText, claim: LicenseClaim) -> LicenseClaim:
    """Add where the text is to be had to what a file says that has none."""
    address = _ADDRESS.search(source.text[:_BEGINNING])
    if (
        claim.origin is not ClaimOrigin.LICENSE_MENTION
        or address is None
        or address[0] in claim.raw
    ):
        return claim
    return replace(claim, raw=quoted(f"{claim.raw} {address[0]}"))


def _scope(source: LegalText, origin: ClaimOrigin) -> str | None:
    """Return what a licence file covers by its name."""
    speaks = origin in (ClaimOrigin.LICENSE_FILE, ClaimOrigin.LICENSE_MENTION)
    return scope_of_name(source.artifact.path) if speaks else None


def _near(source: LegalText, origin: ClaimOrigin, match: Match) -> LicenseClaim:
    return LicenseClaim(
        source=ClaimSource.DETECTED,
        origin=origin,
        expression=NOASSERTION,
        raw=Said(
            "resembles {text} ({score:share}), but is not that text",
            text=match.expression,
            score=match.score / 100,
        ),
        path=source.artifact.path,
        line=match.start,
        score=round(match.score / 100, 3),
        scope=_scope(source, origin),
    )


def _left_over(
    source: LegalText, origin: ClaimOrigin, reply: Reply, *, known: bool
) -> list[LicenseClaim]:
    lines = reply.unexplained
    words = sum(len(_WORD.findall(line)) for _, line in lines)
    if known and words < UNEXPLAINED_WORDS:
        return []
    if not lines:
        return []
    if origin is ClaimOrigin.LICENSE_MENTION:  # the address is what it says
        told = sorted((*lines, *noise(source, reply)))
        lines = tuple(each for each in told if "://" in each[1]) or lines
    begins = lines[0][1][:120]
    what = (
        Said("beside the known text, words that no known licence explains: {begins}", begins=begins)
        if known
        else _own_terms(begins)
    )
    said = (*lines, *noise(source, reply))
    remark = known and not _limits(" ".join(line for _, line in said))
    return [_unnamed(source, ClaimOrigin.LICENSE_REMARK if remark else origin, lines[0][0], what)]


def _own_terms(begins: str) -> Said:
    return Said("no known licence was recognised in it; it begins: {begins}", begins=begins[:120])


def _unnamed(source: LegalText, origin: ClaimOrigin, line: int, raw: Said) -> LicenseClaim:
    return LicenseClaim(
        source=ClaimSource.DETECTED,
        origin=origin,
        expression=NOASSERTION,
        raw=raw,
        path=source.artifact.path,
        line=line,
        scope=_scope(source, origin),
    )


def _limits(words: str) -> bool:
    """Whether a paragraph may take back what a licence text grants."""
    folded = _WISHED.sub("", _UNLESS_SAID.sub("", words.casefold()))
    return any(word in folded for word in text_list().limiting)
