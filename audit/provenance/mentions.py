# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Edges that no weights show: teachers, data sets, and code of others."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from audit.licenses.expressions import readings, symbols
from audit.provenance import nodes
from audit.provenance.release import Release
from audit.record.code import CodeMatch
from audit.record.files import Kind
from audit.record.findings import Confidence
from audit.record.licenses import ClaimOrigin, LicenseClaim
from audit.record.obligations import Edge, EdgeEvidence, EdgeRelation, Node, NodeKind
from audit.record.said import Said, quoted
from audit.rules.known_works import (
    KnownWork,
    ProvenanceWords,
    known_dataset,
    known_models,
    provenance_words,
)
from audit.text.fold import plain
from audit.text.sentences import Sentence, sentences

_HUB_ID = re.compile(r"(?<![\w./-])[A-Za-z0-9][\w.-]*/[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?(?![\w/])")
_FILE = re.compile(r"\.(?:py|md|txt|json|yaml|yml|html|ipynb|safetensors|gguf)$", re.I)
_AT_HUB = re.compile(r"https?://huggingface\.co/(?!datasets/|spaces/|docs/|blog/|papers/)", re.I)
_URL = re.compile(r"https?://\S+", re.I)
_SHOWN = 160

Found = tuple[Node, Edge]


def teachers(release: Release) -> Iterator[Found]:
    """Yield the models on whose outputs the card says that this one was trained."""
    words, card = provenance_words(), release.inventory.card
    if card is None:
        return
    for key in words.teacher_fields:
        for name in _strings(release.fields.get(key)):
            line = release.field_line(key)
            yield _taught(release, name, quoted(f"{card.path}: {key}"), line, settled=True)
    for sentence in sentences(card.prose, card.prose_line):
        for name, settled in _taught_by(sentence, words):
            said = Said('{path}: "{text}"', path=card.path, text=sentence.text[:_SHOWN])
            yield _taught(release, name, said, sentence.line, settled=settled)


def _taught(release: Release, name: str, origin: Said, line: int | None, *, settled: bool) -> Found:
    card = release.inventory.card
    return nodes.of_name(name), Edge(
        source=name,
        target=release.inventory.name,
        relation=EdgeRelation.DISTILL,
        evidence=EdgeEvidence.DECLARED,
        confidence=Confidence.HIGH if settled else Confidence.MEDIUM,
        origin=origin,
        path=None if card is None else card.path,
        line=line,
        settled=settled,
    )


def _taught_by(sentence: Sentence, words: ProvenanceWords) -> Iterator[tuple[str, bool]]:
    """Yield the names that a sentence gives after a phrase, and whether that decides.

    A model that is named in passing ("answers of Some Model") may be there for another
    reason; a hub id, or any name after a word for teaching, is not.
    """
    text = plain(sentence.text)
    if any(plain(word) in text for word in words.takes_back):
        return
    in_context = any(plain(word).rstrip() in text for word in words.context)
    for phrases, settled in ((words.teacher, True), (words.outputs, False)):
        after = _after(sentence.text, phrases)
        if after is not None and (settled or in_context):
            for name in _names(after):
                yield name, settled or "/" in name
            return


def _after(text: str, phrases: Iterable[str]) -> str | None:
    """Return what stands after the first of the phrases that occurs."""
    found = [
        match
        for phrase in phrases
        if (match := re.search(rf"\b{re.escape(phrase)}\b", text, re.I)) is not None
    ]
    return text[min(found, key=lambda match: match.start()).end() :] if found else None


def _names(text: str) -> tuple[str, ...]:
    """Return the hub ids, and the known models by the names that prose gives them."""
    bare = _URL.sub(" ", _AT_HUB.sub("", text))
    ids = [found for found in _HUB_ID.findall(bare) if not _FILE.search(found)]
    rest = plain(_HUB_ID.sub(" ", bare))
    named = []
    for row in known_models():
        if any(plain(name) in rest for name in row.names):
            named.append(_as_written(row))
            for name in row.names:
                rest = rest.replace(plain(name), " ")
    return tuple(dict.fromkeys([*ids, *named]))


