# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""CycloneDX 1.7 and 1.6 (ECMA-424) ML-BOM: the model, its files, its ancestors, its licences.

Lineage is ``pedigree.ancestors`` with the evidence in words, the three voices about licences are
``licenses`` (declared and concluded, by ``acknowledgement``) and ``evidence.licenses``
(detected). What a record does not hold (training data, performance, ethics) is left out and not
made up.
"""

import json
import uuid
from collections.abc import Iterable
from functools import cache, partial
from typing import Any

from audit.languages import Language
from audit.record.document import AuditRecord
from audit.record.licenses import ClaimSource
from audit.record.obligations import Edge
from audit.report.formats.interface import Format
from audit.report.page import Page
from audit.report.words.language import Words, words
from audit.report.words.origins import origin_note

_NAMESPACE = uuid.UUID("6f0cf2c4-3f0e-5a53-9a1d-6a7f7b8f2b10")
_SUBJECT = "subject"


def _render(page: Page, language: Language, *, version: str) -> bytes:
    """Return the bill of materials of the audited folder; the same record gives the same bytes."""
    record, spoken = page.record, words(language)
    ancestors = [edge for edge in record.obligations.edges if edge.target == record.subject.name]
    refs = {name: f"model-{n}" for n, name in enumerate(_names(ancestors), start=1)}
    metadata: dict[str, Any] = {
        "tools": {"components": [_tool(record)]},
        "component": _model(record, ancestors, spoken),
        "properties": _properties(record),
    }
    if page.custody is not None:
        metadata["timestamp"] = page.custody.audited_at
    bom = {
        "$schema": f"http://cyclonedx.org/schema/bom-{version}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": version,
        "serialNumber": f"urn:uuid:{uuid.uuid5(_NAMESPACE, page.sha256)}",
        "version": 1,
        "metadata": metadata,
        "components": [
            *({**_ancestor(name), "bom-ref": ref} for name, ref in refs.items()),
            *(_file(a.path, a.sha256) for a in record.subject.artifacts),
        ],
        "dependencies": [
            {"ref": _SUBJECT, "dependsOn": sorted(refs.values())},
            *({"ref": ref} for ref in refs.values()),
        ],
    }
    return f"{json.dumps(bom, ensure_ascii=False, indent=1)}\n".encode()


def _format(name: str, version: str) -> Format:
    render = partial(_render, version=version)
    return Format(name=name, suffix=".cdx.json", signed=False, render=render)


CYCLONEDX, CYCLONEDX_1_6 = _format("cyclonedx", "1.7"), _format("cyclonedx-1.6", "1.6")


def _tool(record: AuditRecord) -> dict[str, Any]:
    return {"type": "application", "name": record.tool.name, "version": record.tool.version}


def _names(edges: Iterable[Edge]) -> list[str]:
    return sorted({edge.source for edge in edges})


def _model(record: AuditRecord, edges: list[Edge], spoken: Words) -> dict[str, Any]:
    subject, papers = record.subject, record.licenses
    holders = list(dict.fromkeys(c.statement for c in papers.copyrights))
    model: dict[str, Any] = {
        "type": "machine-learning-model",
        "bom-ref": _SUBJECT,
        "name": subject.name,
        "licenses": [
            {"license": {**_license(expression), "acknowledgement": source.value}}
            for source in (ClaimSource.DECLARED, ClaimSource.CONCLUDED)
            for expression in sorted({c.expression for c in papers.of_source(source)})
        ],
        "evidence": {
            "licenses": [
                {"license": _license(expression)}
                for expression in sorted(
                    {c.expression for c in papers.of_source(ClaimSource.DETECTED)}
                )
            ],
            "copyright": [{"text": statement} for statement in holders],
        },
        "modelCard": {"modelParameters": _parameters(record)},
    }
    if subject.revision is not None:
        model["version"] = subject.revision.commit
    if edges:
        model["pedigree"] = {
            "ancestors": [_ancestor(name) for name in _names(edges)],
            "notes": " ".join(origin_note(edge, spoken) for edge in edges),
        }
    return model


def _parameters(record: AuditRecord) -> dict[str, Any]:
    found = record.subject.architecture
    return {} if found is None else {"architectureFamily": found}


def _ancestor(name: str) -> dict[str, Any]:
    return {"type": "machine-learning-model", "name": name}


def _file(path: str, sha256: str) -> dict[str, Any]:
    return {"type": "file", "name": path, "hashes": [{"alg": "SHA-256", "content": sha256}]}


def _license(expression: str) -> dict[str, str]:
    """Name a licence; ``id`` is for single ones of the SPDX list, ``name`` for all else."""
    return {"id": expression} if expression in _spdx_ids() else {"name": expression}


@cache
def _spdx_ids() -> frozenset[str]:
    from license_expression import get_spdx_licensing

    known = get_spdx_licensing().known_symbols.values()
    return frozenset(s.key for s in known if not s.is_exception and "LicenseRef-" not in s.key)


def _properties(record: AuditRecord) -> list[dict[str, str]]:
    relations = (
        {"name": f"audit:relation:{c.reference}", "value": c.relation.value}
        for c in record.comparisons
    )
    return [
        {"name": "audit:verdict", "value": record.verdict.status.value},
        {"name": "audit:papersOnly", "value": str(record.verdict.papers_only).lower()},
        {"name": "audit:manifestSha256", "value": record.subject.manifest_sha256},
        *relations,
    ]
