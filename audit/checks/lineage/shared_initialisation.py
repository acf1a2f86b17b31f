# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The weights share a random starting point with a reference, and no training."""

from audit.checks.case import Case
from audit.checks.lineage.words import strength
from audit.checks.make import clip, make_finding
from audit.record.findings import Finding
from audit.record.said import Said
from audit.record.weights import Relation
from audit.rules import CheckRule

ID = "WGT002"


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report each reference with which only the initialisation is shared."""
    return tuple(
        make_finding(
            rule,
            title=Said(
                "Shares its initialisation with {inventory}",
                inventory=clip(reference.inventory.name),
            ),
            message=Said(
                "The agreement sits in what training moves little, as it does for two models"
                " that start from one seed. {strength} This is not"
                " evidence that trained weights were reused.",
                strength=strength(reference.comparison),
            ),
            evidence=(reference.comparison.summary,),
        )
        for reference in case.references
        if reference.comparison.relation is Relation.SHARED_INITIALISATION
    )
