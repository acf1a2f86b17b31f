# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""From the voices to at most one concluded licence, and where they contradict.

A *voice* is one field of one file, or the licence files taken together. The licence
text outranks a tag: the text is the grant, a tag only names one. Where voices share no
licence there is no conclusion: choosing one would hide the contradiction.
"""

from dataclasses import dataclass

from audit.licenses.expressions import combine, readings
from audit.record.licenses import NOASSERTION, ClaimOrigin, ClaimSource, LicenseClaim
from audit.record.said import Said, joined, term
from audit.rules import license_facts

LICENSE_FILES = Said("license files")


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """What one place says; ``ids`` are licence ids without ``-only``/``-or-later``."""

    name: Said
    claims: tuple[LicenseClaim, ...]
    ids: frozenset[str]


def voices(claims: tuple[LicenseClaim, ...]) -> tuple[Voice, ...]:
    """Group the understood claims about the release into voices, by name."""
    grouped: dict[Said, list[LicenseClaim]] = {}
    filled = defaults(claims)
    for claim in claims:
        name = _voice_name(claim)
        if claim not in filled and name is not None and claim.expression != NOASSERTION:
            grouped.setdefault(name, []).append(claim)
    texts = [c for c in grouped.get(LICENSE_FILES, ()) if c.origin == ClaimOrigin.LICENSE_FILE]
    if texts:  # a file that only names licences points to them, and is often read loosely
        grouped[LICENSE_FILES] = texts
    return tuple(
        Voice(
            name=name,
            claims=tuple(grouped[name]),
            ids=frozenset().union(*(readings(c.expression) for c in grouped[name])),
        )
        for name in sorted(grouped)
    )


def defaults(claims: tuple[LicenseClaim, ...]) -> tuple[LicenseClaim, ...]:
    """Return what ``npm init`` wrote by itself, beside the text of another licence: ``ISC``."""
    texts = [c for c in claims if c.origin == ClaimOrigin.LICENSE_FILE]
    said = tuple(
        c
        for c in claims
        if c.origin == ClaimOrigin.PACKAGE_METADATA
        and c.expression == "ISC"
        and str(c.path).rpartition("/")[2] == "package.json"
    )
    return said if texts and all(c.expression not in (NOASSERTION, "ISC") for c in texts) else ()


def offers_choice(claims: tuple[LicenseClaim, ...]) -> bool:
    """Whether a licence file without a text says that one of several may be chosen."""
    return any(c.origin == ClaimOrigin.LICENSE_MENTION and " OR " in c.expression for c in claims)


def _voice_name(claim: LicenseClaim) -> Said | None:
    if claim.origin in (ClaimOrigin.LICENSE_FILE, ClaimOrigin.LICENSE_MENTION):
        return LICENSE_FILES
    if claim.source is not ClaimSource.DECLARED or claim.scope is not None:
        return None
    if claim.origin in (ClaimOrigin.CARD_LINK, ClaimOrigin.CARD_BADGE, ClaimOrigin.CARD_STATEMENT):
        return None
    named = claim.origin == ClaimOrigin.CARD_NAME  # the name belongs to the licence `other`
    origin = term(ClaimOrigin.CARD_LICENSE) if named else claim.stated_in
    return Said("{path} ({origin})", path=claim.path or "", origin=origin)


def contradict(found: tuple[Voice, ...], claims: tuple[LicenseClaim, ...]) -> bool:
    """Whether two voices share no licence, and no README says that they are for two parts.

    A licence of the publisher's own that metadata name is no contradiction of a file with more
    words in it than the known licence that it builds upon.
    """
    own = {voice.name for voice in found if is_own(voice)} if _is_added_to(claims) else set()
    heard = [voice for voice in found if voice.name not in own]
    return any(
        not (a.ids & b.ids) and not _may_be_one(a, b) and not _are_of_two_parts(a, b, claims)
        for a in heard
        for b in heard
    )


def _may_be_one(a: Voice, b: Voice) -> bool:
    """Whether a name that nobody here knows may stand for the text that SPDX does not list.

    ``LicenseRef-Heron`` names the file beside it, and a hub's id for a publisher's terms several.
    """
    private = [all(id_.startswith("LicenseRef-") for id_ in voice.ids) for voice in (a, b)]
    return all(private) and (is_own(a) or is_own(b))


def is_own(voice: Voice) -> bool:
    """Whether a voice names nothing but licences that nobody here knows."""
    return all(id_.startswith("LicenseRef-") and license_facts(id_) is None for id_ in voice.ids)


def _is_added_to(claims: tuple[LicenseClaim, ...]) -> bool:
    """Whether a licence file has more in it than the known licence that it names or holds."""
    known = (ClaimOrigin.LICENSE_FILE, ClaimOrigin.LICENSE_MENTION)
    held = [c for c in claims if c.origin in known]
    more = {c.path for c in held if c.expression == NOASSERTION and c.near is None}
    return any(c.path in more and c.expression != NOASSERTION for c in held)


def stated(claims: tuple[LicenseClaim, ...]) -> tuple[LicenseClaim, ...]:
    """Return the sentences and badges of READMEs that give a licence."""
    said = (ClaimOrigin.CARD_STATEMENT, ClaimOrigin.CARD_BADGE)
    return tuple(c for c in claims if c.origin in said and c.expression != NOASSERTION)


def _are_of_two_parts(a: Voice, b: Voice, claims: tuple[LicenseClaim, ...]) -> bool:
    """Whether sentences give the one licence to a part, and the other to another or to none.

    Metadata of a package speak of its code.
    """
    said, parts = set[str | None](), []
    for voice in (a, b):
        scopes = {c.scope for c in stated(claims) if readings(c.expression) & voice.ids}
        said |= scopes
        of_code = any(c.origin == ClaimOrigin.PACKAGE_METADATA for c in voice.claims)
        parts.append(scopes | ({"code"} if of_code else set()))
    named = said & {"code", "weights"}
    return bool(named) and not parts[0] & parts[1]


def conclude(claims: tuple[LicenseClaim, ...]) -> LicenseClaim | None:
    """Return the concluded claim, ``NOASSERTION`` with the reason, or ``None``.

    1. Nobody says anything: ``None``.
    2. Voices that share no licence: all of them where a README gives each a part, else
       ``NOASSERTION``.
    3. A licence file with words that no known licence explains: ``NOASSERTION``.
    4. Licence texts: a declaration of exactly those licences (it knows ``OR`` and
       ``-or-later``, which texts do not say), else all of the texts.
    5. No text: the declarations, if they agree.
    """
    found = voices(claims)
    unexplained = [
        c for c in claims if c.origin == ClaimOrigin.LICENSE_FILE and c.expression == NOASSERTION
    ]
    if unexplained:
        return _concluded(
            NOASSERTION,
            Said("{path}: {raw}", path=unexplained[0].path or "", raw=unexplained[0].raw),
        )
    if not found:
        return None
    if contradict(found, claims):
        return _concluded(
            NOASSERTION, Said("the statements about the licence contradict each other")
        )
    if any(not (a.ids & b.ids) for a in found for b in found):
        expressions = [c.expression for voice in found for c in voice.claims]
        reason = Said("the README says which part is under which licence")
        return _concluded(combine(expressions), reason)
    texts = next((v for v in found if v.name == LICENSE_FILES), None)
    declared = [v for v in found if v is not texts]
    if texts is None:
        return _from_declarations(declared)
    paths = joined(", ", sorted({str(c.path) for c in texts.claims}))
    agreeing = [v for v in declared if v.ids == texts.ids and _says_more(v)]
    chosen = agreeing[0] if agreeing else texts
    relation = "OR" if chosen is texts and offers_choice(claims) else "AND"
    expression = combine([c.expression for c in chosen.claims], relation)
    return _concluded(expression, Said("the text of {paths}", paths=paths))


def _says_more(voice: Voice) -> bool:
    return any(" OR " in c.expression or "-or-later" in c.expression for c in voice.claims)


def _from_declarations(declared: list[Voice]) -> LicenseClaim:
    """Take the declaration that says most; they share a licence, so they do not conflict."""
    widest = max(declared, key=lambda v: (len(v.ids), v.name))
    places = joined(", ", (v.name for v in declared))
    expression = combine([c.expression for c in widest.claims])
    return _concluded(
        expression, Said("declared in {places}; no licence text says so", places=places)
    )


def _concluded(expression: str, raw: Said) -> LicenseClaim:
    return LicenseClaim(
        source=ClaimSource.CONCLUDED,
        origin=ClaimOrigin.CONCLUSION,
        expression=expression,
        raw=raw,
        path=None,
    )
