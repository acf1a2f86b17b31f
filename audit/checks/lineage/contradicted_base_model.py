# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The card declares a base model, and the weights do not bear it out."""

from audit.checks.case import Case, ReferenceCase
from audit.checks.lineage.from_library import members_of, of_library
from audit.checks.lineage.words import declared, origin_location
from audit.checks.make import clip, make_finding
from audit.provenance.nodes import is_declaration
from audit.record.derivation import Derivation, DerivationKind
from audit.record.files import DeclaredParent
from audit.record.findings import Confidence, Finding, FindingStatus
from audit.record.library import Standing
from audit.record.said import Said
from audit.record.weights import Relation
from audit.rules import CheckRule

ID = "BASE002"
_ADAPTER = "adapter"


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report declared parents with no shared weights, or with an open comparison.

    An adapter that fits its base has nothing to share with it, and one that does not fit is no
    adapter of it.
    """
    found = []
    for reference in case.references:
        parent, relation = declared(reference), reference.comparison.relation
        open_question = relation is Relation.INCONCLUSIVE and bool(case.subject.tensors)
        kind = reference.comparison.kind
        if parent is not None and kind is not None and kind.kind is DerivationKind.ADAPTER:
            found += [_misfit(rule, reference, parent, kind)] if kind.fraction != 1.0 else []
        elif parent is not None and (open_question or relation is Relation.NO_SHARED_WEIGHTS):
            found.append(_finding(rule, reference, parent))
    unseen = (_unseen(case, rule, parent) for parent in case.missing_parents)
    return (*found, *(finding for finding in unseen if finding is not None))


def _unseen(case: Case, rule: CheckRule, parent: DeclaredParent) -> Finding | None:
    """Report a declared base of which the library has a fingerprint that shows nothing in common.

    That clears nobody and proves nothing of a base: names in a library are claims.
    """
    members = members_of(case, parent)
    silent = members and all(one.standing is Standing.UNSEEN for one in members)
    if not silent or parent.relation == _ADAPTER or not is_declaration(parent):
        return None
    name = clip(parent.name)
    return make_finding(
        rule,
        status=FindingStatus.UNDETERMINED,
        confidence=Confidence.MEDIUM,
        title=Said("Nothing in common was seen with the fingerprint of {name}", name=name),
        message=Said(
            "{origin} declares {name}; the library has a fingerprint of that name, and no test of"
            " the two shows anything in common. A child whose layers correlate with it by"
            " {least:decimal} or more in the stored basis would have been seen. {asked} Compare"
            " with the model itself: a fingerprint is what somebody says of a model.",
            origin=parent.origin,
            name=name,
            least=max(one.smallest or 1.0 for one in members),
            asked=of_library(case),
        ),
        locations=(origin_location(parent),),
        evidence=(Said("fingerprint {digest}: nothing seen", digest=one.sha256) for one in members),
        parent=name,
    )


def _misfit(
    rule: CheckRule, reference: ReferenceCase, parent: DeclaredParent, kind: Derivation
) -> Finding:
    name = clip(parent.name)
    return make_finding(
        rule,
        status=FindingStatus.VIOLATED if kind.fraction is not None else FindingStatus.UNDETERMINED,
        title=Said("The adapter does not fit the declared base {name}", name=name),
        message=Said(
            "{origin} declares {name}; {observed}.",
            origin=parent.origin,
            name=name,
            observed=Said("{why:clause}", why=reference.comparison.summary),
        ),
        locations=(origin_location(parent),),
        evidence=(reference.comparison.summary,),
        parent=name,
    )


def _finding(rule: CheckRule, reference: ReferenceCase, parent: DeclaredParent) -> Finding:
    comparison, name = reference.comparison, clip(parent.name)
    adapter = parent.relation == _ADAPTER
    none_found = comparison.relation is Relation.NO_SHARED_WEIGHTS
    title = Said("The weights show nothing in common with the declared base {name}", name=name)
    observed = Said("the comparison found no shared weights")
    if not none_found or adapter:
        title = Said("Whether {name} is the base model could not be decided", name=name)
        observed = Said(
            "the comparison did not decide: {summary:clause}", summary=comparison.summary
        )
    if adapter:
        observed = Said(
            "an adapter holds the change only, so its weights need share nothing with it"
        )
    return make_finding(
        rule,
        status=FindingStatus.VIOLATED if none_found and not adapter else FindingStatus.UNDETERMINED,
        title=title,
        message=Said(
            "{origin} declares {name}; {observed}.",
            origin=parent.origin,
            name=name,
            observed=observed,
        ),
        locations=(origin_location(parent),),
        evidence=(comparison.summary,),
        parent=name,
    )
