# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The code stage: source files in; what also stands elsewhere, and who is named for it, out."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audit import resources, rules
from audit.budgets import CODE_TEXT
from audit.code import explain, shelf
from audit.code.files import python_files, read_artifact
from audit.code.fingerprint import Prints, View, prints
from audit.code.index import Document, Index, build, folder_keys
from audit.code.repository import CodeRepository
from audit.code.similarity import Hits, Query, Score, hits, holding_versions, label, query, score
from audit.code.tokens import Source
from audit.kept import Kept
from audit.progress import SILENT, Progress
from audit.record.absent import Absent
from audit.record.code import (
    AlignedFunction,
    CodeEvidence,
    CodeMatch,
    CodeRelation,
    Family,
    KnownCode,
    LicenseText,
    LineRange,
    NotCompared,
)
from audit.record.files import Artifact, Kind
from audit.record.said import Said
from audit.rules import CodeThresholds

_MATCHES = Said("the papers are asked about files that match")
_FAMILIES = 3
_HOLDERS = 3
_TEXT = {True: LicenseText.PRESENT, False: LicenseText.MISSING, None: LicenseText.UNKNOWN}


def code_evidence(
    subject: CodeRepository,
    references: tuple[CodeRepository, ...] = (),
    *,
    progress: Progress = SILENT,
) -> CodeEvidence:
    """Compare a folder's Python files with the known code and with the references' files.

    Parameters
    ----------
    subject : CodeRepository
        The audited folder and what its papers say.
    references : tuple of CodeRepository
        Folders whose Python files are fingerprinted on the fly.
    progress : Progress
        Told about each file of both.

    Returns
    -------
    CodeEvidence
        One match for each file over a threshold of ``rules/code.yaml``, in path order. The
        same folders and indexes give the same value. Nothing that a file holds raises.

    Raises
    ------
    UsageError
        If an index of known code is damaged.
    """
    folders = (subject, *references)
    if not all(one.papers for one in folders) or not python_files(subject.inventory):
        return _compare(subject, references, progress)
    rules_of = resources.digest(resources.tree("rules"))
    depends_on = (*map(_decisive, folders), shelf.stamp(), rules_of, resources.stamp())
    by_files = (_files_of(subject), *map(_decisive, references), *depends_on[len(folders) :])
    with Kept() as kept:
        found = kept.result(
            CodeEvidence,
            depends_on,
            lambda: _unless_it_matches(
                kept, by_files, lambda: _compare(subject, references, progress)
            ),
        )
    assert not isinstance(found, Absent)
    return found


def _unless_it_matches(
    kept: Kept, by_files: tuple[object, ...], compare: Callable[[], CodeEvidence]
) -> CodeEvidence:
    """Return what is kept for the Python files alone, else compare.

    The subject's papers are asked about files that match; where none does, they decide nothing.
    """
    made: list[CodeEvidence] = []

    def compute() -> CodeEvidence | Absent:
        made.append(compare())
        return Absent(_MATCHES) if made[0].matches else made[0]

    found = kept.result(CodeEvidence, by_files, compute)
    return made[0] if isinstance(found, Absent) else found


def _files_of(subject: CodeRepository) -> list[object]:
    inventory = subject.inventory
    files = [[a.path, a.size, a.sha256] for a in python_files(inventory)]
    unread = [[u.path, str(u.reason)] for u in inventory.unread]
    return ["files", inventory.name, files, len(inventory.of_kind(Kind.CODE)), unread]


def _decisive(repository: CodeRepository) -> list[object]:
    inventory = repository.inventory
    unread = [[u.path, str(u.reason)] for u in inventory.unread]
    return [inventory.name, inventory.manifest_sha256, unread, repository.papers]


