# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The library knows models that the release is not independent of and does not declare."""

from collections.abc import Iterator

from audit.checks.case import Case
from audit.checks.lineage.from_library import of_library
from audit.checks.lineage.words import declared, derives, explained
from audit.checks.make import clip, make_finding, severity_for
from audit.record.findings import Confidence, Finding, FindingStatus, Severity
from audit.record.library import Member
from audit.record.said import Said, by_number, joined
from audit.record.weights import PKind
from audit.rules import CheckRule
from audit.text.warrant import STOP, warrant

ID = "BASE006"
_NAMED = 5


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report all undeclared relatives together, the closest first.

    Fingerprints show dependence and no direction, so the question stays open. It is severe where
    an exact test, or equal values, prove dependence and no declared base shares weights too: then
    that base may be where both come from. References that were compared, and the release itself
    under its own name, are no finding.
    """
    library = case.library
    known = {_plain(r.inventory.name) for r in case.references if derives(r)}
    related = [
        one
        for one in (library.tested if library else ())
        if one.is_related and one.declared is None and not one.is_own
        if _plain(one.name) not in known
    ]
    return (_finding(case, rule, related),) if related else ()


def _plain(name: str) -> str:
    return name.rpartition("/")[2].casefold()


def _finding(case: Case, rule: CheckRule, related: list[Member]) -> Finding:
    first = min(related, key=lambda one: not one.is_proven)  # the closest of the proven ones
    proven = first.is_proven
    shown = tuple(clip(one.name) for one in related[:_NAMED])
    names = Said("{names}", names=shown)
    if len(related) > _NAMED:
        names = Said(
            "{names} and {n:count} more", names=Said("{names:commas}", names=shown),
            n=len(related) - _NAMED,
        )  # fmt: skip
    sentences = [
        Said(
            "The weights, or the random start, are shared with {names} of the library, the closest"
            " first.",
            names=names,
        ),
        _strength(first),
        Said(
            "A fingerprint does not say which came first, nor whether these are parents, siblings"
            " or children, and names and days in a library are claims: compare with the models"
            " themselves."
        ),
        of_library(case),
        *_explained(case),
    ]
    return make_finding(
        rule,
        status=FindingStatus.UNDETERMINED,
        confidence=Confidence.HIGH if proven else Confidence.MEDIUM,
        severity=_severity(case, rule, proven=proven),
        title=by_number(
            "Not independent of {name} in the library, which the card does not declare",
            "Not independent of {name} and {more:count} more in the library, which the card does"
            " not declare",
            n=len(related),
            name=clip(first.name),
            more=len(related) - 1,
        ),
        message=joined(" ", sentences),
        locations=case.card_place,
        evidence=map(_measured, related),
        reference=clip(first.name),
    )


def _severity(case: Case, rule: CheckRule, *, proven: bool) -> Severity:
    borne_out = any(declared(r) and derives(r) for r in case.references)
    members = case.library.tested if case.library else ()
    borne_out |= any(one.declared is not None and one.is_related for one in members)
    return rule.severity if proven and not borne_out else severity_for(rule, "otherwise")


def _explained(case: Case) -> Iterator[Said]:
    yield from explained(case)
    for one in case.library.tested if case.library else ():
        if one.declared is not None and one.is_related:
            yield Said(
                "The fingerprint of the declared base {name} shares weights too; it may be where"
                " both come from.",
                name=clip(one.declared),
            )


def _strength(found: Member) -> Said:
    tail = Said(", after correction for every test and every member of the library")
    if found.equal and not found.parts:
        return Said("{of:share} of its values are the same as there.", of=found.equal)
    return warrant(found.log10_p, found.p_kind if found.parts else PKind.NONE, tail)


def _measured(found: Member) -> Said:
    """Quote a member's numbers; one without a test has no probability."""
    if found.log10_p is None or not found.parts:
        return Said(
            "{name}, fingerprint {digest}: equal values {equal:share}, in another order"
            " {moved:share}",
            name=clip(found.name),
            digest=found.sha256[:12],
            equal=found.equal,
            moved=found.moved,
        )
    return Said(
        "{name}, fingerprint {digest}: {parts:commas}; closeness {closeness:decimal}, log10 p:"
        " {log10_p:logarithm} or less (corrected for all members)",
        name=clip(found.name),
        digest=found.sha256[:12],
        parts=found.parts,
        closeness=found.closeness,
        log10_p=max(STOP, found.log10_p),
    )