def _as_written(row: KnownWork) -> str:
    return row.names[0]


def datasets(release: Release) -> Iterator[Found]:
    """Yield the data sets of the card, and the known models whose outputs they hold."""
    card = release.inventory.card
    for name in _strings(release.fields.get("datasets")) if card is not None else ():
        row = known_dataset(name)
        node = nodes.of_name(name, NodeKind.DATASET)
        yield node, _declared(release, name, release.inventory.name, EdgeRelation.DATA, "datasets")
        for maker, origin, settled in _makers(name, row):
            yield (
                nodes.of_name(maker),
                Edge(
                    source=maker,
                    target=name,
                    relation=EdgeRelation.DISTILL,
                    evidence=EdgeEvidence.DECLARED,
                    confidence=Confidence.MEDIUM if settled else Confidence.LOW,
                    origin=origin,
                    settled=settled,
                ),
            )


def _makers(name: str, row: KnownWork | None) -> Iterator[tuple[str, Said, bool]]:
    """Yield the models whose outputs a data set holds, by the table, else by its name."""
    if row is not None:
        for maker in row.made_by:
            origin = Said("rules/datasets.yaml: {source}", source=row.source)
            yield maker, origin, row.read is not None
        return
    words = plain(name)
    if any(plain(word) in words for word in provenance_words().in_dataset_names):
        for known_row in known_models():
            if any(plain(called) in words for called in known_row.names):
                origin = Said("the name of the data set {name}", name=name)
                yield _as_written(known_row), origin, False


def _declared(release: Release, source: str, target: str, relation: EdgeRelation, key: str) -> Edge:
    card = release.inventory.card
    path = None if card is None else card.path
    return Edge(
        source=source,
        target=target,
        relation=relation,
        evidence=EdgeEvidence.DECLARED,
        confidence=Confidence.HIGH,
        origin=quoted(f"{path}: {key}"),
        path=path,
        line=release.field_line(key),
    )


def code(release: Release) -> Iterator[Found]:
    """Yield the projects whose code stands in the release, and what file headers declare."""
    for match in release.code.matches:
        yield _project(release, match)
    yield from _headers(release)


def _project(release: Release, match: CodeMatch) -> Found:
    family = match.families[0]
    node = Node(
        name=family.project,
        kind=NodeKind.CODE,
        license=family.license,
        license_from=Said(
            "the licence of {paths} in {project}", paths=family.paths[0], project=family.project
        ),
    )
    return node, Edge(
        source=family.project,
        target=release.inventory.name,
        relation=EdgeRelation.CODE_DERIVED,
        evidence=EdgeEvidence.CODE,
        confidence=Confidence.HIGH,
        origin=Said("{path}: also stands in {label}", path=match.path, label=family.label),
        path=match.path,
        line=match.lines[0].first if match.lines else None,
    )


def _headers(release: Release) -> Iterator[Found]:
    """Yield one node for each licence that headers name and the release is not under."""
    concluded = release.licenses.concluded
    own = readings(concluded.expression) if concluded is not None else frozenset()
    code_files = {a.path for a in release.inventory.of_kind(Kind.CODE, Kind.NOTEBOOK)}
    for claim in release.licenses.claims:
        foreign = bool(symbols(claim.expression)) and not readings(claim.expression) <= own
        if claim.origin == ClaimOrigin.HEADER and claim.path in code_files and foreign:
            yield _header(release, claim)


def _header(release: Release, claim: LicenseClaim) -> Found:
    name = f"files under {claim.expression}"
    node = Node(
        name=name,
        kind=NodeKind.CODE,
        license=claim.expression,
        license_from=Said("the headers of these files"),
    )
    return node, Edge(
        source=name,
        target=release.inventory.name,
        relation=EdgeRelation.CODE_DERIVED,
        evidence=EdgeEvidence.DECLARED,
        confidence=Confidence.HIGH,
        origin=Said("{path}: header", path=claim.path or ""),
        path=claim.path,
        line=claim.line,
    )


def _strings(value: Any) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    names = (item.strip() for item in listed if isinstance(item, str))
    return tuple(dict.fromkeys(name for name in names if name))
