# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A licence is named and its text is not there, or nothing is said at all."""

from audit.checks.case import Case
from audit.checks.draft import draft, listed, severity_for
from audit.findings import Finding, Location
from audit.inventory import Kind
from audit.licenses.claims import ClaimSource, LicenseClaim
from audit.licenses.interpret import LICENSE_FILE
from audit.rules import CheckRule

ID = "LIC001"


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report a release without the text of its licence."""
    claims = case.licenses.claims
    if any(claim.origin == LICENSE_FILE for claim in claims) or _unscanned_legal(case):
        return ()
    declared = case.licenses.of_source(ClaimSource.DECLARED)
    return (_named_only(rule, declared) if declared else _nothing(rule),)


def _unscanned_legal(case: Case) -> bool:
    """Whether a legal file was not scanned: then the text may be there."""
    legal = {artifact.path for artifact in case.subject.of_kind(Kind.LEGAL)}
    whole = any(entry.path == "." for entry in case.licenses.unscanned)
    return (whole and bool(legal)) or any(e.path in legal for e in case.licenses.unscanned)


def _named_only(rule: CheckRule, declared: tuple[LicenseClaim, ...]) -> Finding:
    names = listed(claim.raw for claim in declared)
    return draft(
        rule,
        title="A licence is declared, its text is not in the folder",
        message=f"The release declares {names}, and no file of it holds the licence's text.",
        locations=(Location(path=c.path, line=c.line) for c in declared if c.path is not None),
        evidence=(f"{claim.origin}: {claim.raw}" for claim in declared),
        license=names,
    )


def _nothing(rule: CheckRule) -> Finding:
    return draft(
        rule,
        severity=severity_for(rule, "severity_if_nothing_is_declared"),
        title="No licence is declared, and there is no licence text",
        message=(
            "Neither the model card nor package metadata nor a configuration names a licence,"
            " and no file of the release holds the text of one."
        ),
        license="the licence you choose",
    )
