# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The release is offered under terms that an upstream's licence does not allow."""

from collections.abc import Sequence
from dataclasses import dataclass

from audit.checks.case import Case
from audit.checks.licenses.missing_license_text import offers_nothing
from audit.checks.make import clip, make_finding, severity_for
from audit.checks.obligations.upstream import (
    all_models,
    cited,
    is_a_models,
    is_told,
    is_trace,
    names,
    sure,
    tie,
    told_at,
)
from audit.licenses.conclude import stated, voices
from audit.licenses.declared.prose import PLACE
from audit.licenses.expressions import fold, readings
from audit.obligations.terms import Outcome, Ruling, card_id, offers, worst_ruling
from audit.provenance.ancestors import Ancestor
from audit.record.findings import Confidence, Finding, FindingStatus, Location
from audit.record.licenses import NOASSERTION, ClaimOrigin
from audit.record.obligations import EdgeRelation
from audit.record.said import Said, joined, term
from audit.rules import CheckRule, LicenseFacts, license_facts

ID = "LIC010"
_OUTPUTS = {"distilled", "trained-on-outputs"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """One ancestor, what the release offers, and how that fares under the ancestor's terms."""

    ancestor: Ancestor
    offered: str
    ruling: Ruling


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report one finding for each upstream licence that is not, or may not be, kept.

    Parents under one licence share a finding: they may be versions of one model.
    """
    grouped: dict[tuple[str, str, str], list[Breach]] = {}
    for breach in breaches(case):
        key = (breach.ancestor.node.license, breach.offered, breach.ruling.reason)
        grouped.setdefault(key, []).append(breach)
    return tuple(_finding(case, rule, grouped[key]) for key in sorted(grouped))


def breaches(case: Case) -> tuple[Breach, ...]:
    """Return every ancestor whose terms the offered ones do not, or may not, keep.

    An ancestor without a known licence counts where its folder was looked at; others are
    what BASE004 and LIC021 are for. Where statements about the release contradict each other
    and one of them keeps the terms, the contradiction is what is wrong, and LIC002's. Where no
    licence is declared at all nothing is offered that a base could forbid, and LIC001 stands.
    """
    offered, unlicensed = offers(case.licenses), offers_nothing(case)
    found = []
    for ancestor in all_models(case):
        node = ancestor.node
        known = node.license if node.is_known else None
        if (known is None and ancestor.upstream is None) or not _reaches(ancestor):
            continue
        if is_trace(ancestor) and _have_terms_of_their_own(case):
            continue
        if not is_trace(ancestor) and unlicensed:
            continue
        if _is_said_to_be_under(case, known, offered):
            continue
        if len(offered) > 1 and any(_allows(known, offer) for offer in offered):
            continue
        said = _said(case) if is_told(ancestor) and offered == (None,) else offered
        offer, ruled = worst_ruling(known, said)
        told = is_told(ancestor) and not is_a_models(case)
        if ruled.outcome is Outcome.VIOLATED or (ruled.outcome is not Outcome.ALLOWED and not told):
            found.append(Breach(ancestor=ancestor, offered=offer, ruling=ruled))
    return tuple(found)


def _said(case: Case) -> tuple[str | None, ...]:
    """Return what only the README says that the release, or its weights, are under."""
    given = {
        c.expression
        for c in stated(case.licenses.claims)
        if c.scope in (None, "weights") and c.expression != NOASSERTION
    }
    return tuple(sorted(given)) or (None,)


def _have_terms_of_their_own(case: Case) -> bool:
    """Whether the weights are under terms that nobody here has read: these may keep the base's."""
    files = (ClaimOrigin.LICENSE_FILE, ClaimOrigin.LICENSE_MENTION)
    return any(
        c.scope == "weights" and c.expression == NOASSERTION
        for c in case.licenses.claims
        if c.origin in files or c.field == PLACE
    )


def _is_said_to_be_under(case: Case, known: str | None, offered: Sequence[str | None]) -> bool:
    """Whether only a README says what the release is under, and that is the ancestor's licence."""
    if known is None or any(offer is not None for offer in offered):
        return False
    said = {s for c in stated(case.licenses.claims) for s in readings(c.expression)}
    return bool(said) and said <= readings(known)


def _allows(parent: str | None, offer: str | None) -> bool:
    return worst_ruling(parent, (offer,))[1].outcome is Outcome.ALLOWED


def _reaches(ancestor: Ancestor) -> bool:
    """Whether the licence calls this release a derivative: not all do of outputs."""
    if ancestor.relation is not EdgeRelation.DISTILL:
        return True
    if not ancestor.node.is_known:
        return False
    reached: bool = fold(
        ancestor.node.license,
        lambda symbol: _reaches_outputs(license_facts(symbol)),
        any_of=lambda a, b: a and b,
        all_of=lambda a, b: a or b,
    )
    return reached


def _reaches_outputs(facts: LicenseFacts | None) -> bool:
    return facts is not None and bool(_OUTPUTS & set(facts.derivative.reaches))


def _finding(case: Case, rule: CheckRule, found: list[Breach]) -> Finding:
    first = found[0]
    ancestors = [breach.ancestor for breach in found]
    facts, parent = first.ruling.facts, first.ancestor.node.license
    settled = any(ancestor.settled for ancestor in ancestors)
    violated = first.ruling.outcome is Outcome.VIOLATED and settled
    measured = any(ancestor.upstream is not None for ancestor in ancestors)
    trace = all(map(is_trace, ancestors))
    return make_finding(
        rule,
        severity=severity_for(rule, "severity_of_a_trace") if trace else None,
        status=FindingStatus.VIOLATED if violated else FindingStatus.UNDETERMINED,
        confidence=sure(ancestors) if violated and measured else Confidence.MEDIUM,
        title=_title(names(ancestors), first, violated=violated),
        message=_message(first, ancestors),
        locations=[*told_at(ancestors), *_locations(case)],
        evidence=[_evidence(ancestor) for ancestor in ancestors],
        parent_id=Said("the upstream's licence, once it is known")
        if parent == NOASSERTION
        else card_id(parent),
        duties=cited((Said.plain(o.text), o.clause) for o in facts.obligations)
        if facts is not None
        else Said("read its licence."),
    )


def _title(named: str, breach: Breach, *, violated: bool) -> Said:
    if violated:
        return Said(
            "Offered under {offered}, which the terms of {named} do not allow",
            offered=breach.offered,
            named=named,
        )
    return Said("Whether the terms of {named} are kept cannot be told", named=named)


def _message(first: Breach, ancestors: list[Ancestor]) -> Said:
    parent = first.ancestor.node.license
    terms = Said("The terms declared by the upstream are {license}.", license=parent)
    if parent == NOASSERTION:
        terms = Said("The upstream folder declares no licence that could be identified.")
    offer = Said("This release is offered under {license}.", license=first.offered)
    if first.offered == NOASSERTION:
        offer = Said("What this release is offered under could not be identified.")
    reason = first.ruling.reason
    closing = Said("It cannot be decided: {reason:sentence}.", reason=reason)
    if first.ruling.outcome is Outcome.VIOLATED:
        closing = Said("{reason:sentence}.", reason=reason)
    return joined(" ", (Said("{tie}.", tie=tie(ancestors)), terms, offer, closing))


def _evidence(ancestor: Ancestor) -> Said:
    node, compared = ancestor.node, ancestor.upstream
    name, license_ = clip(node.name), node.license
    if compared is None:
        return Said(
            "{name}: weights not compared; declared terms {license} ({source})",
            name=name,
            license=license_,
            source=clip(node.license_from),
        )
    return Said(
        "{name}: weights {relation}; declared terms {license}",
        name=name,
        relation=term(compared.comparison.relation),
        license=license_,
    )


def _locations(case: Case) -> list[Location]:
    return [
        Location(path=claim.path, line=claim.line)
        for voice in voices(case.licenses.claims)
        for claim in voice.claims
        if claim.path is not None
    ]
