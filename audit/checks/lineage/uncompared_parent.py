# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A declared parent for which no folder was found."""

from audit.checks.case import Case
from audit.checks.lineage.words import origin_location
from audit.checks.make import clip, make_finding
from audit.provenance.nodes import is_declaration
from audit.provenance.references import folder_name
from audit.record.files import DeclaredParent
from audit.record.findings import Finding, FindingStatus
from audit.record.said import Said
from audit.rules import CheckRule

ID = "BASE004"


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report each declaration that was not followed up."""
    return tuple(
        make_finding(
            rule,
            status=FindingStatus.UNDETERMINED,
            title=Said("Declared base not compared: {parent}", parent=clip(parent.name)),
            message=_message(case, parent),
            locations=(origin_location(parent),),
            evidence=(Said("{origin}: {parent}", origin=parent.origin, parent=clip(parent.name)),),
            parent=parent.name,
            folder=folder_name(parent.name) or parent.name,
        )
        for parent in case.missing_parents
        if is_declaration(parent)
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
