# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A file's header names a licence whose text is nowhere in the release."""

import re

from audit.checks.case import Case
from audit.checks.licenses.license_place import at, has_text, place
from audit.checks.make import clip, listed, make_finding, strings
from audit.licenses.attribution import notices
from audit.licenses.detected.own_words import NAMED
from audit.licenses.expressions import fold, readings
from audit.record.code import LicenseText
from audit.record.findings import Finding
from audit.record.licenses import NOASSERTION, ClaimOrigin, ClaimSource, LicenseClaim
from audit.record.said import Said
from audit.rules import CheckRule, license_facts

ID = "LIC008"
_PRIVATE = "LicenseRef-"
_VERSION = re.compile(r"(?P<name>(?:A|L)?GPL)-(?P<version>\d\.\d)(?:-only|-or-later)?")
_OR_LATER = re.compile(r"(?P<name>(?:A|L)?GPL)-(?P<version>\d\.\d)-or-later")


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report the licences of single files that the release does not carry, in one finding.

    The licence of the release itself is another check's, and so is code whose missing text
    the code comparison reports.
    """
    legal = case.legal_files
    if any(gap.path == "." or gap.path in legal for gap in case.licenses.unscanned):
        return ()  # the text may be in what was not read
    there = _held(case) | frozenset(strings(rule, "without_a_text"))
    reported = {
        match.path
        for match in case.code.matches
        if any(f.license_text is LicenseText.MISSING for f in match.families)
    }
    code = case.code_files - reported
    missing = [
        claim
        for claim in case.licenses.of_source(ClaimSource.DETECTED)
        if claim.origin == ClaimOrigin.HEADER
        and claim.path in code
        and not (_covered(claim.expression, there) and not _names_another(claim, case))
    ]
    return (_finding(rule, missing),) if missing else ()


def _names_another(claim: LicenseClaim, case: Case) -> bool:
    """Whether a header names terms that no table knows, and every text of the release is known."""
    texts = [c for c in case.licenses.claims if c.origin is ClaimOrigin.LICENSE_FILE]
    known = bool(texts) and all(c.expression != NOASSERTION for c in texts)
    return claim.field == NAMED and known


def _held(case: Case) -> frozenset[str]:
    """Return the licences whose text is there, and those that the release is offered under."""
    held, settled = notices(case.subject, case.licenses.claims), has_text(case)
    return frozenset(
        symbol
        for claim in case.licenses.claims
        if claim.origin in (ClaimOrigin.LICENSE_FILE, ClaimOrigin.PART_FILE)
        or claim.path in held
        or (claim.source is not ClaimSource.DETECTED and not (settled and _is_metadata(claim)))
        for symbol in readings(claim.expression)
    )


def _is_metadata(claim: LicenseClaim) -> bool:
    """Whether only the metadata of a package name a licence, beside the text of another."""
    return claim.origin is ClaimOrigin.PACKAGE_METADATA


def _covered(expression: str, there: frozenset[str]) -> bool:
    if expression == NOASSERTION:
        return True

    def leaf(symbol: str) -> bool:
        license_id = symbol.partition(" WITH ")[0]
        unknown = license_id.startswith(_PRIVATE) and license_facts(license_id) is None
        return unknown or readings(license_id) <= there or _later(license_id, there)

    return bool(fold(expression, leaf, any_of=lambda a, b: a or b, all_of=lambda a, b: a and b))


def _later(license_id: str, there: frozenset[str]) -> bool:
    """Whether ``GPL-2.0-or-later`` is served by the text of a later version."""
    asked = _OR_LATER.fullmatch(license_id)
    held = (_VERSION.fullmatch(symbol) for symbol in there)
    return asked is not None and any(
        h is not None and h["name"] == asked["name"] and h["version"] >= asked["version"]
        for h in held
    )


def _finding(rule: CheckRule, missing: list[LicenseClaim]) -> Finding:
    names = listed(c.raw if c.field == NAMED else c.expression for c in missing)
    return make_finding(
        rule,
        title=Said("Files are under {names}, whose text is not in the release", names=names),
        message=Said(
            "Headers name {names} ({places}); no file of the release holds that text.",
            names=names,
            places=listed(place(claim) for claim in missing),
        ),
        locations=(at(claim) for claim in missing),
        evidence=dict.fromkeys(
            Said("{place}: {raw}", place=clip(place(c)), raw=clip(c.raw)) for c in missing
        ),
        license=names,
    )
