# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Provenance edges: what the release comes from, and what says so; decides nothing.

Three voices make edges: what is declared (card, adapter configuration, data sets, teachers),
what the weights show, what the code shows. They are kept side by side. A reference's own
card makes edges too, so that terms travel down a chain; and so does the table of well-known
models. A comparison that finds no shared weights removes nothing that was declared: training
on outputs shares none.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from audit.inventory import Inventory
from audit.provenance import mentions as sources
from audit.provenance import nodes
from audit.provenance.implied import implied
from audit.provenance.nodes import Folder, Upstream, is_declaration
from audit.provenance.references import folder_name
from audit.provenance.release import Release
from audit.record.derivation import Direction
from audit.record.files import DeclaredParent
from audit.record.findings import Confidence
from audit.record.obligations import Edge, EdgeEvidence, EdgeRelation, Node, NodeKind
from audit.record.said import Said, quoted
from audit.record.weights import Comparison, PKind, Relation
from audit.rules.known_works import KnownWork, known_model, provenance_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Nodes by name, edges in the order found, and each circle of declared models once."""

    nodes: dict[str, Node]
    edges: tuple[Edge, ...]
    cycles: tuple[tuple[str, ...], ...]


def provenance(
    release: Release, upstreams: Sequence[Upstream], bases: Sequence[Folder] = ()
) -> Provenance:
    """Collect every edge that ends, over any number of steps, at the release.

    ``bases`` are folders of declared bases that were read and not compared.
    """
    graph = _Graph(release, upstreams, bases)
    answered = (u.parent for u in upstreams if u.parent is not None)
    for parent in dict.fromkeys((*release.inventory.parents, *answered)):
        graph.declare(graph.own_name, release.inventory, parent, own=True)
    for upstream in upstreams:
        graph.weigh(upstream)
    for folder in (*upstreams, *bases):
        for parent in folder.inventory.parents:
            graph.declare(folder.inventory.name, folder.inventory, parent, own=False)
    for found in (sources.teachers, sources.datasets, sources.code):
        for node, edge in found(release):
            graph.add(node, edge)
    graph.follow_table()
    met = [n for n in graph.nodes.values() if n.kind is NodeKind.MODEL]
    for node, edge in implied(release, met):
        graph.add(node, edge)
    return Provenance(
        nodes=graph.nodes,
        edges=tuple(dict.fromkeys(graph.edges)),
        cycles=cycles(graph.edges),
    )


def derives(comparison: Comparison) -> bool:
    """Whether trained weights are shared, whichever way they went.

    Evidence of direction can be made to order by whoever supplies a model, so weights that
    seem to have gone the other way leave the question open and do not close it.
    """
    return comparison.relation.is_lineage


class _Graph:
    """Collects nodes and edges; a declared name and the folder that answers it are one node."""

    def __init__(
        self, release: Release, upstreams: Sequence[Upstream], bases: Sequence[Folder]
    ) -> None:
        self.own_name = release.inventory.name
        self.edges: list[Edge] = []
        self.nodes: dict[str, Node] = {}
        self._release = release
        folders: tuple[Folder, ...] = (*upstreams, *bases)
        self._folders = tuple(folder.inventory.name for folder in folders)
        self._answers = {
            f.parent.name.casefold(): f.inventory.name for f in folders if f.parent is not None
        }
        self._put(nodes.of_release(release))
        for folder in folders:
            self._put(nodes.of_folder(folder))

    def _put(self, node: Node) -> None:
        self.nodes.setdefault(node.name, node)

    def add(self, node: Node, edge: Edge) -> None:
        """Add an edge from a node, which may be known already, by this name or a folder's."""
        source = self._named(node.name) if node.kind is NodeKind.MODEL else None
        if source is None:
            self._put(node)
        self.edges.append(edge if source is None else replace(edge, source=source))

    def declare(
        self, target: str, inventory: Inventory, parent: DeclaredParent, *, own: bool
    ) -> None:
        """Add what a folder declares as its base."""
        if not is_declaration(parent):
            return
        source = self._named(parent.name)
        if source is None:
            source = parent.name
            self._put(nodes.of_name(source))
        self.edges.append(
            Edge(
                source=source,
                target=target,
                relation=_declared_relation(inventory, parent),
                evidence=EdgeEvidence.DECLARED,
                confidence=Confidence.HIGH,
                origin=quoted(parent.origin if own else f"{target}/{parent.origin}"),
                path=parent.path if own else None,
                line=self._release.field_line(parent.field)
                if own and _is_card(inventory, parent.path)
                else None,
            )
        )

    def _named(self, name: str) -> str | None:
        """Return the node that a declared name stands for, if it is one that is known."""
        answered = self._answers.get(name.casefold())
        if answered is not None:
            return answered
        folder = folder_name(name)
        for node in (self.own_name, *self._folders):
            if folder and node.casefold() == folder:
                return node
        return name if name in self.nodes else None

    def weigh(self, upstream: Upstream) -> None:
        """Add what the weights show, unless they are a sibling's.

        A sibling's terms do not bind; those of the third model, which was compared too, do.
        """
        comparison = upstream.comparison
        if not derives(comparison) or comparison.direction == Direction.SIBLINGS:
            return
        exact = comparison.p_kind is not PKind.CALIBRATED
        backwards = comparison.direction == Direction.TO_REFERENCE
        self.edges.append(
            Edge(
                source=upstream.inventory.name,
                target=self.own_name,
                relation=_measured_relation(comparison),
                evidence=EdgeEvidence.WEIGHTS,
                confidence=Confidence.HIGH if exact and not backwards else Confidence.MEDIUM,
                origin=Said("weights: {relation}", relation=comparison.relation.value),
                settled=exact and not backwards,
            )
        )

    def _has_terms_of(self, base: str) -> bool:
        license_id = nodes.of_name(base).license
        return any(n.license == license_id for n in self.nodes.values() if n.name != base)

    def follow_table(self) -> None:
        """Add what the table says about the bases and makers of the models met so far."""
        waiting = list(self.nodes.values())
        while waiting:
            node = waiting.pop()
            for base, edge in _table_edges(node):
                source = self._named(base) or base
                if isinstance(edge, _Named) and self._has_terms_of(base):
                    continue  # and it is known from which model
                if source not in self.nodes:
                    self._put(nodes.of_name(source))
                    waiting.append(self.nodes[source])
                self.edges.append(edge(source))


