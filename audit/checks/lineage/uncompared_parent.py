# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A declared parent for which no folder was found."""

from audit.checks.case import Case
from audit.checks.lineage.from_library import members_of
from audit.checks.lineage.words import origin_location
from audit.checks.make import clip, make_finding
from audit.provenance.nodes import is_declaration
from audit.provenance.references import folder_name
from audit.record.files import DeclaredParent
from audit.record.findings import Finding, FindingStatus
from audit.record.said import Said, joined
from audit.rules import CheckRule

ID = "BASE004"


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report each declaration that was not followed up."""
    return tuple(
        make_finding(
            rule,
            status=FindingStatus.UNDETERMINED,
            title=Said("Declared base not compared: {parent}", parent=clip(parent.name)),
            message=joined(" ", (_message(case, parent), *_library(case, parent))),
            locations=(origin_location(parent),),
            evidence=(Said("{origin}: {parent}", origin=parent.origin, parent=clip(parent.name)),),
            parent=parent.name,
            folder=folder_name(parent.name) or parent.name,
        )
        for parent in case.missing_parents
        if is_declaration(parent)
    )


def _library(case: Case, parent: DeclaredParent) -> tuple[Said, ...]:
    """Say that the library bears a declared base out, as far as a fingerprint can."""
    if not any(one.is_related for one in members_of(case, parent)):
        return ()
    return (
        Said(
            "A fingerprint of that name in the library is not independent of the release; it says"
            " neither which came first nor that it is a fingerprint of {parent}.",
            parent=clip(parent.name),
        ),
    )


def _message(case: Case, parent: DeclaredParent) -> Said:
    why = case.reasons.get(parent.name)
    if why is None:
        return Said(
            "{origin} declares {parent}, and no folder with it was"
            " given. Its weights were not looked at.",
            origin=parent.origin,
            parent=clip(parent.name),
        )
    return Said(
        "{origin} declares {parent}, which could not be fetched: {why:clause}. Its weights"
        " were not looked at.",
        origin=parent.origin,
        parent=clip(parent.name),
        why=why,
    )
