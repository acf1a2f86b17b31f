# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The obligation stage: lineage joined with licences.

What every ancestor's licence asks of whoever passes on something made from it flows along
the edges whose relation triggers it; a merge owes what each of its parents asks. Each duty is
then looked for in the release. Facts that nobody read against the licence inform, and gate
nothing. A licence that allows other terms for a derivative may still ask for notices: the two
are separate duties here, and one never stands for the other.
"""

from collections.abc import Iterator, Sequence

from audit.inventory import Inventory
from audit.licenses.expressions import fold
from audit.obligations.answers import Answer, met, not_met, unknown
from audit.obligations.notices import upstream_notice
from audit.obligations.primitives import Question, answer, leading
from audit.obligations.terms import Outcome, Ruling, offers, worst_ruling
from audit.progress import SILENT, Progress
from audit.provenance.ancestors import Ancestor, ancestors, is_code
from audit.provenance.bases import bases_at_hand
from audit.provenance.edges import Provenance, provenance
from audit.provenance.nodes import Upstream
from audit.provenance.release import Release
from audit.record.code import NO_EVIDENCE, CodeEvidence
from audit.record.licenses import NOASSERTION, LicenseEvidence
from audit.record.obligations import Duty, DutyState, EdgeRelation, ObligationEvidence
from audit.record.said import Said
from audit.rules import LicenseFacts, Obligation, license_facts

_MODIFIED = {"modify"}
_TRIGGERS: dict[EdgeRelation, set[str]] = {
    EdgeRelation.COPY: {"distribute"},
    EdgeRelation.DISTILL: {"distill", "outputs-training"},
    EdgeRelation.CODE_DERIVED: {"code-derived"},
    EdgeRelation.DATA: {"data"},
}
"""What a relation triggers; every other one triggers its own name, and modification."""
_USES = {"product", "commercial"}
"""Triggers that no file shows: their duties are asked about if they are questions anyway."""
_IF_THERE_IS_ONE = "upstream-notice"


def obligation_evidence(
    subject: Inventory,
    licenses: LicenseEvidence,
    upstreams: Sequence[Upstream] = (),
    code: CodeEvidence = NO_EVIDENCE,
    *,
    progress: Progress = SILENT,
) -> ObligationEvidence:
    """Say where a release comes from, what is owed for that, and what of it is there.

    Parameters
    ----------
    subject, licenses, code
        The release, its papers, and where its code also stands.
    upstreams
        The folders it was compared with, with their papers and the comparison. Declared bases
        that lie beside and were not compared are read here, for their papers.
    progress
        Told of one task, in ancestors.

    Returns
    -------
    ObligationEvidence
        The same input gives the same value. Nothing that a file holds raises.
    """
    release = Release(inventory=subject, licenses=licenses, code=code)
    bases = bases_at_hand(subject, upstreams, progress=progress)
    graph = provenance(release, upstreams, bases)
    above = ancestors(graph, subject.name, upstreams)
    duties: list[Duty] = []
    with progress.task("Looking for what is owed", len(above)) as advance:
        for ancestor in above:
            duties += duties_to(ancestor, release)
            advance(1)
    return ObligationEvidence(
        nodes=tuple(sorted(graph.nodes.values(), key=lambda node: (node.kind, node.name))),
        edges=tuple(sorted(graph.edges, key=lambda e: (e.target, e.source, e.relation, e.origin))),
        cycles=graph.cycles,
        duties=tuple(duties),
    )


def ancestors_in(
    evidence: ObligationEvidence, release: str, upstreams: Sequence[Upstream]
) -> tuple[Ancestor, ...]:
    """Return the ancestors that an evidence describes."""
    nodes = {node.name: node for node in evidence.nodes}
    graph = Provenance(nodes=nodes, edges=evidence.edges, cycles=evidence.cycles)
    return ancestors(graph, release, upstreams) if release in nodes else ()


def duties_to(ancestor: Ancestor, release: Release) -> tuple[Duty, ...]:
    """Return the duties that an ancestor's licence puts on the release.

    Of alternatives (``OR``) the one that is kept best counts; licences that hold together
    (``AND``) count all.
    """
    if ancestor.node.license == NOASSERTION:
        return ()
    found: tuple[Duty, ...] = fold(
        ancestor.node.license,
        lambda symbol: tuple(_duties(symbol, ancestor, release)),
        any_of=_better,
        all_of=lambda a, b: a + b,
    )
    return found


def _better(a: tuple[Duty, ...], b: tuple[Duty, ...]) -> tuple[Duty, ...]:
    def unmet(duties: tuple[Duty, ...]) -> tuple[int, int]:
        states = [duty.state for duty in duties]
        return states.count(DutyState.NOT_MET), states.count(DutyState.UNKNOWN)

    return a if unmet(a) <= unmet(b) else b


def _duties(symbol: str, ancestor: Ancestor, release: Release) -> Iterator[Duty]:
    facts = license_facts(symbol.partition(" WITH ")[0])
    if facts is None or not _in_scope(facts, ancestor):
        return
    due = triggers(ancestor)
    for obligation in facts.obligations:
        asked_about = _USES & set(obligation.when) and leading(obligation.check) == "attest"
        if due & set(obligation.when) or (asked_about and ancestor.carries_weights):
            yield _duty(facts, obligation, ancestor, release)


def triggers(ancestor: Ancestor) -> set[str]:
    """Return what the way to an ancestor triggers (``audit.rules.facts.Trigger``).

    Outputs anywhere on the way leave only what reaches models trained on outputs.
    """
    if ancestor.relation is EdgeRelation.DISTILL:
        return set(_TRIGGERS[EdgeRelation.DISTILL])
    relations = {edge.relation for edge in (*ancestor.path, *ancestor.beside)}
    return set().union(*(_TRIGGERS.get(r, {r.value} | _MODIFIED) for r in relations))


def _in_scope(facts: LicenseFacts, ancestor: Ancestor) -> bool:
    """Whether the licence speaks of what was taken: for code, code-scope licences only."""
    if is_code(ancestor):
        return "code" in facts.scope
    return ancestor.relation is not EdgeRelation.DATA or "data" in facts.scope


def _duty(
    facts: LicenseFacts, obligation: Obligation, ancestor: Ancestor, release: Release
) -> Duty:
    found = _answer(facts, obligation, ancestor, release)
    return Duty(
        ancestor=ancestor.node.name,
        license=facts.id,
        obligation=obligation.id,
        clause=obligation.clause,
        text=Said.plain(obligation.text),
        relation=ancestor.relation,
        check=leading(obligation.check),
        state=found.state,
        reason=found.reason,
        asked=found.asked,
        gates=facts.gates,
        settled=ancestor.settled,
        passages=found.passages,
        question=found.question,
    )


def _answer(
    facts: LicenseFacts, obligation: Obligation, ancestor: Ancestor, release: Release
) -> Answer:
    if obligation.id == _IF_THERE_IS_ONE:
        return upstream_notice(release, ancestor)
    question = Question(
        release=release, ancestor=ancestor, offered=lambda: _offered(facts, release)
    )
    return answer(obligation.check, question)


def _offered(facts: LicenseFacts, release: Release) -> Answer:
    """Put the licence table's ruling as an answer."""
    offered, ruled = worst_ruling(facts.id, offers(release.licenses))
    return _as_answer(ruled, offered)


def _as_answer(ruled: Ruling, offered: str) -> Answer:
    if ruled.outcome is Outcome.ALLOWED:
        return met(Said("offered under {offered}", offered=offered))
    decide = not_met if ruled.outcome is Outcome.VIOLATED else unknown
    return decide(Said("offered under {offered}: {reason}", offered=offered, reason=ruled.reason))
