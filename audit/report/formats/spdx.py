# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""SPDX 3.0.1 (JSON-LD): the model as an AI package, its files, licences and origins.

Conformance with the AI profile is not claimed: it asks for a release time and a supplier, which no
folder states. An origin is ``descendantOf`` or ``trainedOn`` with the words of what says so as its
comment. Where several licences are declared, none is chosen, and the comment names them.
"""

import json
from typing import Any

from audit.languages import Language
from audit.record.document import AuditRecord
from audit.record.licenses import NOASSERTION, ClaimSource
from audit.record.obligations import Edge, EdgeRelation
from audit.report.formats.interface import Format
from audit.report.page import Page
from audit.report.words.language import Words, words
from audit.report.words.origins import origin_note

_TERMS = "https://spdx.org/rdf/3.0.1"
_NO_LICENSE = f"{_TERMS}/terms/ExpandedLicensing/NoAssertionLicense"
_UNDATED = "1970-01-01T00:00:00Z"
"""SPDX demands a time; this one says that none was given."""
_Element = dict[str, Any]


def render(page: Page, language: Language) -> bytes:
    """Return the document; its identifiers depend on the record alone."""
    made = _Graph(page.sha256)
    created = _UNDATED if page.custody is None else page.custody.audited_at
    record, spoken = page.record, words(language)
    model = _model(made, record)
    _licences(made, record, model)
    _origins(made, record, model, spoken)
    document = {
        "@context": f"{_TERMS}/spdx-context.jsonld",
        "@graph": [*_about(made, record, created, model), *made.elements],
    }
    return f"{json.dumps(document, ensure_ascii=False, indent=1)}\n".encode()


SPDX = Format(name="spdx", suffix=".spdx.json", signed=False, render=render, dated=True)


class _Graph:
    """The elements of a document, each under a name made of the record's digest."""

    def __init__(self, digest: str) -> None:
        self._base = f"urn:audit:record:{digest}"
        self.elements: list[_Element] = []

    def name(self, what: str) -> str:
        """Return the identifier of something."""
        return f"{self._base}:{what}"

    def add(self, type_: str, **fields: Any) -> str:
        """Add an element, and return its identifier."""
        kind = type_.rpartition("_")[2].lower()
        name = self.name(f"{kind}-{len(self.elements)}")
        stated = {key: value for key, value in fields.items() if value not in (None, "", [])}
        element = {"type": type_, "spdxId": name, "creationInfo": "_:made", **stated}
        self.elements.append(element)
        return name

    def relate(self, source: str, relation: str, to: list[str], comment: str = "") -> None:
        """Add a relationship."""
        ends = {"from": source, "to": to}
        self.add("Relationship", relationshipType=relation, comment=comment, **ends)


def _about(made: _Graph, record: AuditRecord, created: str, model: str) -> list[_Element]:
    """Return who made the document and what it is about."""
    agent, tool = made.name("agent"), record.tool
    listed = [element["spdxId"] for element in made.elements]
    return [
        {
            "type": "CreationInfo",
            "@id": "_:made",
            "specVersion": "3.0.1",
            "created": created,
            "createdBy": [agent],
        },
        {
            "type": "SoftwareAgent",
            "spdxId": agent,
            "creationInfo": "_:made",
            "name": f"{tool.name} {tool.version}",
        },
        {
            "type": "SpdxDocument",
            "spdxId": made.name("document"),
            "creationInfo": "_:made",
            "name": record.subject.name,
            "comment": f"gate: {record.verdict.status.value}, policy {record.verdict.policy}",
            "profileConformance": ["core", "software", "simpleLicensing"],
            "rootElement": [model],
            "element": [agent, *listed],
        },
    ]


def _model(made: _Graph, record: AuditRecord) -> str:
    """Add the model and the files that it consists of."""
    subject = record.subject
    source = subject.source
    commit = None if subject.revision is None else subject.revision.commit
    address = None if source is None else source.address
    holders = dict.fromkeys(c.statement for c in record.licenses.copyrights)
    model = made.add(
        "ai_AIPackage",
        name=subject.name,
        comment=f"SHA-256 of the list of files and digests: {subject.manifest_sha256}",
        software_primaryPurpose="model",
        software_packageVersion=commit,
        software_downloadLocation=address if commit is None else address and f"{address}@{commit}",
        software_copyrightText="\n".join(holders),
        ai_typeOfModel=[subject.architecture] if subject.architecture else [],
    )
    files = [
        made.add("software_File", name=artifact.path, verifiedUsing=_sha256(artifact.sha256))
        for artifact in subject.artifacts
    ]
    if files:
        made.relate(model, "contains", files)
    return model


def _sha256(digest: str) -> list[_Element]:
    return [{"type": "Hash", "algorithm": "sha256", "hashValue": digest}]


def _licences(made: _Graph, record: AuditRecord, model: str) -> None:
    for source, relation in (
        (ClaimSource.DECLARED, "hasDeclaredLicense"),
        (ClaimSource.CONCLUDED, "hasConcludedLicense"),
    ):
        found = sorted({claim.expression for claim in record.licenses.of_source(source)})
        known = found[0] if len(found) == 1 else NOASSERTION
        several = "; ".join(found) if len(found) > 1 else ""
        made.relate(model, relation, [_license(made, known)], several)


def _license(made: _Graph, expression: str) -> str:
    """Add a licence, once, and return its identifier."""
    if expression == NOASSERTION:
        return _NO_LICENSE
    field = "simplelicensing_licenseExpression"
    known = (e["spdxId"] for e in made.elements if e.get(field) == expression)
    return next(known, None) or made.add(
        "simplelicensing_LicenseExpression", simplelicensing_licenseExpression=expression
    )


def _origins(made: _Graph, record: AuditRecord, model: str, spoken: Words) -> None:
    edges = [edge for edge in record.obligations.edges if edge.target == record.subject.name]
    ends: dict[str, str] = {}
    for edge in edges:
        data = edge.relation is EdgeRelation.DATA
        if edge.source not in ends:
            ends[edge.source] = _end(made, edge)
        relation = "trainedOn" if data else "descendantOf"
        made.relate(model, relation, [ends[edge.source]], origin_note(edge, spoken))


def _end(made: _Graph, edge: Edge) -> str:
    """Add what something was made from, as much as is known of it."""
    if edge.relation is EdgeRelation.DATA:
        return made.add(
            "dataset_DatasetPackage", name=edge.source, dataset_datasetType=["noAssertion"]
        )
    type_ = "software_Package" if edge.relation is EdgeRelation.CODE_DERIVED else "ai_AIPackage"
    return made.add(type_, name=edge.source)
