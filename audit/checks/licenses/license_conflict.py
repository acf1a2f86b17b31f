# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Card, package metadata and licence file disagree: one finding with all the voices."""

from audit.checks.case import Case
from audit.checks.make import clip, make_finding
from audit.licenses.conclude import LICENSE_FILES, Voice, contradict, voices
from audit.obligations.terms import card_id
from audit.record.findings import Finding, Location
from audit.record.said import Said, joined
from audit.rules import CheckRule

ID = "LIC002"


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report voices that share no licence; readings of one licence do not conflict."""
    found = voices(case.licenses.claims)
    if not contradict(found, case.licenses.claims):
        return ()
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


def _name(voice: Voice) -> Said:
    if voice.name != LICENSE_FILES:
        return clip(voice.name)
    paths = sorted({str(claim.path) for claim in voice.claims})
    return clip(Said("text of {paths}", paths=joined(", ", paths)))


def _expressions(voice: Voice) -> str:
    return ", ".join(sorted({claim.expression for claim in voice.claims}))


def _all_expressions(found: tuple[Voice, ...]) -> str:
    first, *others = sorted({_expressions(voice) for voice in found})
    for other in others:
        first = Said("{one} against {other}", one=first, other=other)
    return first


def _card_id(found: tuple[Voice, ...]) -> str:
    """Return what a card writes for the licence text, or for the first declaration."""
    voice = next((v for v in found if v.name == LICENSE_FILES), found[0])
    return card_id(voice.claims[0].expression)
