# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The licence is another one than at the last tag of the git history."""

from audit.checks.case import Case
from audit.checks.make import clip, listed, make_finding, severity_for
from audit.licenses.expressions import combine, readings
from audit.record.findings import Finding, FindingStatus, Location
from audit.record.licenses import NOASSERTION, ClaimOrigin, LicenseClaim
from audit.record.said import Said
from audit.rules import CheckRule

ID = "LIC009"


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report a change; a text that only says the same licence in other words is none."""
    history = case.licenses.history
    before = list(history.earlier)
    after = [c for c in case.licenses.claims if c.origin == ClaimOrigin.LICENSE_FILE]
    if not before or (_ids(before) and _ids(before) <= _ids(after)):
        return ()
    unsure = any(c.expression == NOASSERTION for c in (*before, *after))
    paths = {a.path for a in case.subject.artifacts}
    was, now = _named(before), _named(after) if after else Said("no licence text")
    files = listed(str(c.path) for c in before)
    return (
        make_finding(
            rule,
            status=FindingStatus.UNDETERMINED if unsure else FindingStatus.VIOLATED,
            severity=severity_for(rule, "severity_if_not_identified") if unsure else None,
            title=Said("The licence changed since the tag {tag}", tag=clip(str(history.tag))),
            message=Said(
                "At the tag {tag} {files} held {was}; the release now holds"
                " {now}. Copies that were taken under the earlier terms keep them.",
                tag=clip(str(history.tag)),
                files=files,
                was=was,
                now=now,
            ),
            locations=(Location(path=str(c.path)) for c in before if c.path in paths),
            evidence=(
                Said("{path} at the tag: {raw}", path=clip(str(c.path)), raw=clip(c.raw))
                for c in before
            ),
            tag=str(history.tag),
            was=was,
        ),
    )


def _ids(claims: list[LicenseClaim]) -> frozenset[str]:
    return frozenset(symbol for c in claims for symbol in readings(c.expression))


def _named(claims: list[LicenseClaim]) -> str:
    expression = combine([c.expression for c in claims])
    return Said("a text that is not identified") if expression == NOASSERTION else expression
