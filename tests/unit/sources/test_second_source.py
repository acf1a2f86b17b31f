# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A source is one file: what no folder holds is audited as a folder is, to the last value."""

from pathlib import Path

import pytest

from audit.code.evidence import CodeRepository, code_evidence
from audit.inventory import Inventory, take_inventory
from audit.licenses.evidence import license_evidence
from audit.licenses.papers import ReleasePapers
from audit.record.weights import Relation
from audit.sources.folder import Folder
from audit.sources.interface import Source
from audit.weights.comparison import compare
from tests.memory_source import Memory

DISPUTE = Path(__file__).parents[3] / "examples" / "dispute"


def in_memory(folder: Path) -> Memory:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return Memory(
        folder.name, {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
    )


def parts(sources: tuple[Source, Source]) -> tuple[object, ...]:
    """Return what the record holds of a subject and its reference."""
    subject, reference = (take_inventory(source) for source in sources)
    licenses = license_evidence(subject), license_evidence(reference)
    code = code_evidence(repository(subject, licenses[0]), (repository(reference, licenses[1]),))
    return subject, reference, compare(subject, reference), *licenses, code


def repository(inventory: Inventory, licenses: object) -> CodeRepository:
    return CodeRepository(
        inventory=inventory,
        papers=ReleasePapers(inventory, licenses),  # type: ignore[arg-type]
    )


def test_memory_is_audited_as_a_folder_is(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("suspect", "reference")
    expected = parts(tuple(Folder(DISPUTE / n, n) for n in names))  # type: ignore[arg-type]
    sources = tuple(in_memory(DISPUTE / n) for n in names)

    def touched(*_arguments: object) -> None:
        raise AssertionError("a folder was read")

    monkeypatch.setattr(Folder, "connect", touched)
    monkeypatch.setattr(Folder, "listing", touched)
    found = parts(sources)  # type: ignore[arg-type]
    assert found == expected
    assert found[2].relation is not Relation.NO_SHARED_WEIGHTS  # type: ignore[attr-defined]
    assert found[2].bytes_read > 0  # type: ignore[attr-defined]


def test_it_has_no_history_no_neighbours_and_nothing_to_write_into() -> None:
    source = Memory("m", {"README.md": b"x"})
    assert source.below(".git").entries == ()
    assert tuple(source.neighbours("base")) == ()
    assert source.own == ()
    assert source.is_same(source.named("other"))
    assert source.named("other").name == "other"
    assert source.name == "m"
