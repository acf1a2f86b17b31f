# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A source is one file: what no folder holds is audited as a folder is, to the last value."""

import json
import shutil
from pathlib import Path

import pytest

from audit.code.evidence import CodeRepository, code_evidence
from audit.inventory import Inventory, take_inventory
from audit.licenses.attribution import ReleaseAttribution
from audit.licenses.evidence import license_evidence
from audit.record.licenses import LicenseEvidence
from audit.record.weights import Comparison, Relation
from audit.sources.folder import Folder
from audit.sources.interface import Source
from audit.weights.comparison import compare
from tests.memory_source import Memory
from tests.unit.weights.models import CONFIG, llama, save

REPOS = Path(__file__).parents[2] / "repos"


def release(folder: Path, seed: int, papers: str) -> Path:
    """Write a model with a tokenizer and the texts and code of a release."""
    save(folder, llama(seed))
    shutil.copytree(REPOS / papers / "repo", folder, dirs_exist_ok=True)
    (folder / "config.json").write_text(json.dumps(CONFIG))
    (folder / "vocab.json").write_text(json.dumps({f"t{i}": i for i in range(160)}))
    return folder


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
        attribution=ReleaseAttribution(inventory, licenses),  # type: ignore[arg-type]
    )


def test_memory_is_audited_as_a_folder_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = (
        release(tmp_path / "suspect", 1, "planted-faults"),
        release(tmp_path / "reference", 1, "planted-faults"),
    )
    expected = parts((Folder(folders[0], "suspect"), Folder(folders[1], "reference")))
    sources = in_memory(folders[0]), in_memory(folders[1])
    shutil.rmtree(tmp_path)

    def touched(*_arguments: object) -> None:
        raise AssertionError("a folder was read")

    monkeypatch.setattr(Folder, "connect", touched)
    monkeypatch.setattr(Folder, "listing", touched)
    found = parts(sources)
    assert found == expected
    assert isinstance(found[2], Comparison)
    assert found[2].relation is Relation.COPY
    assert found[2].bytes_read > 0
    assert isinstance(found[3], LicenseEvidence)
    assert found[3].claims


def test_it_has_no_history_no_neighbours_and_nothing_to_write_into() -> None:
    source = Memory("m", {"README.md": b"x"})
    assert source.below(".git").entries == ()
    assert tuple(source.neighbours("base")) == ()
    assert source.own == ()
    assert source.is_same(source.named("other"))
    assert source.named("other").name == "other"
    assert source.name == "m"
