# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Builds cases for checks: real folders, stand-in comparisons."""

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

from audit.checks import evaluate
from audit.checks.case import Case, ReferenceCase
from audit.inventory import Inventory, take_inventory
from audit.licenses.evidence import license_evidence
from audit.obligations.engine import obligation_evidence
from audit.record.files import DeclaredParent
from audit.record.findings import Finding, Severity
from audit.record.weights import Comparison, PKind, Relation, SpreadContext
from audit.rules import Policy
from audit.sources.folder import Folder

POLICY = Policy(name="test", description="", fail_on=Severity.HIGH)


def write_weights(folder: Path) -> None:
    """Write a valid safetensors file with one tensor of four zeros."""
    header = json.dumps({"w": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}}).encode()
    data = struct.pack("<Q", len(header)) + header + bytes(16)
    (folder / "model.safetensors").write_bytes(data)


def inventory(folder: Path, name: str | None = None) -> Inventory:
    return take_inventory(Folder(folder, name or folder.name))


def comparison(relation: Relation | str, **changes: Any) -> Comparison:
    """Return a comparison with the given relation, strong unless told otherwise."""
    lineage = Relation(relation).is_lineage
    fields: dict[str, Any] = {
        "suspect": "suspect",
        "reference": "reference",
        "relation": Relation(relation),
        "summary": f"The weights are {Relation(relation).value}.",
        "log10_p": -120.4 if lineage else None,
        "effect": 0.97 if lineage else None,
        "p_kind": PKind.EXACT if lineage else PKind.NONE,
        "components": (),
        "evidence": (),
        "kind": None,
        "direction": None,
        "family_suspect": "toy",
        "family_reference": "toy",
        "coverage": 1.0,
        "bytes_read": 32,
        "limits": (),
        "spread": SpreadContext(per_layer=None, per_tensor=None, layers=0, tensors=0, reason="toy"),
    }
    return Comparison(**{**fields, **changes})


def reference(
    folder: Path,
    name: str,
    relation: Relation | str,
    *,
    license_id: str | None = "apache-2.0",
    declared: str | None = None,
    stated: tuple[str, str] = ("README.md", "base_model"),
    declared_relation: str | None = None,
    prepare: Callable[[Path], None] = write_weights,
    **changes: Any,
) -> ReferenceCase:
    """Return a reference with a card, and a stand-in for the comparison with it.

    ``prepare`` completes the reference's folder before it is read.
    """
    root = folder / name
    root.mkdir(parents=True)
    front = "" if license_id is None else f"---\nlicense: {license_id}\n---\n"
    (root / "README.md").write_text(front + "# A base\n")
    prepare(root)
    found = inventory(root)
    parent = None
    if declared is not None:
        path, field = stated
        parent = DeclaredParent(name=declared, relation=declared_relation, path=path, field=field)
    return ReferenceCase(
        inventory=found,
        licenses=license_evidence(found),
        comparison=comparison(relation, reference=name, **changes),
        origin="given",
        parent=parent,
    )


def case(
    folder: Path,
    *references: ReferenceCase,
    missing: tuple[DeclaredParent, ...] = (),
) -> Case:
    """Return the case of a folder with the given references."""
    subject = inventory(folder)
    licenses = license_evidence(subject)
    return Case(
        subject=subject,
        licenses=licenses,
        references=references,
        missing_parents=missing,
        obligations=obligation_evidence(subject, licenses, references),
    )


def findings(subject: Case) -> dict[str, list[Finding]]:
    """Run every check and group what it found by check id."""
    grouped: dict[str, list[Finding]] = {}
    for finding in evaluate(subject, POLICY):
        grouped.setdefault(finding.check, []).append(finding)
    return grouped


def release(folder: Path, files: dict[str, str | bytes], *, weights: bool = True) -> Path:
    """Write a release: the files given, and weights."""
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
    if weights:
        write_weights(folder)
    return folder
