# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The weights are not independent of a reference that the card does not name."""

from audit.checks.case import Case, ReferenceCase
from audit.checks.lineage.words import (
    confidence,
    declared,
    derives,
    direction,
    explained,
    is_exact,
    status,
    strength,
)
from audit.checks.make import clip, make_finding
from audit.record.files import Kind
from audit.record.findings import Finding
from audit.record.said import Said, joined
from audit.rules import CheckRule

ID = "BASE001"


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report each reference that shares trained weights and is not declared."""
    known = [_weights(r) for r in case.references if declared(r) is not None]
    return tuple(
        _finding(case, rule, reference)
        for reference in case.references
        if derives(reference) and declared(reference) is None and _weights(reference) not in known
    )


def _weights(reference: ReferenceCase) -> tuple[str, ...]:
    """Digests of the weight files: the same model under another name is the same model.

    Where files were not digested each folder is taken for a model of its own.
    """
    digests = [artifact.sha256 for artifact in reference.inventory.of_kind(Kind.WEIGHTS)]
    return tuple(sorted(digests)) if digests and all(digests) else (reference.inventory.name,)


def _finding(case: Case, rule: CheckRule, reference: ReferenceCase) -> Finding:
    comparison, name = reference.comparison, clip(reference.inventory.name)
    exact = is_exact(reference)
    word = comparison.relation.value.replace("-", "_") if exact else "calibrated"
    words = Said.plain(str(rule.parameters[f"word_{word}"]))
    trace = reference.parent
    sentences = [
        Said("The weights {words} {name}.", words=words, name=name),
        strength(comparison),
        Said("The card declares no base model of that name."),
        direction(comparison),
        *explained(case),
    ]
    if trace is not None:
        traced = Said(
            "{origin} names {name}; that is a trace of the software, not a declaration.",
            origin=trace.origin,
            name=clip(trace.name),
        )
        sentences.insert(3, traced)
    return make_finding(
        rule,
        status=status(case, reference),
        confidence=confidence(case, reference),
        title=Said(
            "Not independent of {name}, which the card does not declare"
            if exact
            else "Likely not independent of {name}, which the card does not declare",
            name=name,
        ),
        message=joined(" ", sentences),
        locations=case.card_place,
        evidence=(comparison.summary,),
        reference=name,
    )
