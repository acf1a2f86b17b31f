# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""An index on disk holds hashes only, is the same each time, and is checked when read."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from audit.code.fingerprint import View, prints
from audit.code.index import Archive, Document, FileKeys, Index, build, load, to_files
from audit.code.shelf import write
from audit.code.similarity import hits, holding_versions, label, query
from audit.code.tokens import read_source
from audit.errors import UsageError
from tests.unit.code.mutations import ORIGINAL

OTHER = ORIGINAL.replace("hidden_states", "activations")


def entry(text: str, path: str = "models/toy/modeling_toy.py", version: int = 0) -> FileKeys:
    source = read_source(text)
    return FileKeys(
        document=Document(path=path, license="MIT", holders=("Copyright 2020 A",)),
        version=version,
        keys={view: prints(source, view).keys for view in View},
    )


def sample() -> Index:
    archive = Archive(version="1.0", name="toy-1.0.tar.gz", sha256="0" * 64)
    rows = [entry(ORIGINAL), entry(ORIGINAL, version=1), entry(OTHER, version=2)]
    return build("toy", ("1.0", "1.1", "2.0"), rows, archives=(archive,))


def test_what_is_written_is_read(tmp_path: Path) -> None:
    made = sample()
    write(tmp_path, "toy", made)
    read = load(tmp_path, "toy")
    assert (read.project, read.versions, read.archives) == ("toy", made.versions, made.archives)
    assert read.documents == made.documents
    assert read.digest == made.digest
    for view in View:
        for name in ("keys", "starts", "documents", "masks"):
            one, two = getattr(made.views[view], name), getattr(read.views[view], name)
            assert np.array_equal(one, two)


def test_the_order_of_entries_changes_no_byte() -> None:
    rows = [entry(ORIGINAL, path=p) for p in ("b.py", "a.py")]
    one, two = (to_files(build("x", ("1",), r), "x") for r in (rows, rows[::-1]))
    assert one == two


def test_no_code_is_in_it(tmp_path: Path) -> None:
    write(tmp_path, "toy", sample())
    held = b""
    for path in tmp_path.iterdir():
        with zipfile.ZipFile(path) as stored:
            held += b"".join(stored.read(name) for name in stored.namelist())
    for word in (b"hidden_states", b"Attention", b"forward"):
        assert word not in held


def test_versions_that_hold_a_file_are_told_apart() -> None:
    made = sample()
    for text, versions, words in (
        (ORIGINAL, ("1.0", "1.1"), "up to 1.1"),
        (OTHER, ("2.0",), "since 2.0"),
    ):
        wanted = query(entry(text).keys[View.L1], View.L1, [made])
        held = holding_versions(wanted, hits(wanted, made), 0, made.versions)
        assert held == versions
        assert label(made, made.documents[0].path, held) == f"the toy family of toy, {words}"


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04", b"not an index", None])
def test_a_damaged_index_is_one_sentence(tmp_path: Path, damage: bytes | None) -> None:
    write(tmp_path, "toy", sample())
    file = tmp_path / "toy.L2.npz"
    data = file.read_bytes()
    file.write_bytes(data[: len(data) // 2] if damage is None else damage)
    with pytest.raises(UsageError, match="toy is not an index"):
        load(tmp_path, "toy")


def test_two_files_that_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "toy", sample())
    other = to_files(build("other", ("1",), [entry(OTHER)]), "toy")
    (tmp_path / "toy.L2.npz").write_bytes(other["toy.L2.npz"])
    with pytest.raises(UsageError, match="is not an index"):
        load(tmp_path, "toy")


def test_a_pickle_is_not_loaded(tmp_path: Path) -> None:
    np.savez(tmp_path / "toy.L1.npz", header=np.array([{"a": 1}], dtype=object))
    with pytest.raises(UsageError, match="is not an index"):
        load(tmp_path, "toy")


def test_an_index_that_lies_about_its_documents_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "toy", sample())
    with zipfile.ZipFile(tmp_path / "toy.L1.npz") as honest:
        members = {name: honest.read(name) for name in honest.namelist()}
    members["documents.npy"] = members["documents.npy"][:-1] + b"\x7f"
    with zipfile.ZipFile(tmp_path / "toy.L1.npz", "w") as stored:
        for name, data in members.items():
            stored.writestr(name, data)
    with pytest.raises(UsageError, match="is not an index"):
        load(tmp_path, "toy")


def test_too_many_versions_are_refused() -> None:
    with pytest.raises(UsageError, match="at most 16"):
        build("toy", tuple(map(str, range(17))), [])
