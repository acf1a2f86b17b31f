# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What the checks on upstream terms share: who is above, and what ties the release to them."""

from collections.abc import Iterable

from audit.checks.case import Case
from audit.checks.make import clip, listed
from audit.obligations.engine import ancestors_in
from audit.provenance.ancestors import Ancestor
from audit.provenance.names import meant
from audit.provenance.nodes import is_declaration, of_called, of_name
from audit.provenance.references import folder_name
from audit.provenance.told import gives_a_model
from audit.record.findings import Confidence, Location
from audit.record.obligations import Edge, EdgeEvidence, EdgeRelation, Node
from audit.record.said import Said, joined, quoted
from audit.rules import LicenseFacts, license_facts


def above(case: Case) -> tuple[Ancestor, ...]:
    """Return every ancestor of the release, nearest first."""
    return ancestors_in(case.obligations, case.subject.name, case.references)


def models_above(case: Case) -> tuple[Ancestor, ...]:
    """Return the ancestors whose weights or outputs went into the release.

    What only the terms of a release tell of is under these terms, and no more is known of it.
    """
    made = (EdgeRelation.CODE_DERIVED, EdgeRelation.DATA)
    return tuple(a for a in above(case) if a.path[-1].relation not in made and not is_trace(a))


def all_models(case: Case) -> tuple[Ancestor, ...]:
    """Return the models above, and where none of them is a base, those that traces tell of."""
    met = models_above(case)
    based = any(ancestor.carries_weights for ancestor in met)
    return met if based else (*met, *traced(case), *told_of(case))


def traced(case: Case) -> tuple[Ancestor, ...]:
    """Return the known models that a configuration says its weights were loaded from.

    Training libraries fill this in by themselves, so it settles nothing; and a model that nobody
    knows by that name is no ancestor at all.
    """
    found = []
    for parent in case.subject.parents:
        node = of_name(parent.name)
        own = folder_name(parent.name) == case.subject.name.casefold()
        if not is_declaration(parent) and node.is_known and not own:
            found.append(_traced(case, node, quoted(parent.origin), parent.path, (None,)))
    return tuple(found)


def told_of(case: Case) -> tuple[Ancestor, ...]:
    """Return the models that only prose, rows or names in READMEs say it was made from."""
    return tuple(
        _traced(
            case,
            of_called(base.name),
            quoted(f"{base.path}: {base.name}"),
            base.path,
            (base.line, *base.again),
        )
        for base in case.told
        if folder_name(meant(base.name)) != case.subject.name.casefold()
    )


def is_a_models(case: Case) -> bool:
    """Whether the folder is a model's, or its project gives models out and not only tells."""
    return gives_a_model(case.release) or bool(case.release.gives_out)


def _traced(
    case: Case, node: Node, origin: Said, path: str, lines: tuple[int | None, ...]
) -> Ancestor:
    first, *again = (
        Edge(
            source=node.name,
            target=case.subject.name,
            relation=EdgeRelation.FINETUNE,
            evidence=EdgeEvidence.DECLARED,
            confidence=Confidence.LOW,
            origin=origin,
            path=path,
            line=line,
            settled=False,
        )
        for line in lines
    )
    return Ancestor(node=node, path=(first,), beside=tuple(again), upstream=None)


def is_trace(ancestor: Ancestor) -> bool:
    """Whether nothing but a trace of tooling, or a README's prose, ties the release to it."""
    return ancestor.path[0].confidence is Confidence.LOW


def is_told(ancestor: Ancestor) -> bool:
    """Whether only a sentence of the README ties the release to an ancestor."""
    return is_trace(ancestor) and ancestor.path[0].line is not None


def names(ancestors: Iterable[Ancestor]) -> Said:
    """Name ancestors in a sentence."""
    return listed(ancestor.node.name for ancestor in ancestors)


def cited(duties: Iterable[tuple[str, str]]) -> Said:
    """Join what clauses ask for, each with its clause."""
    return joined(
        " ", (Said("{text} [{clause}]", text=text, clause=clause) for text, clause in duties)
    )


def tie(ancestors: list[Ancestor]) -> Said:
    """Say what makes these the release's ancestors, without a full stop."""
    named = names(ancestors)
    direct = [edge for a in ancestors if len(a.path) == 1 for edge in (a.path[0], *a.beside)]
    measured = [edge for edge in direct if edge.evidence is EdgeEvidence.WEIGHTS]
    nearest = ancestors[0]
    if measured:
        settled = any(edge.settled for edge in measured)
        if settled:
            return Said("The weights are not independent of {names}", names=named)
        return Said("The weights are likely not independent of {names}", names=named)
    if len(nearest.path) > 1:
        return Said(
            "Through {middle}, the release comes from {names}",
            middle=clip(nearest.path[0].source),
            names=named,
        )
    if nearest.relation is EdgeRelation.DISTILL:
        return Said("The card says that it was trained on outputs of {names}", names=named)
    where = nearest.path[0].path
    carded = where is None or where.rpartition("/")[2].casefold() == "readme.md"
    if carded and not is_trace(nearest):
        return Said("The card declares as its base {names}", names=named)
    return _said_by_a_file(nearest, clip(where or ""), named)


def _said_by_a_file(ancestor: Ancestor, path: str, named: Said) -> Said:
    if is_trace(ancestor) and ancestor.relation is EdgeRelation.COPY:
        return Said("{path} puts the release under the terms of {names}", path=path, names=named)
    if is_told(ancestor):
        return Said("{path} suggests that it was made from {names}", path=path, names=named)
    if is_trace(ancestor):
        return Said("{path} says that it was loaded from {names}", path=path, names=named)
    return Said("{path} declares as its base {names}", path=path, names=named)


def sure(ancestors: list[Ancestor]) -> Confidence:
    """Return how sure the tie is: high where weights show it or the author says it."""
    best = [edge.confidence for a in ancestors for edge in (a.path[-1], *a.beside)]
    return Confidence.HIGH if Confidence.HIGH in best else Confidence.MEDIUM


def places(edges: Iterable[Edge]) -> list[Location]:
    """Return where in the release edges were read."""
    return [Location(path=e.path, line=e.line) for e in edges if e.path is not None]


def told_at(ancestors: Iterable[Ancestor]) -> list[Location]:
    """Return where a README names what only it tells of."""
    told = (a for a in ancestors if is_told(a))
    return places(edge for a in told for edge in (a.path[0], *a.beside))


def facts_of(license_id: str) -> LicenseFacts:
    """Return the facts of a licence that a duty names.

    Raises
    ------
    KeyError
        If the table has no such licence: duties come from the table.
    """
    facts = license_facts(license_id)
    if facts is None:
        raise KeyError(license_id)
    return facts
