# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The README says in words, or on a badge, another licence than the LICENSE holds."""

from audit.checks.case import Case
from audit.checks.licenses.license_place import at
from audit.checks.make import clip, listed, make_finding
from audit.licenses.conclude import LICENSE_FILES, contradict, voices
from audit.licenses.expressions import readings
from audit.obligations.terms import card_id
from audit.record.findings import Finding
from audit.record.licenses import ClaimOrigin, LicenseClaim
from audit.record.said import Said, by_number
from audit.rules import CheckRule

ID = "LIC005"


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report, in one finding, the sentences and badges that share no licence with the text.

    Sentences are taken together: a README that gives the code and the weights different
    licences agrees with a LICENSE for one of them. A contradiction between fields is
    another check's.
    """
    found = voices(case.licenses.claims)
    if not found or contradict(found):
        return ()
    voice = next(
        (v for v in found if v.name == LICENSE_FILES), max(found, key=lambda v: len(v.ids))
    )
    ids, claims = voice.ids, case.licenses.claims
    sentences = [c for c in claims if c.origin == ClaimOrigin.CARD_STATEMENT]
    said = frozenset(symbol for c in sentences for symbol in readings(c.expression))
    odd = [] if said & ids else [c for c in sentences if c.scope is None]
    odd += [
        c
        for c in claims
        if c.origin == ClaimOrigin.CARD_BADGE
        and c.scope is None
        and not readings(c.expression) & ids
    ]
    return (_finding(rule, odd, voice.claims),) if odd else ()


def _finding(rule: CheckRule, odd: list[LicenseClaim], claims: tuple[LicenseClaim, ...]) -> Finding:
    held = listed(claim.expression for claim in claims)
    where = listed(str(claim.path) for claim in claims)
    quoted = [f'"{clip(claim.raw)}"' for claim in odd]
    named = listed(claim.expression for claim in odd)
    return make_finding(
        rule,
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
        license=held,
        card_id=card_id(claims[0].expression),
    )
