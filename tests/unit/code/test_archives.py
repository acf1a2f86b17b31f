# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Indexes from archives: chosen files only, holders off the headers, never unpacked."""

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from audit.code.archives import build_project, release, version_order
from audit.code.fingerprint import View
from audit.errors import UsageError
from audit.rules import CodeSource, code_sources
from tests.unit.code.mutations import ORIGINAL

SOURCE = CodeSource(
    project="toy",
    license="MIT",
    holder="Copyright The Toy Team",
    include=["toy/models/*.py"],
    exclude=["*/skipped_*.py"],
)
HEADED = "# SPDX-License-Identifier: BSD-3-Clause\n# Copyright 2021 B. Builder\nx = f(1)\n" * 30
FILES = {
    "toy/models/a.py": ORIGINAL,
    "toy/models/deep/b.py": HEADED,
    "toy/models/skipped_c.py": ORIGINAL,
    "toy/models/broken.py": "x = (",
    "toy/other.py": ORIGINAL,
    "toy/models/data.txt": "no code",
}


def wheel(folder: Path, version: str, files: dict[str, str] | None = None) -> Path:
    path = folder / f"toy-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in (files or FILES).items():
            archive.writestr(name, text)
    return path


def sdist(folder: Path, version: str) -> Path:
    path = folder / f"toy-{version}.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, text in FILES.items():
            member = tarfile.TarInfo(f"toy-{version}/src/{name}")
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
        link = tarfile.TarInfo(f"toy-{version}/src/toy/models/link.py")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return path


def test_chosen_files_with_their_holders(tmp_path: Path) -> None:
    index = build_project(SOURCE, [release(wheel(tmp_path, "1.0"))])
    documents = {d.path: (d.license, d.holders) for d in index.documents}
    assert documents == {
        "toy/models/a.py": ("CC-BY-NC-4.0", ("Copyright 2025 Meridian Research Laboratory",)),
        "toy/models/deep/b.py": ("BSD-3-Clause", ("Copyright 2021 B. Builder",)),
    }


def test_a_file_without_header_has_the_projects_holder(tmp_path: Path) -> None:
    made = wheel(tmp_path, "1.0", {"toy/models/a.py": "x = f(1)\n" * 30})
    (document,) = build_project(SOURCE, [release(made)]).documents
    assert (document.license, document.holders) == ("MIT", ("Copyright The Toy Team",))


def test_wheel_and_source_archive_say_the_same(tmp_path: Path) -> None:
    one = build_project(SOURCE, [release(wheel(tmp_path, "1.0"))])
    two = build_project(SOURCE, [release(sdist(tmp_path, "1.0"))])
    assert one.documents == two.documents
    assert one.digest == two.digest
    assert [a.name for a in two.archives] == ["toy-1.0.tar.gz"]


def test_versions_are_in_order_of_their_numbers(tmp_path: Path) -> None:
    releases = [release(wheel(tmp_path, v)) for v in ("1.10.0", "1.9.1")]
    index = build_project(SOURCE, releases)
    assert index.versions == ("1.9.1", "1.10.0")
    assert set(index.views[View.L1].masks.tolist()) == {3}
    assert version_order("4.41.2") > version_order("4.5")


@pytest.mark.parametrize("name", ["toy.zip", "toy-1.0.whl", "toy.tar.gz", "toy-1.0.tar.bz2"])
def test_other_files_are_no_archives(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(UsageError, match="is not a wheel"):
        release(tmp_path / name)


@pytest.mark.parametrize("name", ["toy-1.0-py3-none-any.whl", "toy-1.0.tar.gz"])
def test_a_damaged_archive_is_one_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(UsageError, match="cannot be read as an archive"):
        build_project(SOURCE, [release(tmp_path / name)])


def test_an_archive_without_known_code_is_said(tmp_path: Path) -> None:
    made = wheel(tmp_path, "1.0", {"toy/other.py": "x = 1\n"})
    with pytest.raises(UsageError, match="none of the files"):
        build_project(SOURCE, [release(made)])


def test_the_shipped_sources_name_holders_that_can_be_looked_for() -> None:
    from audit.licenses.holders import parties, statement_holder

    for source in code_sources().values():
        holder = statement_holder(source.holder, "")
        assert holder is not None, source.project
        assert parties(holder)
