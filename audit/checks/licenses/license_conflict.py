# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Card, package metadata and licence file disagree: one finding with all the voices."""

from audit.checks.case import Case
from audit.checks.make import clip, make_finding, severity_for
from audit.licenses.conclude import LICENSE_FILES, Voice, contradict, defaults, stated, voices
from audit.licenses.declared.prose import LIMIT
from audit.licenses.expressions import readings
from audit.obligations.terms import card_id
from audit.record.findings import Finding, Location
from audit.record.licenses import NOASSERTION, ClaimOrigin, LicenseClaim
from audit.record.said import Said, joined
from audit.rules import CheckRule
from audit.rules.known_texts import text_name

ID = "LIC002"


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report voices that share no licence; readings of one licence do not conflict."""
    found = voices(case.licenses.claims)
    if not contradict(found, case.licenses.claims):
        found = _against_another_text(found, case.licenses.claims)
    if not found:
        return tuple(_default(rule, found) for found in defaults(case.licenses.claims))
    said = [
        Said("{name}: {expressions}", name=_name(voice), expressions=_expressions(voice))
        for voice in found
    ]
    return (
        make_finding(
            rule,
            title=Said("Contradicting licences: {licenses}", licenses=_all_expressions(found)),
            message=Said(
                "The release names licences that have nothing in common. {statements}."
                " No licence can be concluded.",
                statements=joined("; ", said),
            ),
            locations=(
                Location(path=claim.path, line=claim.line)
                for voice in found
                for claim in voice.claims
                if claim.path is not None
            ),
            evidence=said,
            card_id=_card_id(found),
        ),
    )


def _default(rule: CheckRule, claim: LicenseClaim) -> Finding:
    return make_finding(
        rule,
        severity=severity_for(rule, "severity_of_a_default"),
        title=Said("{path} still says ISC", path=clip(str(claim.path))),
        message=Said(
            "`npm init` writes ISC where nobody chose a licence. The text in the release is of"
            " another, and is taken for what is granted."
        ),
        locations=(Location(path=claim.path, line=claim.line),) if claim.path else (),
        card_id=Said("the licence of the text"),
    )


def _against_another_text(
    found: tuple[Voice, ...], claims: tuple[LicenseClaim, ...]
) -> tuple[Voice, ...]:
    """Return the declarations of common licences beside a text made from another one.

    What a text is that is near a known one, nobody here knows; that it is not the MIT licence is
    plain where it is near the agreement for a model.
    """
    files = [c for c in claims if c.origin is ClaimOrigin.LICENSE_FILE]
    if files and all(map(_keeps_commerce_back, files)):
        return _declared_beside(found, files, frozenset(), claims)
    near = {symbol for c in files if c.near is not None for symbol in readings(c.near)}
    if not files or len(near) != len({c.path for c in files}) or any(map(_is_known, files)):
        return ()
    return _declared_beside(found, files, near, claims)


def _declared_beside(
    found: tuple[Voice, ...],
    files: list[LicenseClaim],
    near: frozenset[str] | set[str],
    claims: tuple[LicenseClaim, ...],
) -> tuple[Voice, ...]:
    """Return the voices that name a common licence, and the texts that are another's.

    What a README gives to the code is no word on a text for the model.
    """
    of_code = {s for c in stated(claims) if c.scope == "code" for s in readings(c.expression)}
    declared = tuple(v for v in found if v.ids and not v.ids & (near | of_code) and _is_listed(v))
    text = Voice(name=LICENSE_FILES, claims=tuple(files), ids=frozenset())
    return (*declared, text) if declared else ()


def _keeps_commerce_back(claim: LicenseClaim) -> bool:
    """Whether a text that nobody here knows, of all of the release, allows no commercial use."""
    return claim.field == LIMIT and claim.scope is None and not _is_known(claim)


def _is_known(claim: LicenseClaim) -> bool:
    return claim.expression != NOASSERTION


def _is_listed(voice: Voice) -> bool:
    """Whether a voice names licences that SPDX lists, and no terms of a publisher's own."""
    return not any(id_.startswith("LicenseRef-") for id_ in voice.ids)


def _name(voice: Voice) -> Said:
    if voice.name != LICENSE_FILES:
        return clip(voice.name)
    paths = sorted({str(claim.path) for claim in voice.claims})
    return clip(Said("text of {paths}", paths=joined(", ", paths)))


def _expressions(voice: Voice) -> str:
    return ", ".join(sorted({_said_by(claim) for claim in voice.claims}))


def _said_by(claim: LicenseClaim) -> str:
    """Return what a claim says; a text that is only near another one is not that one."""
    if claim.expression != NOASSERTION or claim.near is None:
        return claim.expression
    return Said("a text near {name}", name=text_name(claim.near) or claim.near)


def _all_expressions(found: tuple[Voice, ...]) -> str:
    first, *others = sorted({_expressions(voice) for voice in found})
    for other in others:
        first = Said("{one} against {other}", one=first, other=other)
    return first


def _card_id(found: tuple[Voice, ...]) -> str:
    """Return what a card writes for the licence text, or for the first declaration."""
    voice = next((v for v in found if v.name == LICENSE_FILES and v.ids), found[0])
    return card_id(voice.claims[0].expression)