def _compare(
    subject: CodeRepository, references: tuple[CodeRepository, ...], progress: Progress
) -> CodeEvidence:
    files = python_files(subject.inventory)
    others = len(subject.inventory.of_kind(Kind.CODE)) - len(files)
    if not files:
        return _evidence((), others, ())
    with progress.task("Reading the references' code", len(references)) as advance:
        given = []
        for reference in references:
            given.append(index_of(reference))
            advance(1)
    known = (*(i for i in given if i.documents), *shelf.indexes())
    sources = {index.project: r for index, r in zip(given, references, strict=True)}
    comparison = _Comparison(subject, sources, known, rules.code_thresholds())
    with progress.task("Comparing code", len(files)) as advance:
        found = []
        for artifact in files:
            found.append(comparison.examine(artifact))
            advance(1)
    return _evidence(found, others, known)


def index_of(repository: CodeRepository) -> Index:
    """Fingerprint the Python files of a folder."""
    known, inventory = repository.attribution, repository.inventory

    def describe(path: str, _: Source) -> Document:
        holders = known.holders_of(path)[:_HOLDERS]
        return Document(path=path, license=known.license_of(path), holders=holders)

    entries = folder_keys(inventory, describe)
    version = inventory.manifest_sha256[:12]
    return build(inventory.name, (version,), entries, origin="reference")


def _evidence(
    found: Iterable["CodeMatch | NotCompared | _Nothing"], others: int, known: tuple[Index, ...]
) -> CodeEvidence:
    found = tuple(found)
    short = sum(isinstance(f, _Nothing) and f.too_short for f in found)
    refused = tuple(f for f in found if isinstance(f, NotCompared))
    return CodeEvidence(
        compared=len(found) - short - len(refused),
        too_short=short,
        other_languages=others,
        known=tuple(
            KnownCode(
                project=i.project, versions=i.versions, files=len(i.documents), digest=i.digest
            )
            for i in known
        ),
        matches=tuple(f for f in found if isinstance(f, CodeMatch)),
        not_compared=refused,
    )


@dataclass(frozen=True, slots=True)
class _Nothing:
    """A file that holds no known code, or too little code to tell."""

    too_short: bool


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Candidate:
    """One file against one index, both views."""

    index: Index
    kept: Score
    blank: Score
    relation: CodeRelation
    query: Query
    hits: Hits

    @property
    def documents(self) -> tuple[int, ...]:
        return (self.kept if self.relation is CodeRelation.CONTAINS else self.blank).documents

    @property
    def strength(self) -> float:
        renamed = self.relation is CodeRelation.RENAMED
        return self.blank.best if renamed else max(self.kept.best, self.kept.union / 2)


