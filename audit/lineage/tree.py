# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Many models among themselves: who is related to whom, who came first where that is shown.

Fingerprints ask every pair; the closest pairs of models whose weights are here are compared in
full as well, both ways round. Every p-value is corrected for all pairs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

from audit.errors import UsageError
from audit.fingerprints.given import fingerprint_of, is_given
from audit.fingerprints.identify import Candidate, judged
from audit.lineage.several import compare
from audit.progress import SILENT, Progress
from audit.record.derivation import Direction
from audit.record.library import Standing
from audit.record.weights import Comparison, PKind, Relation, Relatives
from audit.weights.origin.relatives import examine_relatives
from audit.weights.origin.siblings import with_siblings

if TYPE_CHECKING:
    from audit.inventory import Inventory

_ORDER = (Standing.SAME, Standing.RELATED, Standing.UNDECIDED, Standing.NOT_ASKED)
"""Pairs that are worth a full comparison, the most telling first."""
_TRAINED = (Relation.COPY, Relation.DERIVED)
_SHARES = (*_TRAINED, Relation.DISGUISED, Relation.COMPONENT_REUSE, Relation.SHARED_INITIALISATION)
_NEGATIVE = -0.1
"""A share under this is not that of an ingredient: the mixture is one of the others."""

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Two models of which something was seen, or of which it could not be decided.

    ``relation`` is a word of ``Relation`` where weights were compared (``in_full``), else one of
    ``Standing``. ``parent`` is the one of which, or of a close relative of which, the other is
    shown to have come; ``siblings`` that both come from a third model here. ``log10_p`` is
    corrected for every pair.
    """

    one: str
    other: str
    relation: Relation | Standing
    in_full: bool
    is_related: bool
    log10_p: float | None
    p_kind: PKind
    closeness: float
    parent: str | None = None
    siblings: bool = False

    @property
    def child(self) -> str:
        """The one that is not the parent, where one is shown."""
        return self.other if self.parent == self.one else self.one


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """All models, the edges between them, and the mixtures that some of them are.

    ``groups`` are models that are joined by related pairs, the largest first; of ``unseen`` pairs
    nothing was seen, and ``in_full`` were compared in full.
    """

    models: tuple[str, ...]
    edges: tuple[Edge, ...]
    groups: tuple[tuple[str, ...], ...]
    origins: Mapping[str, tuple[str, ...]]
    """Child -> models here of one of which, or of a close relative, it is shown to have come."""
    merges: Mapping[str, Relatives]
    pairs: int
    unseen: int
    in_full: int

    @property
    def is_decided(self) -> bool:
        """Whether of every pair it is known how it stands, as far as fingerprints tell."""
        return all(edge.is_related for edge in self.edges)


def grow(models: Sequence[Inventory], *, most: int, progress: Progress = SILENT) -> Tree:
    """Compare all models with each other, ``most`` pairs of them in full.

    Raises
    ------
    UsageError
        If two have one name, or no weights of one could be read.
    """
    named = {model.name: model for model in models}
    if len(named) < len(models):
        raise UsageError(
            "Two models have one name.", advice="Tell them apart: NAME=PATH for each of them."
        )
    found = _asked(named, progress)
    wanted = sorted(
        (pair for pair, one in found.items() if one.standing in _ORDER and _here(named, pair)),
        key=lambda pair: (_ORDER.index(found[pair].standing), -found[pair].closeness, pair),
    )[:most]
    compared: dict[Pair, Comparison] = {}
    with progress.task("Comparing models", len(wanted)) as advance:
        for pair in wanted:
            for a, b in (pair, pair[::-1]):
                among = 2 * len(found)
                compared[a, b] = compare(named[a], named[b], references=among)
            advance(1)
    together = dict(_together(named, compared))
    settled = {**compared, **dict(_siblings(compared, together))}
    edges = tuple(edge for pair, one in found.items() if (edge := _edge(pair, one, settled)))
    merges = {name: one for name, one in together.items() if _is_mixture(one)}
    return Tree(
        models=tuple(sorted(named)),
        edges=tuple(sorted(edges, key=lambda e: (not e.is_related, -e.closeness, e.one, e.other))),
        groups=_groups(sorted(named), edges),
        origins=_origins(edges),
        merges=merges,
        pairs=len(found),
        unseen=len(found) - len(edges),
        in_full=len(wanted),
    )


def _asked(named: Mapping[str, Inventory], progress: Progress) -> dict[Pair, Candidate]:
    """Let the fingerprints ask every pair."""
    prints = {name: fingerprint_of(model, progress=progress) for name, model in named.items()}
    for name, drawn in prints.items():
        if drawn.is_empty:
            raise UsageError(f"No weights of {name} could be read.", advice="Check what it holds.")
    pairs = tuple(combinations(sorted(named), 2))
    with progress.task("Asking fingerprints", len(pairs)) as advance:
        found = {}
        for one, other in pairs:
            found[one, other] = judged(prints[one], prints[other], len(pairs))
            advance(1)
    return found


def _here(named: Mapping[str, Inventory], pair: Pair) -> bool:
    return not any(is_given(named[name]) for name in pair)


def _together(
    named: Mapping[str, Inventory], compared: Mapping[Pair, Comparison]
) -> Iterator[tuple[str, Relatives]]:
    """Look at each model together with all from which it may have trained weights."""
    for name in sorted(named):
        near = [b for (a, b), c in compared.items() if a == name and c.relation in _TRAINED]
        if len(near) > 1:
            others = tuple(named[other] for other in sorted(near))
            yield name, examine_relatives(named[name], others)


def _is_mixture(found: Relatives) -> bool:
    """Whether a mixture has no ingredient that is taken away: then another one is the mixture."""
    return bool(found.merge) and all(share.weight > _NEGATIVE for share in found.merge)


def _siblings(
    compared: Mapping[Pair, Comparison], together: Mapping[str, Relatives]
) -> Iterator[tuple[Pair, Comparison]]:
    """Say of which pairs a third model here is shown to be the common parent."""
    for name, relatives in together.items():
        own = {b: c for (a, b), c in compared.items() if a == name}
        triples = [t for t in relatives.between if {t.middle, t.one, t.other} <= {name, *own}]
        known = [t for t in triples if {(t.one, t.middle), (t.other, t.middle)} <= compared.keys()]
        if known:
            some = replace(relatives, between=tuple(known))
            settled = with_siblings(own, some, lambda a, b: compared[a, b])
            yield from (((name, b), c) for b, c in settled.items() if c is not own[b])


def _edge(pair: Pair, found: Candidate, compared: Mapping[Pair, Comparison]) -> Edge | None:
    """Return what is known of a pair; nothing where nothing was seen."""
    by_print = found.standing in (Standing.SAME, Standing.RELATED)
    one, other = pair
    there, back = compared.get(pair), compared.get((other, one))
    if there is None or back is None:
        if found.standing is Standing.UNSEEN:
            return None
        return Edge(
            one=one,
            other=other,
            relation=found.standing,
            in_full=False,
            is_related=by_print,
            log10_p=found.log10_p,
            p_kind=found.kind,
            closeness=found.closeness,
        )
    if there.relation is Relation.NO_SHARED_WEIGHTS and not by_print:
        return None
    parents = [b for a, b in (pair, (other, one)) if _came_from(compared[a, b])]
    both = (there, back)
    return Edge(
        one=one,
        other=other,
        relation=there.relation,
        in_full=True,
        is_related=by_print or there.relation in _SHARES,
        log10_p=there.log10_p,
        p_kind=there.p_kind,
        closeness=found.closeness,
        parent=parents[0] if len(parents) == 1 else None,
        siblings=any(c.direction is Direction.SIBLINGS for c in both),
    )


def _came_from(comparison: Comparison) -> bool:
    return comparison.direction is Direction.FROM_REFERENCE


def _origins(edges: Sequence[Edge]) -> dict[str, tuple[str, ...]]:
    """Return of each child whom it may come from, but for those that come from another of them.

    What a child repeats of its parent, its siblings hold as well: of several models that are
    related to each other any may be the parent.
    """
    found: dict[str, set[str]] = {}
    for edge in edges:
        if edge.parent is not None:
            found.setdefault(edge.child, set()).add(edge.parent)
    return {
        child: tuple(sorted(p for p in parents if not found.get(p, set()) & parents))
        for child, parents in sorted(found.items())
    }


def _groups(names: Sequence[str], edges: Sequence[Edge]) -> tuple[tuple[str, ...], ...]:
    """Join models by related pairs."""
    group = {name: {name} for name in names}
    for edge in edges:
        if edge.is_related and group[edge.one] is not group[edge.other]:
            joined = group[edge.one] | group[edge.other]
            group |= dict.fromkeys(joined, joined)
    distinct = {tuple(sorted(members)) for members in group.values()}
    return tuple(sorted(distinct, key=lambda one: (-len(one), one)))
