# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A parent that nothing names but the terms: who says "under the Gemma Terms" has a Gemma.

Some terms are those of one publisher for its own models. Where a release is said to be under
them, no text of theirs is in it and no declared base is under them, the model that they are for
is its parent, and what it asks of everybody who passes it on is owed. No more is known of it.
"""

from collections.abc import Iterable, Iterator

from audit.licenses.expressions import symbols
from audit.provenance.release import Release
from audit.provenance.told import gives_a_model
from audit.record.findings import Confidence
from audit.record.licenses import NOASSERTION, ClaimOrigin, ClaimSource, LicenseClaim
from audit.record.obligations import Edge, EdgeEvidence, EdgeRelation, Node, NodeKind
from audit.record.said import Said
from audit.rules import LicenseFacts, license_facts
from audit.rules.known_works import provenance_words

_WHOSE = (None, "weights")


def implied(release: Release, met: Iterable[Node]) -> Iterator[tuple[Node, Edge]]:
    """Yield the models whose terms a release is said to be under, each family once.

    ``met`` are the models that it is known to come from: their terms tell of no other.
    """
    claims = release.licenses.claims
    texts = [c for c in claims if c.origin in (ClaimOrigin.LICENSE_FILE, ClaimOrigin.PART_FILE)]
    if not gives_a_model(release) and any(c.origin is ClaimOrigin.LICENSE_FILE for c in texts):
        return  # the papers of weights that lie elsewhere may lie there too
    seen = {
        facts.family
        for expression in (*(node.license for node in met), *(c.expression for c in texts))
        for facts in _facts(expression)
    }
    for claim in claims:
        if claim.source is ClaimSource.DECLARED and claim.scope in _WHOSE:
            for facts in _facts(claim.expression):
                if facts.family not in seen and facts.family in provenance_words().terms_of_one:
                    seen.add(facts.family)
                    yield _parent(release, claim, facts)


def _facts(expression: str) -> Iterator[LicenseFacts]:
    for symbol in sorted(symbols(expression)) if expression != NOASSERTION else ():
        facts = license_facts(symbol)
        if facts is not None:
            yield facts


def _parent(release: Release, claim: LicenseClaim, facts: LicenseFacts) -> tuple[Node, Edge]:
    name = provenance_words().terms_of_one[facts.family]
    node = Node(
        name=name,
        kind=NodeKind.MODEL,
        license=facts.id,
        license_from=Said("{path} puts the release under these terms", path=claim.path or ""),
        settled=False,
    )
    return node, Edge(
        source=name,
        target=release.inventory.name,
        relation=EdgeRelation.COPY,
        evidence=EdgeEvidence.DECLARED,
        confidence=Confidence.LOW,
        origin=Said("{path}: the terms of {name}", path=claim.path or "", name=name),
        path=claim.path,
        line=claim.line,
        settled=False,
    )