class _Comparison:
    """Compares one file after the other with everything that is known."""

    def __init__(
        self,
        subject: CodeRepository,
        sources: dict[str, CodeRepository],
        known: tuple[Index, ...],
        limits: CodeThresholds,
    ) -> None:
        self._subject = subject
        self._sources = sources
        self._known = known
        self._limits = limits
        self._purse = CODE_TEXT.purse()

    def examine(self, artifact: Artifact) -> CodeMatch | NotCompared | _Nothing:
        """Compare one file."""
        if not self._purse.pays(artifact.size):
            return NotCompared(path=artifact.path, reason=CODE_TEXT.reason)
        source = read_artifact(self._subject.inventory, artifact)
        if isinstance(source, NotCompared):
            return source
        views = {view: prints(source, view) for view in View}
        if views[View.L1].distinct < self._limits.min_fingerprints:
            return _Nothing(too_short=True)
        found = self._candidates(views)
        if not found:
            return _Nothing(too_short=False)
        best = found[0]
        view = View.L1 if best.relation is CodeRelation.CONTAINS else View.L2
        return CodeMatch(
            path=artifact.path,
            relation=best.relation,
            fingerprints=views[View.L1].distinct,
            families=tuple(self._family(c, artifact.path, source.header) for c in found),
            lines=matched_lines(views[view], self._matched(best)),
            functions=self._functions(best, source),
        )

    def _candidates(self, views: dict[View, Prints]) -> list[_Candidate]:
        """Return the indexes that the file is over a threshold against, best first."""
        queries = {view: query(views[view].keys, view, self._known) for view in View}
        found = []
        for index in self._known:
            scores, where = {}, {}
            for view, wanted in queries.items():
                where[view] = hits(wanted, index)
                scores[view] = score(
                    wanted,
                    where[view],
                    len(index.documents),
                    family_share=self._limits.family_share,
                )
            relation = self._relation(scores, views[View.L2].distinct)
            if relation is not None:
                view = View.L1 if relation is CodeRelation.CONTAINS else View.L2
                found.append(
                    _Candidate(
                        index=index,
                        kept=scores[View.L1],
                        blank=scores[View.L2],
                        relation=relation,
                        query=queries[view],
                        hits=where[view],
                    )
                )
        order = sorted(found, key=lambda c: (c.relation, -c.strength, c.index.project))
        return order[:_FAMILIES]

    def _relation(self, scores: dict[View, Score], blank_prints: int) -> CodeRelation | None:
        limits, kept = self._limits, scores[View.L1]
        if kept.best >= limits.min_score or kept.union >= limits.min_union:
            return CodeRelation.CONTAINS
        enough = blank_prints >= limits.min_renamed_fingerprints
        if enough and scores[View.L2].best >= limits.min_renamed_score:
            return CodeRelation.RENAMED
        return None

    def _family(self, found: _Candidate, path: str, header: str) -> Family:
        documents = [found.index.documents[d] for d in found.documents]
        best, attribution = documents[0], self._subject.attribution
        versions = holding_versions(
            found.query, found.hits, found.documents[0], found.index.versions
        )
        return Family(
            project=found.index.project,
            origin=found.index.origin,
            label=label(found.index, best.path, versions),
            paths=tuple(d.path for d in documents),
            versions=versions,
            score=found.kept.best,
            union=found.kept.union,
            renamed_score=found.blank.best,
            license=best.license,
            holders=best.holders,
            named_in=attribution.naming(best.holders, path, header),
            license_text=_TEXT[attribution.text_of(best.license)],
        )

    def _matched(self, found: _Candidate) -> NDArray[np.uint32]:
        """Return the keys that stand in the family, or anywhere if no one file has enough."""
        here = found.hits
        if found.relation is CodeRelation.RENAMED or found.kept.best >= self._limits.min_score:
            kept = np.zeros(len(found.index.documents), dtype=bool)
            kept[list(found.documents)] = True
            here = here.only(kept)
        matched: NDArray[np.uint32] = found.query.keys[np.unique(here.rows)]
        return matched

    def _functions(self, found: _Candidate, source: Source) -> tuple[AlignedFunction, ...]:
        """Align functions with the best file, where its source is at hand."""
        if found.index.origin != "reference":
            return ()
        inventory = self._sources[found.index.project].inventory
        path = found.index.documents[found.documents[0]].path
        artifact = next(a for a in inventory.artifacts if a.path == path)
        reference = read_artifact(inventory, artifact)
        if isinstance(reference, NotCompared):
            return ()
        aligned = explain.align(source, reference, path, least=self._limits.min_similarity)
        return aligned[: explain.MOST_FUNCTIONS]


def matched_lines(seen: Prints, matched: NDArray[np.uint32]) -> tuple[LineRange, ...]:
    """Return the lines that matched fingerprints cover; ranges that touch are one."""
    here = np.isin(seen.keys, matched)
    ranges: list[LineRange] = []
    spans = zip(seen.first[here].tolist(), seen.last[here].tolist(), strict=True)
    for first, last in sorted(spans):
        if ranges and first <= ranges[-1].last + 1:
            before = ranges.pop()
            ranges.append(LineRange(first=before.first, last=max(last, before.last)))
        else:
            ranges.append(LineRange(first=first, last=last))
    return tuple(ranges)
