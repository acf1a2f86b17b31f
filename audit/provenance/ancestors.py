# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Who is above the release, by which way, and what that way triggers; pure.

Model edges are followed all the way up. Code and data count where they are the release's
own: what an ancestor did with somebody's code or data is for that ancestor's audit.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from audit.provenance.edges import Provenance
from audit.provenance.nodes import Upstream
from audit.record.obligations import Edge, EdgeEvidence, EdgeRelation, Node, NodeKind

_ENDS = (EdgeRelation.CODE_DERIVED,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ancestor:
    """One node above the release, and the best-founded shortest way up to it.

    ``path`` begins at the release. ``beside`` are further edges between the same two nodes
    as its first edge (a declared base whose weights agree has two). ``upstream`` is its
    folder, where it was compared.
    """

    node: Node
    path: tuple[Edge, ...]
    beside: tuple[Edge, ...]
    upstream: Upstream | None

    @property
    def relation(self) -> EdgeRelation:
        """What the release is to it: outputs anywhere on the way make it a distillation."""
        if any(edge.relation is EdgeRelation.DISTILL for edge in self.path):
            return EdgeRelation.DISTILL
        return self.path[0].relation

    @property
    def settled(self) -> bool:
        """Whether the way decides by itself, so that nobody has to look first."""
        return self.node.settled and all(
            any(other.settled for other in (edge, *self._also(edge))) for edge in self.path
        )

    def _also(self, edge: Edge) -> tuple[Edge, ...]:
        return self.beside if edge is self.path[0] else ()

    @property
    def evidence(self) -> tuple[EdgeEvidence, ...]:
        """What the first edge rests on, each kind once, in the order of the enumeration."""
        kinds = {edge.evidence for edge in (self.path[0], *self.beside)}
        return tuple(kind for kind in EdgeEvidence if kind in kinds)

    @property
    def carries_weights(self) -> bool:
        """Whether its trained weights went, over however many steps, into the release."""
        return all(edge.relation.carries_weights for edge in self.path)


def ancestors(
    provenance: Provenance, release: str, upstreams: Sequence[Upstream]
) -> tuple[Ancestor, ...]:
    """Return every ancestor once, nearest first, then by name; a circle ends where it closes."""
    by_target: dict[str, list[Edge]] = {}
    for edge in provenance.edges:
        by_target.setdefault(edge.target, []).append(edge)
    folders = {upstream.inventory.name: upstream for upstream in upstreams}
    found: dict[str, Ancestor] = {}
    ways: list[tuple[Edge, ...]] = [()]
    while ways:
        ways = sorted(
            (
                (*way, edge)
                for way in ways
                for edge in by_target.get(way[-1].source if way else release, ())
                if edge.source != release and edge.source not in found and _goes_on(way, edge)
            ),
            key=_rank,
        )
        for way in ways:
            name = way[-1].source
            if name not in found:
                found[name] = Ancestor(
                    node=provenance.nodes[name],
                    path=way,
                    beside=_beside(way[0], by_target[release]),
                    upstream=folders.get(name),
                )
        ways = [way for way in ways if found[way[-1].source].path == way]
    return tuple(found.values())


def _goes_on(way: tuple[Edge, ...], edge: Edge) -> bool:
    if not way:
        return True
    last = way[-1].relation
    if last is EdgeRelation.DATA:
        return edge.relation is EdgeRelation.DISTILL
    return last not in _ENDS and edge.relation not in (EdgeRelation.DATA, *_ENDS)


def _rank(way: tuple[Edge, ...]) -> tuple[bool, bool, str, str]:
    """Put ways that decide first, then those that carry weights; the rest is for order."""
    last = way[-1]
    return (
        not all(edge.settled for edge in way),
        not last.relation.carries_weights,
        last.source,
        last.relation.value,
    )


def _beside(first: Edge, edges: Sequence[Edge]) -> tuple[Edge, ...]:
    return tuple(edge for edge in edges if edge.source == first.source and edge is not first)


def is_code(ancestor: Ancestor) -> bool:
    """Whether it is code that stands in the release."""
    return ancestor.node.kind is NodeKind.CODE
