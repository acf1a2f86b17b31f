# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A licence field that names no licence, or words that are not understood."""

from audit.checks.case import Case
from audit.checks.make import clip, make_finding, strings
from audit.licenses.declared.prose import FAMILY, LIMIT, PLACE
from audit.licenses.declared.reuse import MAP_FILES
from audit.licenses.expressions import is_ambiguous
from audit.record.findings import Finding, FindingStatus, Location
from audit.record.licenses import NOASSERTION, ClaimOrigin, ClaimSource, LicenseClaim
from audit.record.said import Said, joined
from audit.rules import CheckRule

ID = "LIC003"


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report, in one finding, every statement about the licence that asserts nothing."""
    unclear = _unclear(case.licenses.claims, rule)
    if not unclear:
        return ()
    said = [
        Said(
            "{path} ({origin}): {raw}", path=clip(str(c.path)), origin=c.stated_in, raw=clip(c.raw)
        )
        for c in unclear
    ]
    return (
        make_finding(
            rule,
            status=FindingStatus.UNDETERMINED,
            title=_title(unclear),
            message=Said(
                "These statements do not identify a licence: {statements}."
                " What the release may be used for cannot be told from them.",
                statements=joined("; ", said),
            ),
            locations=(Location(path=c.path, line=c.line) for c in unclear if c.path is not None),
            evidence=said,
        ),
    )


def _title(unclear: list[LicenseClaim]) -> Said:
    first = unclear[0]
    if first.source is ClaimSource.DECLARED:
        return Said("The declared licence {raw} cannot be identified", raw=clip(first.raw))
    return Said("{path} is not the text of a known licence alone", path=clip(str(first.path)))


def _unclear(claims: tuple[LicenseClaim, ...], rule: CheckRule) -> list[LicenseClaim]:
    found = [c for c in claims if c.expression == NOASSERTION]
    # A text that is near a known one has a finding of its own, with the differences.
    texts = [
        c
        for c in found
        if c.origin in (ClaimOrigin.LICENSE_FILE, ClaimOrigin.LICENSE_MENTION) and c.near is None
    ]
    own_name = _has_own_name(claims)
    declared = [
        c
        for c in found
        if c.source is ClaimSource.DECLARED
        and c.origin not in (ClaimOrigin.CARD_LINK, *MAP_FILES)
        and c.field not in (LIMIT, FAMILY, PLACE)
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
    """Whether the name of a family (``bsd``) stands beside the text of one of its members."""
    families = dict(pair.split(" = ") for pair in strings(rule, "families"))
    prefix = families.get(claim.raw.strip().casefold())
    texts = [
        c for c in claims if c.origin == ClaimOrigin.LICENSE_FILE and c.expression != NOASSERTION
    ]
    return prefix is not None and any(c.expression.startswith(prefix) for c in texts)


def _said_better(claim: LicenseClaim, claims: tuple[LicenseClaim, ...]) -> bool:
    """Whether the same file names a licence in another field (``BSD`` beside an SPDX id)."""
    return any(
        c.source is ClaimSource.DECLARED and c.path == claim.path and c.expression != NOASSERTION
        for c in claims
    )
