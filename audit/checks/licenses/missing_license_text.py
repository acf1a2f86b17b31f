# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A licence is named and its text is not there, or nothing is said at all."""

import re

from audit.checks.case import Case
from audit.checks.licenses.license_place import elsewhere, has_text
from audit.checks.make import listed, make_finding, severity_for
from audit.licenses.declared.prose import LEAVE, LIMIT
from audit.licenses.release_files import is_release_license, own_folders
from audit.record.files import Unread
from audit.record.findings import Finding, FindingStatus, Location
from audit.record.licenses import NOASSERTION, ClaimOrigin, ClaimSource, LicenseClaim
from audit.record.said import Said, joined
from audit.rules import CheckRule

ID = "LIC001"
_OF_OTHERS = re.compile(
    r"third|3rd|vendor|extern|depend|^deps|modules|packages|licen[sc]e|submodul|contrib|^lib", re.I
)
"""What folders are called that hold the work of others."""
_LINK = re.compile(r"\]\([^()\s]{0,200}LICEN[CS]E(?:\.(?:md|txt|rst))?\)")


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report a release without the text of its licence."""
    if has_text(case) or elsewhere(case) or _unseen_text(case):
        return ()
    declared = _declared(case)
    return (_named_only(rule, declared) if declared else _nothing(case, rule),)


def offers_nothing(case: Case) -> bool:
    """Whether no licence is declared, and none can be in what was not read or lies elsewhere."""
    may_be_there = has_text(case) or elsewhere(case) or _unseen_text(case) or _is_open(case)
    return not may_be_there and not _declared(case)


def _declared(case: Case) -> tuple[LicenseClaim, ...]:
    return tuple(
        c
        for c in case.licenses.claims
        if (c.source is ClaimSource.DECLARED or _is_named_by_a_file(c))
        and c.field not in (LIMIT, LEAVE)
    )


def _is_open(case: Case) -> bool:
    """Whether a licence may be meant all the same: in a broken card, a folder down, by a link."""
    return _is_unreadable(case) or bool(_below(case)) or _points_at_one(case)


def _is_unreadable(case: Case) -> bool:
    card = case.subject.card
    return card is not None and card.problem is not None and card.metadata == "{}"


def _is_named_by_a_file(claim: LicenseClaim) -> bool:
    """Whether a file LICENSE says no more than which licence it is."""
    return claim.origin is ClaimOrigin.LICENSE_MENTION and claim.expression != NOASSERTION


def _unseen_text(case: Case) -> bool:
    """Whether a legal file was not read or not scanned: then the text may be there."""
    own = own_folders(case.subject)
    if any(is_release_license(gap.path, own) for gap in case.subject.unread if _is_file(case, gap)):
        return True
    whole = any(entry.path == "." for entry in case.licenses.unscanned)
    legal = case.legal_files
    return (whole and bool(legal)) or any(e.path in legal for e in case.licenses.unscanned)


def _is_file(case: Case, gap: Unread) -> bool:
    return not any(a.path.startswith(f"{gap.path}/") for a in case.subject.artifacts)


def _named_only(rule: CheckRule, declared: tuple[LicenseClaim, ...]) -> Finding:
    names = listed(claim.raw for claim in declared)
    return make_finding(
        rule,
        title=Said("A licence is declared, its text is not in the folder"),
        message=Said(
            "The release declares {names}, and no file of it holds the licence's text.", names=names
        ),
        locations=(Location(path=c.path, line=c.line) for c in declared if c.path is not None),
        evidence=(
            Said("{origin}: {raw}", origin=claim.stated_in, raw=claim.raw) for claim in declared
        ),
        license=names,
    )


def _nothing(case: Case, rule: CheckRule) -> Finding:
    message = Said(
        "Neither the model card nor package metadata nor a configuration names a licence,"
        " and no file of the release holds the text of one."
    )
    below = _below(case)
    if _is_unreadable(case):
        remark = Said("The card's front matter could not be read, so it may declare one.")
        message = joined(" ", (message, remark))
    elif below:
        remark = Said("Whether {path} is meant for all of it is not said.", path=below)
        message = joined(" ", (message, remark))
    return make_finding(
        rule,
        status=FindingStatus.UNDETERMINED if _is_open(case) else FindingStatus.VIOLATED,
        severity=severity_for(rule, "severity_if_nothing_is_declared"),
        title=Said("No licence is declared, and there is no licence text"),
        message=message,
        license=Said("the licence you choose"),
    )


def _below(case: Case) -> str:
    """Return terms of somebody's own one folder down, in no folder of what others made."""
    known = {c.path for c in case.licenses.claims if c.expression != NOASSERTION}
    for path in sorted(case.legal_files - known):
        folder, _, name = path.rpartition("/")
        whole = is_release_license(name, frozenset({"."}))
        if whole and folder and "/" not in folder and not _OF_OTHERS.search(folder):
            return path
    return ""


def _points_at_one(case: Case) -> bool:
    """Whether the README links a file LICENSE, which is not in the folder."""
    return case.subject.card is not None and bool(_LINK.search(case.subject.card.prose))
