# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""How much of a file stands in an index, and which family of files that is.

A fingerprint that stands in many files says little: each is weighted by its inverse document
frequency over everything that is compared with. The answer is a family, because the files of
related models are near copies of one another and no count can tell which of them was the
source.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audit.code.fingerprint import Keys, View
from audit.code.index import Index
from audit.record.said import Said

_PATHS = 5
_SAME_VERSION = 0.95
"""A version holds the family if it has this share of what the best version has."""
Weights = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """The distinct fingerprints of one view of one file, with their weights."""

    view: View
    keys: Keys
    weights: Weights


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """Each pair of a query key and a document that holds it; ``rows`` index the query."""

    rows: NDArray[Any]
    documents: NDArray[Any]
    masks: NDArray[Any]

    def only(self, kept: NDArray[np.bool_]) -> "Hits":
        """Return the hits in documents for which ``kept`` is true."""
        here = kept[self.documents]
        return Hits(self.rows[here], self.documents[here], self.masks[here])


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One view of one file against one index; ``documents`` are its family, best first."""

    best: float
    union: float
    documents: tuple[int, ...]


def query(keys: Keys, view: View, indexes: Sequence[Index]) -> Query:
    """Weight each distinct fingerprint: log(1 + N / df), df counted over all indexes.

    N is the number of documents of all indexes. A fingerprint that no index holds weighs as
    much as one that a single document holds.
    """
    distinct = np.unique(keys)
    frequency = np.zeros(len(distinct))
    for index in indexes:
        postings = index.views[view]
        rows, found = postings.find(distinct)
        counts = np.diff(postings.starts)
        frequency[found] += counts[rows[found]]
    total = sum(len(index.documents) for index in indexes)
    return Query(view, distinct, np.log1p(total / np.maximum(frequency, 1.0)))


def hits(wanted: Query, index: Index) -> Hits:
    """Look every fingerprint of the query up in one index."""
    postings = index.views[wanted.view]
    rows, found = postings.find(wanted.keys)
    rows = rows[found]
    starts, ends = postings.starts[rows], postings.starts[rows + 1]
    lengths = ends - starts
    places = np.repeat(starts - np.cumsum(lengths) + lengths, lengths) + np.arange(lengths.sum())
    return Hits(
        np.repeat(np.flatnonzero(found), lengths),
        postings.documents[places],
        postings.masks[places],
    )


def score(wanted: Query, found: Hits, documents: int, *, family_share: float) -> Score:
    """Score a query against one index.

    Parameters
    ----------
    wanted, found : Query, Hits
        The fingerprints, and where they stand.
    documents : int
        How many documents the index has.
    family_share : float
        Documents with this share of the best one's score are its family.
    """
    total = float(wanted.weights.sum())
    if not len(found.rows) or total <= 0:
        return Score(best=0.0, union=0.0, documents=())
    sums = np.bincount(found.documents, weights=wanted.weights[found.rows], minlength=documents)
    order = np.lexsort((np.arange(documents), -np.round(sums, 9)))[:_PATHS]
    best = float(sums[order[0]])
    return Score(
        best=round(best / total, 4),
        union=round(len(np.unique(found.rows)) / len(wanted.keys), 4),
        documents=tuple(int(d) for d in order if sums[d] >= family_share * best),
    )


def holding_versions(
    wanted: Query, found: Hits, document: int, versions: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the versions of a document that hold nearly as much as its best version."""
    here = found.documents == document
    masks, weights = found.masks[here].astype(np.int64), wanted.weights[found.rows[here]]
    sums = [float(weights[(masks >> v) & 1 == 1].sum()) for v in range(len(versions))]
    least = _SAME_VERSION * max(sums, default=0.0)
    return tuple(name for name, s in zip(versions, sums, strict=True) if s and s >= least)


def label(index: Index, path: str, versions: tuple[str, ...]) -> Said:
    """Name a family in words: the best file's folder, the project, the releases that hold it."""
    if index.origin == "reference":
        return Said("{project} (a compared reference)", project=index.project)
    folder = PurePosixPath(path).parent.name or PurePosixPath(path).stem
    return Said(
        "the {folder} family of {project}, {span}",
        folder=folder,
        project=index.project,
        span=_span(index.versions, versions),
    )


def _span(indexed: tuple[str, ...], holding: tuple[str, ...]) -> str:
    if len(indexed) == 1 or not holding:
        return " ".join(indexed[-1:])
    first, last = holding[0], holding[-1]
    from_start, to_end = first == indexed[0], last == indexed[-1]
    if from_start != to_end:
        return Said("up to {last}", last=last) if from_start else Said("since {first}", first=first)
    if first == last and not from_start:
        return Said("about {first}", first=first)
    return Said("{first} to {last}", first=first, last=last)
