# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a README says about the release's licence in words, and on badges.

A sentence is split by ``plain``, its words are sorted and read by ``grammar`` and ``limits``.
What is said of others yields no claim, and neither does a name that is not understood, unless
the sentence gives the place of its text.
"""

import re
from collections.abc import Iterator
from dataclasses import astuple, dataclass, replace
from itertools import zip_longest

from audit import rules
from audit.inventory.model_card import ModelCard
from audit.licenses.declared.badges import (
    FAMILY,
    LABEL,
    badges,
    deed,
    edition,
    family,
    pictures,
)
from audit.licenses.declared.clause import Clause, Owner, Scopes, parts
from audit.licenses.declared.grammar import Grant, grants
from audit.licenses.declared.inline import without_asides
from audit.licenses.declared.limits import frees, leave, limit
from audit.licenses.declared.names import Named, split
from audit.licenses.declared.owner import LETTERS, owner_of
from audit.licenses.declared.plain import Sentence, sentences
from audit.licenses.declared.short_forms import is_stated
from audit.licenses.declared.subject import goes_on, is_labelled_as_theirs, tells_of_others
from audit.licenses.expressions import symbols
from audit.licenses.release_files import scope_of_name
from audit.record.licenses import NOASSERTION, ClaimOrigin, ClaimSource, LicenseClaim
from audit.record.said import quoted
from audit.rules.known_works import provenance_words

LIMIT = "non-commercial"
"""``field`` of a claim that says what the release may not be used for."""
LEAVE = "commercial use by leave"
"""``field`` of a claim that says that commercial use has to be asked for."""
PLACE = "address"
"""``field`` of a claim about terms that are not known, and where they are to be had."""
_LONGEST = 4000
_FILE = re.compile(
    r"\s*(?:[\w-]*LICEN[SC]E[\w-]*(?:\.\w{2,4})?|(?:th[ei]s? )?licen[sc]es?)\s*", re.I
)
"""A link on the name of a file, or on the bare word, which does not say which licence it is."""
_TELLING = re.compile(
    r"licen[sc]|licen[çz]a|lizenz|лиценз|ліценз|giấy phép|许可|协议|授权|ライセンス|라이[선센]스"
    r"|agreement|terms|commercial|research|academic|商|盈利|营利|研究|学术|営利|私的|教育"
    r"|상업|영리|연구|학술|교육|kommerz|forschung|recherche|comerci|investigaci|pesquisa|ricerca|коммерч"
    r"|apache|(?<![a-z])mit(?![a-z])|gpl|bsd|\bcc\d?[ -]|creative"
    r"|\b(?:mpl|epl|eupl|isc|wtfpl|zlib|ofl|odbl|bsl|cc0|afl)\b",
    re.I,
)
"""What a sentence about terms needs one of."""
_BARE = 16
"""Most words, with marks, of a sentence that is little more than a name."""
_TEXT = re.compile(r"[\w.-]{0,40}LICEN[CS]E", re.I)
_HOSTED = re.compile(r"https?://[\w.-]{1,60}/[\w.-]{1,100}/([\w.-]{1,100})(?:/|$)", re.I)
_REPOSITORY = re.compile(
    r"https?://(?:www\.)?(?:github|gitlab|gitee)\.com/[\w.-]{1,60}/([\w.-]{1,100}?)(?:\.git)?/?$",
    re.I,
)
_LEAD = 4
"""Characters before what a sentence is about: "The "."""
_IN_THEIRS = re.compile(r"\W{0,3}(?:the |all )?(?:\w+ ){1,3}(?:in|of|from) (?:the )?", re.I)
"""What stands before a link to what a sentence is about: "The code in the "."""
_AFTER = frozenset({
    "on", "at", "in", "for", "from", "with", "to", "under", "that", "which", "of", "based",
    "trained", ".", ",", ";", "(", ":",
})  # fmt: skip
"""Words behind what "we" give."""
_VARIANTS = frozenset({"variants", "variant", "finetunes"})
"""What is another's model, made into one's own."""
_YEAR = re.compile(r"(?<!\d)20[12]\d(?!\d)")


@dataclass(frozen=True, slots=True)
class _Said:
    origin: ClaimOrigin
    expression: str
    raw: str
    line: int
    scopes: Scopes
    field: str = ""


def prose_claims(card: ModelCard, names: tuple[str, ...] = ()) -> tuple[LicenseClaim, ...]:
    """Return the statements and badges of a README, in order; each once.

    ``names`` are what the release is called elsewhere, beside this README's own title.
    """
    found: dict[tuple[ClaimOrigin, str, str | None, str], LicenseClaim] = {}
    shown = [_Said(ClaimOrigin.CARD_BADGE, *astuple(badge)) for badge in badges(card)]
    said = sorted((*shown, *_statements(card, names)), key=lambda one: one.line)
    if all(one.expression == NOASSERTION and one.field != FAMILY for one in said):
        said += [_Said(ClaimOrigin.CARD_BADGE, *astuple(picture)) for picture in pictures(card)]
    for one in said:
        for scope in one.scopes:
            claim = LicenseClaim(
                source=ClaimSource.DECLARED,
                origin=one.origin,
                expression=one.expression,
                raw=quoted(" ".join(one.raw.split())[:300]),
                path=card.path,
                line=one.line,
                scope=scope,
                field=one.field,
            )
            found.setdefault((one.origin, one.expression, scope, one.field), claim)
    return tuple(found.values())


def _statements(card: ModelCard, names: tuple[str, ...]) -> Iterator[_Said]:
    owner = owner_of(card, names)
    spoken: Scopes = ()
    bounded: Scopes = ()
    told_of: Scopes = ()
    theirs = False
    following = [*sentences(card.prose, card.prose_line, _TELLING)]
    for sentence, after in zip_longest(following, following[1:]):
        if sentence.role == "rest":
            raw = "more blocks speak of licences than are read"
            yield _Said(ClaimOrigin.CARD_STATEMENT, NOASSERTION, raw, sentence.line, (None,))
            return
        clause = Clause(split(without_asides(sentence.text)), owner)
        clause.heading = _heading(sentence, clause)
        clause.linked = _own_texts(clause, sentence)
        places = _places(clause, sentence)
        given = [] if _links_theirs(clause, sentence) else grants(clause)
        if not sentence.follows:
            theirs = tells_of_others(clause) or is_labelled_as_theirs(clause)
        if theirs and sentence.follows and not spoken and _is_still_theirs(clause):
            continue
        whose = spoken if sentence.follows and goes_on(clause) else ()
        if sentence.follows and not whose and (_is_of_it(clause) or goes_on(clause)):
            whose = told_of
        told_of = _part_of(clause)
        given = [replace(g, scopes=whose) if whose and g.scopes == (None,) else g for g in given]
        for grant in given:
            yield from _granted(grant, sentence, clause, places)
        before = whose or (bounded if sentence.follows and _is_bare(clause) else ())
        freed = after is not None and after.follows and frees(Clause(split(after.text), owner))
        limits = not freed and not any("-NC" in g.expression for g in given)
        limited = _limited(sentence, clause) if limits else []
        limited = [(before if before and of == (None,) else of, field) for of, field in limited]
        yield from (_said(sentence, of, NOASSERTION, field) for of, field in limited)
        spoken = given[-1].scopes if given else spoken if sentence.follows else ()
        bounded = limited[-1][0] if limited else bounded if sentence.follows else ()


def _granted(
    grant: Grant, sentence: Sentence, clause: Clause, places: dict[Named, str]
) -> Iterator[_Said]:
    """Yield the licence that a sentence gives, by its name, its family or where it is to be had."""
    words = sentence.text[clause.words[grant.first].start : clause.words[grant.last - 1].end]
    known = grant.expression != NOASSERTION
    if known and _is_of_another_year(grant.expression, words, sentence):
        return  # an edition by its link, and perhaps other terms than those of the name's
    expression = grant.expression if known else _version_linked(words, sentence)
    if expression != NOASSERTION:
        yield _said(sentence, _scopes(grant, sentence, clause, expression), expression, "")
    elif family(words):
        yield replace(_said(sentence, grant.scopes, NOASSERTION, FAMILY), raw=words)
    for named in (w for w in places if grant.first <= w.first < grant.last):
        raw = f"{sentence.text[clause.words[named.first].start :][:120]} {places[named]}"
        yield replace(_said(sentence, grant.scopes, NOASSERTION, PLACE), raw=raw)


def _scopes(grant: Grant, sentence: Sentence, clause: Clause, expression: str) -> Scopes:
    """Return what a licence is for: a link to ``LICENSE-MODEL`` or its kind may say it."""
    if grant.scopes != (None,):
        return grant.scopes
    if symbols(expression) <= rules.prose_words().of_data:
        return ("data",)
    first, last = clause.words[grant.first].start, clause.words[grant.last - 1].end
    texts = (t for start, end, t in sentence.links if start <= first and last <= end)
    linked = {scope_of_name(t) for t in texts if _is_own_text(clause, t)}
    return (linked.pop(),) if len(linked) == 1 else (None,)


def _is_of_another_year(expression: str, words: str, sentence: Sentence) -> bool:
    """Whether the link on a name is to a text of another year than the name stands for."""
    edition = set(_YEAR.findall(expression))
    linked = [target for start, end, target in sentence.links if words in sentence.text[start:end]]
    years = {year for target in linked for year in _YEAR.findall(target.rpartition("/")[2])}
    return bool(edition) and bool(years) and not years & edition


def _limited(sentence: Sentence, clause: Clause) -> list[tuple[Scopes, str]]:
    """Return what a sentence keeps from commercial use, or lets nobody sell unasked.

    A limit in a list or a row is that of what the list, the row or the item is about.
    """
    about_others = _is_about_a_link(sentence, clause) or is_labelled_as_theirs(clause)
    if sentence.role in ("open", "cell") or about_others:
        return []
    found = [(limit(clause), LIMIT), (leave(clause), LEAVE)]
    return [(scopes, kind) for scopes, kind in found if scopes]


def _links_theirs(clause: Clause, sentence: Sentence) -> bool:
    """Whether a sentence is about a repository that it links, and that is called otherwise."""
    verb = next((w.start for i, w in enumerate(clause.words) if clause.has(i, "is")), 0)
    wholes = clause.owner.wholes
    for start, end, target in sentence.links:
        about = start <= _LEAD or (start < verb and _IN_THEIRS.fullmatch(sentence.text[:start]))
        repository = _REPOSITORY.match(target) if about and end <= verb else None
        called = sentence.text[start:end], repository[1] if repository else ""
        said, name = ("".join(LETTERS.findall(each)).casefold() for each in called)
        if name and wholes and said not in wholes and not any(name in w for w in wholes):
            return True
    return False


def _is_still_theirs(clause: Clause) -> bool:
    """Whether a sentence goes on about others: "They are", or "Code is" under no such heading."""
    own = clause.any_in(0, len(clause.words), "own", "whole", "person")
    return goes_on(clause) or not (own or clause.heading)


def _is_of_it(clause: Clause) -> bool:
    """Whether a sentence begins "The license is", of what the one before it is about."""
    nouns = rules.prose_words().nouns
    return clause.low(0) in ("the", "its") and clause.low(1) in nouns and clause.has(2, "is")


def _part_of(clause: Clause) -> Scopes:
    """Return the part of a release that a sentence is about, for one that goes on "They are".

    "The corpus can be had here", "We publish fine-tuned models".
    """
    verb = next((i for i in range(1, 12) if clause.has(i, "is", "unsure")), 0)
    given = next((i for i in range(1, 4) if clause.low(i) in provenance_words().offers_verbs), 0)
    if clause.low(0) == "we" and given:
        ends = range(given + 1, len(clause.words))
        end = next((i for i in ends if clause.low(i) in _AFTER), len(clause.words))
        kin = any(clause.low(i) in _VARIANTS for i in range(given + 1, end))
        found = ("weights",) if kin else parts(clause, given + 1, end)
    else:
        found = parts(clause, 0, verb) if verb else ()
    return found if None not in found else ()


def _is_bare(clause: Clause) -> bool:
    """Whether a sentence names nothing that could be limited: "Commercial use is prohibited"."""
    named = ("own", "whole", "pronoun", "code", "weights", "data")
    return not clause.any_in(0, len(clause.words), *named)


def _is_about_a_link(sentence: Sentence, clause: Clause) -> bool:
    """Whether an item of a list, under no heading about licences, begins with a link."""
    linked = any(start == 0 for start, _, _ in sentence.links)
    return sentence.role == "item" and linked and not clause.heading


def _version_linked(words: str, sentence: Sentence) -> str:
    """Return the licence where a name lacks a version and a link has it."""
    linked = {edition(words, deed(target)) for _, _, target in sentence.links} - {NOASSERTION}
    return linked.pop() if len(linked) == 1 else NOASSERTION


def _places(clause: Clause, sentence: Sentence) -> dict[Named, str]:
    """Return the links on names of licences that are not known, and add these to the names."""
    found: dict[Named, str] = {}
    for start, end, target in sentence.links:
        inside = [i for i, w in enumerate(clause.words) if start <= w.start and w.end <= end]
        taken = {i for named in clause.named for i in range(named.first, named.last)}
        if not inside or taken & set(inside) or not LABEL.search(sentence.text[start:end]):
            continue
        named = Named(first=inside[0], last=inside[-1] + 1, expression=deed(target))
        if named.expression != NOASSERTION and _FILE.fullmatch(sentence.text[start:end]):
            clause.named.append(named)
        elif target.lower().startswith(("http://", "https://", "//")):
            found[replace(named, expression=NOASSERTION)] = target[:200]
    clause.named = sorted((*clause.named, *found), key=lambda named: named.first)
    return found


def _own_texts(clause: Clause, sentence: Sentence) -> frozenset[int]:
    """Return the words that link a file LICENSE of this repository."""
    spans = [(start, end) for start, end, target in sentence.links if _is_own_text(clause, target)]
    return frozenset(
        i for i, w in enumerate(clause.words) if any(s <= w.start and w.end <= e for s, e in spans)
    )


def _is_own_text(clause: Clause, target: str) -> bool:
    """Whether an address is that of a licence's text, at the top or where the title says."""
    where, _, name = target.partition("#")[0].rpartition("/")
    if not _TEXT.match(name):
        return False
    place = _HOSTED.match(where)
    letters = "".join(LETTERS.findall(place[1])).casefold() if place else ""
    return clause.owner.has(letters) if letters else not where.strip("./")


def _said(sentence: Sentence, scopes: Scopes, expression: str, field: str) -> _Said:
    return _Said(
        ClaimOrigin.CARD_STATEMENT, expression, sentence.text, sentence.line, scopes, field
    )


def _heading(sentence: Sentence, clause: Clause) -> Scopes:
    """Return what a bare name stands for: a heading about licences, or a heading itself.

    Under the title, or under nothing, a few words are enough where they are all that is said.
    """
    if sentence.role == "heading":
        return (None,) if LABEL.search(sentence.text) else ()
    words = split(sentence.heading[:200])
    said = (word.casefold() for word in LETTERS.findall(sentence.heading))
    titled = all(clause.owner.has(word) for word in said)
    if titled and sentence.role == "text" and not sentence.follows:
        short = len(clause.words) <= _BARE and LABEL.search(sentence.text)
        return (None,) if short or is_stated(clause) else ()
    if len(words) > 8 or not LABEL.search(sentence.heading):
        return ()
    return parts(Clause(words, Owner()), 0, len(words)) or (None,)
