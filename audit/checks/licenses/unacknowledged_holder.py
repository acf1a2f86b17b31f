# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Holders in file headers that no LICENSE, NOTICE or README names."""

from audit.checks.case import Case
from audit.checks.licenses.license_place import at, place
from audit.checks.make import clip, listed, make_finding
from audit.licenses.holders import parties, spelt_alike
from audit.record.findings import Confidence, Finding
from audit.record.licenses import ClaimOrigin, Copyright
from audit.record.said import Said, quoted
from audit.rules import CheckRule

ID = "COP003"


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report one finding for each group of holders; beyond a limit, one for the rest.

    A file whose header holds the terms beside the holder passes both on by itself.
    """
    code = case.code_files
    whole = {c.path for c in case.licenses.claims if c.origin == ClaimOrigin.HEADER_TEXT}
    grouped: dict[frozenset[str], list[Copyright]] = {}
    called: dict[frozenset[str], str] = {}
    for statement in case.licenses.copyrights:
        missing = [p for p in parties(statement.holder) if p not in case.licenses.acknowledged]
        if statement.path in code - whole and missing:
            key = frozenset(map(spelt_alike, missing))
            grouped.setdefault(key, []).append(statement)
            called.setdefault(key, " and ".join(missing))
    names = sorted(grouped, key=lambda key: (-len(grouped[key]), called[key]))
    most = int(float(str(rule.parameters["most_findings"])))
    single = [_finding(rule, called[key], grouped[key]) for key in names[:most]]
    rest = [statement for key in names[most:] for statement in grouped[key]]
    others = listed(called[key] for key in names[most:])
    return (*single, *([_finding(rule, others, rest)] if rest else []))


def _finding(rule: CheckRule, name: str, statements: list[Copyright]) -> Finding:
    files = listed(place(statement) for statement in statements)
    return make_finding(
        rule,
        confidence=Confidence.MEDIUM,
        title=Said("Not acknowledged: {name}", name=clip(name)),
        message=Said(
            "The headers of {files} name {name} as a copyright holder; no LICENSE,"
            " NOTICE or README of the release does.",
            files=files,
            name=clip(name),
        ),
        locations=(at(s) for s in statements),
        evidence=dict.fromkeys(quoted(clip(s.statement)) for s in statements),
        holder=name,
        files=files,
    )
