# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a parent's licence allows a derivative to be offered under; pure, from the table."""

from dataclasses import dataclass
from enum import IntEnum

from audit.licenses.conclude import voices
from audit.licenses.expressions import fold, readings
from audit.record.licenses import NOASSERTION, LicenseEvidence
from audit.record.said import NOTHING_SAID, Said
from audit.rules import Clause, Downstream, LicenseFacts, Obligation, license_facts

_FREE = ("any", "any-with-notices")
_OWN_TERMS = "own-terms-kept"
_CLOSED = "no-redistribution"
_RESTRICTIONS = "use-restrictions"


class Outcome(IntEnum):
    """Ordered, so that the worst of several is their maximum."""

    ALLOWED = 0
    UNKNOWN = 1
    VIOLATED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """Whether a licence may follow another, the reason, and the facts it rests on."""

    outcome: Outcome
    reason: Said = NOTHING_SAID
    facts: LicenseFacts | None = None


def ruling(parent: str, child: str) -> Ruling:
    """Decide whether a derivative of a work under ``parent`` may be under ``child``.

    Both are SPDX expressions. Of alternatives (``OR``) of the parent one must allow it;
    all alternatives offered by the child must be allowed. Of licences that hold
    together (``AND``) all of the parent's must be kept, each by one of the child's.
    """
    result: Ruling = fold(
        parent,
        lambda upstream: fold(
            child, lambda own: _pair(upstream, own), any_of=_worse, all_of=_better
        ),
        any_of=_better,
        all_of=_worse,
    )
    return result


def offers(evidence: LicenseEvidence) -> tuple[str | None, ...]:
    """Return what a release is offered under: the conclusion, else each single voice.

    ``(None,)`` if nothing that could be understood is said.
    """
    concluded = known_license(evidence)
    if concluded is not None:
        return (concluded,)
    found = {c.expression for voice in voices(evidence.claims) for c in voice.claims}
    return tuple(sorted(found)) if found else (None,)


def known_license(evidence: LicenseEvidence) -> str | None:
    """Return the concluded licence of a folder, ``None`` where nothing could be concluded."""
    concluded = evidence.concluded
    if concluded is None or concluded.expression == NOASSERTION:
        return None
    return concluded.expression


def worst_ruling(parent: str | None, offered: tuple[str | None, ...]) -> tuple[str, Ruling]:
    """Return the offer that fares worst under a parent's licence, and how it fares."""
    found = [(offer or NOASSERTION, _rule(parent, offer)) for offer in offered]
    return max(found, key=lambda pair: pair[1].outcome)


def _rule(parent: str | None, offered: str | None) -> Ruling:
    if parent is None:
        return Ruling(outcome=Outcome.UNKNOWN, reason=Said("the upstream's licence is not known"))
    if offered is not None:
        return ruling(parent, offered)
    free = ruling(parent, NOASSERTION)
    if free.outcome is Outcome.ALLOWED:
        return free
    return Ruling(
        outcome=Outcome.UNKNOWN,
        reason=Said("the licence of this release is not known"),
        facts=free.facts,
    )


def card_id(expression: str) -> str:
    """Return what a model card writes for a licence: its alias, or the id in lower case."""
    facts = license_facts(expression)
    return facts.aliases.card[0] if facts is not None and facts.aliases.card else expression.lower()


def _worse(a: Ruling, b: Ruling) -> Ruling:
    return a if a.outcome >= b.outcome else b


def _better(a: Ruling, b: Ruling) -> Ruling:
    return a if a.outcome <= b.outcome else b


def _pair(parent: str, child: str) -> Ruling:
    facts = license_facts(parent)
    if facts is None:
        return Ruling(
            outcome=Outcome.UNKNOWN,
            reason=Said("{parent} is not in the table of licence facts", parent=parent),
        )
    if not _binds(facts):
        return Ruling(outcome=Outcome.ALLOWED, facts=facts)
    if facts.downstream.constraint == _CLOSED:
        return _violated(facts, facts.downstream, Said("does not allow derivatives to be shared"))
    if readings(parent) == readings(child):
        return Ruling(outcome=Outcome.ALLOWED, facts=facts)
    return _other_license(facts, child)


def _other_license(facts: LicenseFacts, child: str) -> Ruling:
    own = license_facts(child)
    if own is None:
        reason = Said(
            "whether {child} keeps the terms of {upstream} is not in the table",
            child=child,
            upstream=facts.name,
        )
        return Ruling(outcome=Outcome.UNKNOWN, reason=reason, facts=facts)
    if facts.non_commercial and not own.non_commercial:
        limit = Said("limits use to non-commercial purposes, which {own} does not", own=own.name)
        return _violated(facts, facts.non_commercial, limit)
    if _binds(own):
        reason = Said(
            "whether {own} may follow {upstream} is not in the table",
            own=own.name,
            upstream=facts.name,
        )
        return Ruling(outcome=Outcome.UNKNOWN, reason=reason, facts=facts)
    if facts.downstream.constraint == _OWN_TERMS:
        return _own_terms(facts, own)
    place: Clause | Downstream = facts.copyleft or facts.downstream
    reason = Said(
        "requires the same licence for derivatives, which {own} does not keep"
        if facts.copyleft
        else "passes its terms on to derivatives, which {own} does not keep",
        own=own.name,
    )
    return _violated(facts, place, reason)


def _own_terms(facts: LicenseFacts, own: LicenseFacts) -> Ruling:
    """Terms of one's own are allowed where the upstream's stay in force beside them."""
    restrictions = next((o for o in facts.obligations if o.id == _RESTRICTIONS), None)
    if restrictions is not None:
        reason = Said(
            "passes use restrictions on to derivatives, which {own} does not have", own=own.name
        )
        return _violated(facts, restrictions, reason)
    reason = Said(
        "{upstream}, clause {clause}, allows terms of one's own where"
        " its other conditions are kept, which {own} alone does not show",
        upstream=facts.name,
        clause=facts.downstream.clause,
        own=own.name,
    )
    return Ruling(outcome=Outcome.UNKNOWN, reason=reason, facts=facts)


def _binds(facts: LicenseFacts) -> bool:
    return bool(facts.copyleft or facts.non_commercial or facts.downstream.constraint not in _FREE)


def _violated(facts: LicenseFacts, place: Clause | Downstream | Obligation, reason: Said) -> Ruling:
    """Cite the clause; facts that nobody read against the text leave the question open."""
    cited = Said(
        "{upstream}, clause {clause}, {reason}",
        upstream=facts.name,
        clause=place.clause,
        reason=reason,
    )
    if facts.gates:
        return Ruling(outcome=Outcome.VIOLATED, reason=cited, facts=facts)
    reason = Said("{cited}; these facts were not checked against the licence's text", cited=cited)
    return Ruling(outcome=Outcome.UNKNOWN, reason=reason, facts=facts)
