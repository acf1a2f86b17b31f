# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A licence that the chosen policy does not accept, for the release or for what it comes from."""

from collections.abc import Iterator
from enum import IntEnum
from fnmatch import fnmatchcase

from audit.checks.case import Case
from audit.checks.make import clip, listed, make_finding
from audit.checks.obligations.upstream import models_above
from audit.licenses.expressions import fold
from audit.obligations.terms import known_license
from audit.record.findings import Confidence, Finding, FindingStatus
from audit.record.licenses import NOASSERTION
from audit.record.said import NOTHING_SAID, Said
from audit.rules import CheckRule, LicenseFacts, license_facts
from audit.rules.facts import Right
from audit.rules.policies import LicenseTerms, Policy

ID = "POL001"

_RIGHTS: dict[Right, Said] = {
    "use": Said("use"),
    "modify": Said("modification"),
    "redistribute": Said("redistribution"),
    "sublicense": Said("sublicensing"),
    "commercial": Said("commercial use"),
    "patent": Said("patents"),
}
_FEATURES = {
    "non-commercial": Said("non-commercial"),
    "research-only": Said("research-only"),
    "no-derivatives": Said("no-derivatives"),
    "copyleft": Said("copyleft"),
}
"""Words for what a policy denies."""


class _Answer(IntEnum):
    """Ordered, so that the worst of several is their maximum."""

    ACCEPTED = 0
    UNKNOWN = 1
    REFUSED = 2


_Ruled = tuple[_Answer, Said]
"""An answer and its reason."""


def check(case: Case, rule: CheckRule, policy: Policy) -> tuple[Finding, ...]:
    """Report one finding for each licence that the policy refuses, or cannot judge."""
    if policy.licenses == LicenseTerms():
        return ()
    parties: dict[str, list[str]] = {}
    for who, expression in _parties(case):
        parties.setdefault(expression, []).append(who)
    ruled = {expression: _rule(expression, policy.licenses) for expression in sorted(parties)}
    return tuple(
        _finding(rule, policy, expression, parties[expression], ruled[expression])
        for expression in ruled
        if ruled[expression][0] is not _Answer.ACCEPTED
    )


def _parties(case: Case) -> Iterator[tuple[str, str]]:
    """Yield who is under which licence: the release, and every model that it comes from."""
    yield case.subject.name, known_license(case.licenses) or NOASSERTION
    for ancestor in models_above(case):
        yield ancestor.node.name, ancestor.node.license


def _rule(expression: str, terms: LicenseTerms) -> _Ruled:
    if expression == NOASSERTION:
        return _unknown(Said("it could not be identified"), terms)
    ruled: _Ruled = fold(expression, lambda symbol: _one(symbol, terms), any_of=min, all_of=max)
    return ruled


def _one(symbol: str, terms: LicenseTerms) -> _Ruled:
    if _among(symbol, terms.deny):
        return _Answer.REFUSED, Said("{license} is denied by name", license=symbol)
    facts = license_facts(symbol.partition(" WITH ")[0])
    if facts is not None:
        refusal = _refusal(symbol, facts, terms)
        return (_Answer.ACCEPTED, NOTHING_SAID) if refusal is None else (_Answer.REFUSED, refusal)
    if _among(symbol, terms.allow):
        return _Answer.ACCEPTED, NOTHING_SAID
    return _unknown(Said("{license} is not in the table of licence facts", license=symbol), terms)


def _refusal(symbol: str, facts: LicenseFacts, terms: LicenseTerms) -> Said | None:
    refused = [feature for feature in terms.deny_features if _has(facts, feature)]
    if refused:
        return Said("{license} is {feature}", license=symbol, feature=_FEATURES[refused[0]])
    withheld = [right for right in terms.require if facts.grants.to(right) == "no"]
    if withheld:
        return Said(
            "{license} withholds a right: {right} (clause {clause})",
            license=symbol,
            right=_RIGHTS[withheld[0]],
            clause=facts.grants.clause,
        )
    downstream = facts.downstream
    if terms.downstream and downstream.constraint not in terms.downstream:
        return Said(
            "{license} binds derivatives ({constraint}, clause {clause})",
            license=symbol,
            constraint=Said.plain(downstream.constraint),
            clause=downstream.clause,
        )
    if terms.allow and not _among(symbol, terms.allow):
        return Said("{license} is not among the licences that it allows", license=symbol)
    return None


def _unknown(reason: Said, terms: LicenseTerms) -> _Ruled:
    answer = _Answer.REFUSED if "unknown" in terms.deny_features else _Answer.UNKNOWN
    return answer, reason


def _among(symbol: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(symbol.casefold(), pattern.casefold()) for pattern in patterns)


def _has(facts: LicenseFacts, feature: str) -> bool:
    kinds = {restriction.kind for restriction in facts.restrictions}
    return {
        "non-commercial": facts.non_commercial is not None,
        "research-only": "research-only" in kinds,
        "no-derivatives": facts.downstream.constraint == "no-redistribution",
        "copyleft": facts.copyleft is not None,
        "unknown": False,
    }[feature]


def _finding(
    rule: CheckRule, policy: Policy, expression: str, parties: list[str], ruled: _Ruled
) -> Finding:
    answer, reason = ruled
    refused = answer is _Answer.REFUSED
    names = listed(parties)
    unidentified = expression == NOASSERTION
    shown = Said("an unidentified licence") if unidentified else expression
    return make_finding(
        rule,
        status=FindingStatus.VIOLATED if refused else FindingStatus.UNDETERMINED,
        confidence=Confidence.HIGH if refused else Confidence.MEDIUM,
        title=Said(
            "The policy {policy} does not accept {license}"
            if refused
            else "The policy {policy} cannot judge {license}",
            policy=clip(policy.name, 60),
            license=shown,
        ),
        message=Said(
            "{names}: {license}. Under the policy {policy}, {reason}.",
            names=names,
            license=shown,
            policy=clip(policy.name, 60),
            reason=reason,
        ),
        evidence=[
            Said("{name}: {license}", name=clip(name), license=shown)
            for name in sorted(set(parties))
        ],
        policy=policy.name,
    )
