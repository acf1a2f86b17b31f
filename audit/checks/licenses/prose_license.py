# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The README says in words, or on a badge, another licence than the LICENSE holds."""

import re

from audit.checks.case import Case
from audit.checks.licenses.forbidden_use import forbidden_use
from audit.checks.licenses.license_place import at
from audit.checks.make import clip, listed, make_finding, severity_for
from audit.licenses.conclude import LICENSE_FILES, contradict, voices
from audit.licenses.declared.badges import FAMILY, family
from audit.licenses.expressions import readings
from audit.obligations.terms import card_id
from audit.record.findings import Finding, Severity
from audit.record.licenses import NOASSERTION, ClaimOrigin, LicenseClaim
from audit.record.said import Said, by_number
from audit.rules import CheckRule
from audit.rules.known_texts import text_name
from audit.text.fold import letters

ID = "LIC005"
_OF_SOFTWARE = ("GPL-", "AGPL-", "LGPL-")
"""How the ids of licences begin that a project has for its code, whatever its models have."""
_TITLE = 8
"""Letters of a licence's title by which it is known."""
_MODEL = re.compile(
    r"(?<!weights for the )(?<!weights of the )(?<!weights for our )(?<!weights of our )"
    r"\bmodels?\b(?!\s+(?:weights?|checkpoints?|parameters))|模型(?!\s?的?(?:权重|参数))",
    re.I,
)


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report what a README says of licences and what it forbids, against what is granted."""
    return (*_other_licence(case, rule), *forbidden_use(case, rule))


def _other_licence(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report, in one finding, the sentences and badges that share no licence with the text.

    Sentences are taken together: a README that gives the code and the weights different
    licences agrees with a LICENSE for one of them. A contradiction between fields is
    another check's.
    """
    claims = case.licenses.claims
    found = voices(claims)
    if not found or contradict(found, claims):
        return ()
    voice = next(
        (v for v in found if v.name == LICENSE_FILES), max(found, key=lambda v: len(v.ids))
    )
    ids = frozenset().union(*(v.ids for v in found))
    said = [c for c in claims if c.origin == ClaimOrigin.CARD_STATEMENT and _names(c)]
    badges = [c for c in claims if c.origin == ClaimOrigin.CARD_BADGE and _names(c)]
    mapped = any(_agrees(c, ids) for c in said)
    odd = [c for c in said if not mapped and not _agrees(c, ids) and _speaks_of_all(case, c)]
    odd += [c for c in badges if c.scope is None and not _agrees(c, ids)]
    if not any(_agrees(c, ids) for c in (*said, *badges)) and all(map(_is_of_code, ids)):
        odd += [c for c in badges if c.scope == "code"]
    odd += [c for c in (*said, *badges) if c not in odd and denies_its_part(c, claims)]
    odd += [c for c in said if c not in odd and _denies_another_readme(c, said, ids)]
    if not odd:
        return ()
    software = all(id_.startswith(_OF_SOFTWARE) for id_ in ids) and not any(
        _is_of_code(symbol) for c in odd for symbol in readings(c.expression)
    )
    part = all(c.scope == "weights" for c in odd) and (bool(case.code_files) or software)
    return (
        _finding(
            rule, odd, voice.claims, severity_for(rule, "severity_of_a_part") if part else None
        ),
    )


def _names(claim: LicenseClaim) -> bool:
    return claim.expression != NOASSERTION or claim.field == FAMILY


def _agrees(claim: LicenseClaim, ids: frozenset[str]) -> bool:
    """Whether a sentence names one of these licences, or the family of one."""
    begins = family(claim.raw) if claim.field == FAMILY else None
    if claim.field == FAMILY:
        return begins is None or any(id_.startswith(begins) for id_ in ids)
    return bool(readings(claim.expression) & ids)


def _speaks_of_all(case: Case, claim: LicenseClaim) -> bool:
    """Whether a LICENSE without a scope is what a sentence speaks of.

    Beside code it is the code's where a sentence gives terms to "the weights" or to data.
    """
    if claim.scope in ("data", "docs"):
        return False
    if claim.scope is not None and _has_a_file(case, claim.scope):
        return False  # which the sentence speaks of, whatever that holds
    coded = case.code_files or any(
        c.origin is ClaimOrigin.PACKAGE_METADATA for c in case.licenses.claims
    )
    return claim.scope != "weights" or not coded or _MODEL.search(claim.raw) is not None


def _is_of_code(id_: str) -> bool:
    """Whether a licence is one that code has, and no agreement for a model and no deed."""
    return not id_.startswith(("LicenseRef-", "CC"))


def _has_a_file(case: Case, scope: str) -> bool:
    """Whether a part has a licence file of its own, by its name (LICENSE-MODEL)."""
    files = (ClaimOrigin.LICENSE_FILE, ClaimOrigin.LICENSE_MENTION)
    return any(c.origin in files and c.scope == scope for c in case.licenses.claims)


def denies_its_part(claim: LicenseClaim, claims: tuple[LicenseClaim, ...]) -> bool:
    """Whether a file for the part that a sentence speaks of (LICENSE-MODEL) holds another."""
    own = [
        c
        for c in claims
        if c.origin == ClaimOrigin.LICENSE_FILE and c.scope == claim.scope and c.scope is not None
    ]
    known = all(c.expression != NOASSERTION for c in own)
    held = frozenset(symbol for c in own for symbol in readings(c.expression))
    return bool(own) and known and not _agrees(claim, held) and not _titles(claim, held)


def _titles(claim: LicenseClaim, held: frozenset[str]) -> bool:
    """Whether a sentence also gives the title of what the file holds: "Apache and 《X 协议》"."""
    said = letters(claim.raw)
    names = filter(None, map(text_name, sorted(held)))
    titles = (letters(part) for name in names for part in re.split(r"[()]", name))
    return any(len(title) >= _TITLE and title in said for title in titles)


def _denies_another_readme(
    claim: LicenseClaim, said: list[LicenseClaim], ids: frozenset[str]
) -> bool:
    """Whether a README in another language gives the same part what the release carries."""
    same = [c for c in said if c.scope == claim.scope and c.path != claim.path]
    return not _agrees(claim, ids) and any(_agrees(c, ids) for c in same)


def _finding(
    rule: CheckRule,
    odd: list[LicenseClaim],
    claims: tuple[LicenseClaim, ...],
    severity: Severity | None,
) -> Finding:
    held = listed(claim.expression for claim in claims)
    where = listed(str(claim.path) for claim in claims)
    quoted = [f'"{clip(claim.raw)}"' for claim in odd]
    named = listed(c.raw if c.field == FAMILY else c.expression for c in odd)
    return make_finding(
        rule,
        severity=severity,
        title=Said("The README says {named}, the release carries {held}", named=named, held=held),
        message=by_number(
            "{path} says {words}; {where} says {held}.",
            "{path} says {words}; {where} say {held}.",
            n=len({c.path for c in claims}),
            path=clip(str(odd[0].path)),
            words=", ".join(quoted),
            where=where,
            held=held,
        ),
        locations=(*(at(claim) for claim in odd), *(at(claim) for claim in claims)),
        evidence=[
            Said(
                "{origin}: {raw} ({expression})",
                origin=c.stated_in,
                raw=clip(c.raw),
                expression=c.expression,
            )
            for c in odd
        ],
        fix=Said(
            "Decide which licence is meant. If it is {license}, correct the sentence or the badge,"
            " and keep `license: {card_id}` in the card; if not, replace the LICENSE.",
            license=held,
            card_id=card_id(claims[0].expression),
        ),
    )
