# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Which folders are compared, and which declarations stay unanswered."""

import os
from pathlib import Path

import pytest

from audit.errors import UsageError
from audit.provenance.references import References, find_references, folder_name
from audit.record.files import DeclaredParent
from audit.sources.interface import Source
from audit.sources.names import resolve


def declared(*names: str) -> tuple[DeclaredParent, ...]:
    return tuple(
        DeclaredParent(name=name, relation=None, path="README.md", field="base_model")
        for name in names
    )


def model(path: Path) -> Source:
    path.mkdir(parents=True)
    (path / "config.json").write_text("{}")
    return resolve(str(path))


def summary(references: References) -> list[tuple[str, str, str | None]]:
    return [
        (r.source.name, r.origin, r.parent.name if r.parent else None) for r in references.found
    ]


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("org/Some-Base", "some-base"),
        ("some-base", "some-base"),
        ("org/base@main", "base"),
        ("../base/", "base"),
        ("C:\\models\\Base", "base"),
        ("", ""),
        ("..", ""),
        ("/", ""),
    ],
)
def test_folder_name(name: str, folder: str) -> None:
    assert folder_name(name) == folder


def test_a_given_folder_answers_a_declaration(tmp_path: Path) -> None:
    subject, base, other = (model(tmp_path / "x" / n) for n in ("subject", "Base", "other"))
    found = find_references(subject, (other, base), declared("org/base"))
    assert summary(found) == [("other", "given", None), ("Base", "given", "org/base")]
    assert found.missing == ()


def test_a_declared_folder_beside_the_subject_is_found(tmp_path: Path) -> None:
    subject, _ = model(tmp_path / "subject"), model(tmp_path / "BASE")
    found = find_references(subject, (), declared("org/base"))
    assert summary(found) == [("BASE", "declared", "org/base")]


def test_a_given_folder_is_not_compared_again_as_declared(tmp_path: Path) -> None:
    subject, base = model(tmp_path / "subject"), model(tmp_path / "base")
    found = find_references(subject, (base,), declared("org/base", "Org/Base"))
    assert summary(found) == [("base", "given", "org/base")]
    assert found.missing == ()


def test_one_folder_answers_one_declaration(tmp_path: Path) -> None:
    subject, _ = model(tmp_path / "subject"), model(tmp_path / "base")
    found = find_references(subject, (), declared("one/base", "two/base"))
    assert summary(found) == [("base", "declared", "one/base")]
    assert [p.name for p in found.missing] == ["two/base"]


@pytest.mark.parametrize("name", ["org/absent", "notes", "subject", "..", ""])
def test_what_is_no_model_beside_the_subject_is_missing(tmp_path: Path, name: str) -> None:
    """A card must not make the audit list an unrelated folder, nor the subject itself."""
    subject = model(tmp_path / "subject")
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "diary.txt").write_text("private")
    found = find_references(subject, (), declared(name))
    assert found.found == ()
    assert [p.name for p in found.missing] == [name]


def test_a_folder_given_twice_counts_once(tmp_path: Path) -> None:
    subject, base = model(tmp_path / "subject"), model(tmp_path / "base")
    (tmp_path / "link").symlink_to(tmp_path / "base")
    again = resolve(str(tmp_path / "link"))
    assert summary(find_references(subject, (base, base, again), ())) == [("base", "given", None)]


def test_the_subject_is_no_reference(tmp_path: Path) -> None:
    subject = model(tmp_path / "subject")
    with pytest.raises(UsageError, match="is the audited folder itself"):
        find_references(subject, (resolve(f"{tmp_path}/subject/."),), ())


def test_folders_of_one_name_are_told_apart(tmp_path: Path) -> None:
    subject = model(tmp_path / "run0" / "final")
    given = (model(tmp_path / "run1" / "final"), model(tmp_path / "run2" / "final"))
    found = find_references(subject, given, ())
    assert [r.source.name for r in found.found] == ["run1/final", "run2/final"]


def test_folders_of_one_name_in_folders_of_one_name_too(tmp_path: Path) -> None:
    subject = model(tmp_path / "subject")
    given = (model(tmp_path / "a" / "run" / "final"), model(tmp_path / "b" / "run" / "final"))
    found = find_references(subject, given, ())
    assert [r.source.name for r in found.found] == ["a/run/final", "b/run/final"]


def test_a_parent_folder_that_may_not_be_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject, _ = model(tmp_path / "subject"), model(tmp_path / "base")

    def scandir(_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", scandir)
    assert [p.name for p in find_references(subject, (), declared("base")).missing] == ["base"]