def _table_edges(node: Node) -> Iterator[tuple[str, "_Made | _Named"]]:
    if node.kind is NodeKind.RELEASE:
        return
    listed = known_model(node.name)
    if listed is None:
        for base in _in_its_name(node) if not node.is_known else ():
            yield base, _Named(node.name)
        return
    row = listed.row
    for base in row.bases:
        yield base, _Made(node.name, EdgeRelation.FINETUNE, row)
    for maker in row.made_by:
        yield maker, _Made(node.name, EdgeRelation.DISTILL, row)


def _in_its_name(node: Node) -> Iterator[str]:
    """Yield the family whose name and version stand in a model's: "Heron-3-Llama-3.2-3B"."""
    families = "|".join(map(re.escape, provenance_words().in_model_names))
    name = node.name.rpartition("/")[2]
    found = re.search(rf"(?<![a-z])({families})[-_ ]?(\d(?:\.\d)?)(?![\d.]*[bm]|\d)", name, re.I)
    called = f"{found[1]}-{found[2]}" if found is not None and node.kind is NodeKind.MODEL else ""
    if known_model(called) is not None:
        yield called


@dataclass(frozen=True, slots=True)
class _Named:
    """An edge to what the name of a model that nobody here knows tells of."""

    target: str

    def __call__(self, source: str) -> Edge:
        return Edge(
            source=source,
            target=self.target,
            relation=EdgeRelation.FINETUNE,
            evidence=EdgeEvidence.DECLARED,
            confidence=Confidence.MEDIUM,
            origin=Said("the name of the model {name}", name=self.target),
            settled=False,
        )


@dataclass(frozen=True, slots=True)
class _Made:
    """An edge of the table, but for the name of its source."""

    target: str
    relation: EdgeRelation
    row: KnownWork

    def __call__(self, source: str) -> Edge:
        return Edge(
            source=source,
            target=self.target,
            relation=self.relation,
            evidence=EdgeEvidence.DECLARED,
            confidence=Confidence.MEDIUM,
            origin=nodes.source_of(self.row, "models"),
            settled=self.row.read is not None,
        )


def _is_card(inventory: Inventory, path: str) -> bool:
    return inventory.card is not None and inventory.card.path == path


def _declared_relation(inventory: Inventory, parent: DeclaredParent) -> EdgeRelation:
    """Return the declared relation; several base models of one card are a merge."""
    said = (parent.relation or "").strip().casefold()
    if said in set(EdgeRelation):
        return EdgeRelation(said)
    beside = [p for p in inventory.parents if p.origin == parent.origin]
    if len(beside) > 1:
        return EdgeRelation.MERGE
    if inventory.config is not None and '"quantization_config"' in inventory.config:
        return EdgeRelation.QUANTIZED
    return EdgeRelation.FINETUNE


def _measured_relation(comparison: Comparison) -> EdgeRelation:
    """Return the relation that a comparison's kind stands for; the words are in ``rules/``."""
    if comparison.kind is not None:
        said = provenance_words().kinds.get(comparison.kind.kind.value)
        if said is not None:
            return EdgeRelation(said)
    copied = comparison.relation is Relation.COPY
    return EdgeRelation.COPY if copied else EdgeRelation.FINETUNE


def cycles(edges: Sequence[Edge]) -> tuple[tuple[str, ...], ...]:
    """Return each group of models that are declared, in a circle, to come from each other.

    A group is a strongly connected component of the declarations: every member is an
    ancestor of every other, and of itself. Members are in order of name.
    """
    parents: dict[str, set[str]] = {}
    for edge in edges:
        if edge.relation.carries_weights and edge.evidence is EdgeEvidence.DECLARED:
            parents.setdefault(edge.target, set()).add(edge.source)
    above = {name: _above(name, parents) for name in parents}
    groups = {
        tuple(sorted(other for other in parents if other in above[name] and name in above[other]))
        for name in parents
        if name in above[name]
    }
    return tuple(sorted(groups))


def _above(name: str, parents: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [*parents.get(name, ())]
    while waiting:
        parent = waiting.pop()
        if parent not in found:
            found.add(parent)
            waiting += parents.get(parent, ())
    return found
