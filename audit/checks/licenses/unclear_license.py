# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A licence field that names no licence, or words that are not understood."""

from audit.checks.case import Case
from audit.checks.licenses.altered_license import is_edition, is_retitled
from audit.checks.make import clip, make_finding, severity_for, strings
from audit.licenses.conclude import is_own, voices
from audit.licenses.declared.badges import FAMILY, family
from audit.licenses.declared.prose import LEAVE, LIMIT, PLACE
from audit.licenses.declared.reuse import MAP_FILES
from audit.licenses.expressions import is_ambiguous, readings, symbols
from audit.record.findings import Finding, FindingStatus, Location, Severity
from audit.record.licenses import NOASSERTION, ClaimOrigin, ClaimSource, LicenseClaim
from audit.record.said import Said, joined
from audit.rules import CheckRule

ID = "LIC003"
_TEXTS = (ClaimOrigin.LICENSE_FILE, ClaimOrigin.LICENSE_MENTION, ClaimOrigin.LICENSE_REMARK)


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report, in one finding, every statement about the licence that asserts nothing."""
    claims = case.licenses.claims
    unclear = _unclear(claims, rule)
    if not unclear:
        return ()
    said = [
        Said(
            "{path} ({origin}): {raw}", path=clip(str(c.path)), origin=c.stated_in, raw=clip(c.raw)
        )
        for c in unclear
    ]
    only = all(c.origin is ClaimOrigin.LICENSE_REMARK for c in unclear)
    return (
        make_finding(
            rule,
            status=FindingStatus.UNDETERMINED,
            severity=max((_severity(c, claims, rule) for c in unclear), key=lambda s: s.rank),
            title=_title(unclear),
            message=Said(
                "Beside a known licence text stands what no known licence explains and limits"
                " nothing by its words: {statements}. A person should read it once."
                if only
                else "These statements do not identify a licence: {statements}."
                " What the release may be used for cannot be told from them.",
                statements=joined("; ", said),
            ),
            locations=(Location(path=c.path, line=c.line) for c in unclear if c.path is not None),
            evidence=said,
        ),
    )


def _severity(claim: LicenseClaim, claims: tuple[LicenseClaim, ...], rule: CheckRule) -> Severity:
    """Weigh a statement: terms of one's own are anybody's right, words against a grant are not.

    A text that nobody here knows weighs most beside a known one, and where a declaration names
    a licence that no text confirms.
    """
    if claim.origin is ClaimOrigin.LICENSE_REMARK:
        return severity_for(rule, "severity_of_a_remark")
    texts = [c for c in claims if c.origin == ClaimOrigin.LICENSE_FILE]
    if claim.source is ClaimSource.DECLARED:
        settled = claim.origin is ClaimOrigin.PACKAGE_METADATA and any(
            c.expression != NOASSERTION for c in texts
        )  # the text is the grant, whatever a build script calls it
        own = not is_ambiguous(claim.raw) and any(c.expression == NOASSERTION for c in texts)
        own = own or settled
        return severity_for(rule, "severity_of_own") if own else rule.severity
    if _is_a_list(claim, claims):
        return rule.severity
    held = [c for c in texts if c.path == claim.path and c.expression != NOASSERTION]
    beside = any("-NC" not in c.expression for c in held)  # which says itself what is forbidden
    own_terms = any(map(is_own, voices(claims)))  # which the metadata name as what they are
    if own_terms:
        return severity_for(rule, "severity_of_own")
    confirmed = {symbol for c in texts for symbol in readings(c.expression)}
    named = {
        symbol
        for voice in voices(claims)
        for c in voice.claims
        if c.source is ClaimSource.DECLARED
        for symbol in readings(c.expression)
    }
    return rule.severity if beside or named - confirmed else severity_for(rule, "severity_of_own")


def _is_a_list(claim: LicenseClaim, claims: tuple[LicenseClaim, ...]) -> bool:
    """Whether a licence file only names several licences, among words that say more.

    Which of them is for what, or whether they are for the release at all, nobody here knows.
    """
    named = {
        symbol
        for c in claims
        if c.origin is ClaimOrigin.LICENSE_MENTION and c.path == claim.path
        for symbol in symbols(c.expression)
        if c.expression != NOASSERTION and " OR " not in c.expression
    }
    texts = any(c.origin is ClaimOrigin.LICENSE_FILE for c in claims)
    return claim.origin is ClaimOrigin.LICENSE_MENTION and len(named) > 1 and not texts


def _title(unclear: list[LicenseClaim]) -> Said:
    first = unclear[0]
    if first.origin is ClaimOrigin.LICENSE_REMARK:
        return Said("{path} holds a paragraph beside the licence text", path=clip(str(first.path)))
    if first.source is ClaimSource.DECLARED:
        return Said("The declared licence {raw} cannot be identified", raw=clip(first.raw))
    return Said("{path} is not the text of a known licence alone", path=clip(str(first.path)))


def _unclear(claims: tuple[LicenseClaim, ...], rule: CheckRule) -> list[LicenseClaim]:
    found = [c for c in claims if c.expression == NOASSERTION]
    # A text that is an altered one has a finding of its own, with the differences.
    texts = [
        c
        for c in found
        if c.origin in _TEXTS and (c.near is None or (is_edition(c) and not is_retitled(c)))
    ]
    own_name = _has_own_name(claims)
    declared = [
        c
        for c in found
        if c.source is ClaimSource.DECLARED
        and c.origin not in (ClaimOrigin.CARD_LINK, *MAP_FILES)
        and c.field not in (LIMIT, LEAVE, FAMILY, PLACE)
        and not _said_by_text(c, claims, rule)
        and not (own_name and c.origin in (ClaimOrigin.CARD_LICENSE, ClaimOrigin.CARD_NAME))
        and not _said_better(c, claims)
    ]
    return declared if own_name else [*declared, *texts]


def _has_own_name(claims: tuple[LicenseClaim, ...]) -> bool:
    """Whether the card says ``other`` properly: with a name, and the text is there."""
    named = any(c.origin == ClaimOrigin.CARD_NAME and not is_ambiguous(c.raw) for c in claims)
    other = any(
        c.origin == ClaimOrigin.CARD_LICENSE and c.raw.strip().lower() == "other" for c in claims
    )
    return named and other and any(c.origin == ClaimOrigin.LICENSE_FILE for c in claims)


def _said_by_text(claim: LicenseClaim, claims: tuple[LicenseClaim, ...], rule: CheckRule) -> bool:
    """Whether the name of a family (``Apache License``) stands beside the text of a member."""
    families = dict(pair.split(" = ") for pair in strings(rule, "families"))
    prefix = families.get(claim.raw.strip().casefold()) or family(claim.raw)
    texts = [
        c for c in claims if c.origin == ClaimOrigin.LICENSE_FILE and c.expression != NOASSERTION
    ]
    return prefix is not None and any(c.expression.startswith(prefix) for c in texts)


def _said_better(claim: LicenseClaim, claims: tuple[LicenseClaim, ...]) -> bool:
    """Whether the same file names a licence in another field (``BSD`` beside an SPDX id)."""
    return any(
        c.source is ClaimSource.DECLARED
        and (c.path, c.scope) == (claim.path, claim.scope)
        and c.expression != NOASSERTION
        for c in claims
    )
