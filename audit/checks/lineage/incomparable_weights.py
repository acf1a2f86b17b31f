# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""No weights to compare, or a comparison that did not decide."""

from audit.checks.case import Case, ReferenceCase
from audit.checks.lineage.words import declared, is_dependent
from audit.checks.make import clip, make_finding
from audit.inventory.closed import closed_weights
from audit.record.files import Kind
from audit.record.findings import Finding, FindingStatus, Location
from audit.record.said import Said
from audit.record.weights import Relation
from audit.rules import CheckRule

ID = "WGT001"


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report a folder without comparable weights once, else each open comparison.

    Folders whose only weights are pickles, and open comparisons with a declared base,
    have findings of their own.
    """
    subject = case.subject
    if not subject.tensors:
        only_pickles = bool(subject.of_kind(Kind.PICKLE)) and not subject.of_kind(
            Kind.WEIGHTS, Kind.OTHER_WEIGHTS
        )
        return () if only_pickles else (_no_weights(case, rule),)
    return tuple(
        _inconclusive(rule, reference)
        for reference in case.references
        if reference.comparison.relation is Relation.INCONCLUSIVE and declared(reference) is None
    )


def _no_weights(case: Case, rule: CheckRule) -> Finding:
    files = case.subject.of_kind(Kind.WEIGHTS, Kind.WEIGHTS_INDEX, Kind.OTHER_WEIGHTS)
    detail = Said("There is no weight file in the folder.")
    if files:
        detail = Said(
            "The weight files of the folder are in no format that is read, or could not be read."
        )
    return make_finding(
        rule,
        status=FindingStatus.UNDETERMINED,
        title=Said("No weights that can be compared"),
        message=Said(
            "{detail} Nothing was established about where the weights come from.", detail=detail
        ),
        locations=(Location(path=artifact.path) for artifact in files),
        evidence=closed_weights(case.subject),
        advice=_advice(rule, "advice_unread"),
    )


def _inconclusive(rule: CheckRule, reference: ReferenceCase) -> Finding:
    comparison, name = reference.comparison, clip(reference.inventory.name)
    dependent = is_dependent(comparison)
    return make_finding(
        rule,
        status=FindingStatus.UNDETERMINED,
        title=Said("The comparison with {name} was inconclusive", name=name),
        message=Said(
            "{summary:clause}. Whether trained weights were reused a person must find out: dated"
            " checkpoints, an initial checkpoint or training logs would settle it.",
            summary=comparison.summary,
        )
        if dependent
        else Said(
            "{summary:clause}. This says neither that the weights are related nor that they are"
            " not.",
            summary=comparison.summary,
        ),
        evidence=(comparison.summary, *comparison.limits),
        advice=_advice(rule, "advice_dependent" if dependent else "advice_unread"),
    )


def _advice(rule: CheckRule, parameter: str) -> Said:
    return Said.plain(str(rule.parameters[parameter]))
