# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A folder of results appears whole or not at all."""

import errno
import os
import stat
from pathlib import Path

import pytest

from audit.errors import OutputError, UsageError
from audit.output import check_destination, write_folder

FILES = {"a.json": b"{}", "b.pdf": b"%PDF" * 1000}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_writes_every_file_and_nothing_else(tmp_path: Path) -> None:
    write_folder(tmp_path / "out", FILES)
    assert {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()} == FILES
    assert names(tmp_path) == ["out"]


def test_modes_are_the_users_own(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_folder(tmp_path / "out", FILES)
    finally:
        assert os.umask(before) == 0o027
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o750
    assert stat.S_IMODE((tmp_path / "out" / "a.json").stat().st_mode) == 0o640


def test_an_empty_folder_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    write_folder(check_destination(tmp_path / "out"), FILES)
    assert names(tmp_path / "out") == ["a.json", "b.pdf"]


def test_missing_parents_are_made(tmp_path: Path) -> None:
    write_folder(check_destination(tmp_path / "x" / "y" / "out"), FILES)
    assert names(tmp_path / "x" / "y" / "out") == ["a.json", "b.pdf"]


def test_a_folder_in_use_is_refused_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="not empty; nothing is ever overwritten"):
        check_destination(tmp_path / "out")


def test_a_folder_that_came_into_use_is_refused_at_the_end(tmp_path: Path) -> None:
    destination = check_destination(tmp_path / "out")
    destination.mkdir()
    (destination / "theirs.txt").write_text("theirs")
    with pytest.raises(UsageError, match="came into use"):
        write_folder(destination, FILES)
    assert names(tmp_path) == ["out"]
    assert names(destination) == ["theirs.txt"]


def test_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")
    with pytest.raises(UsageError, match="is a file"):
        check_destination(tmp_path / "out")


def test_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="Not a directory"):
        check_destination(tmp_path / "file" / "out")


@pytest.mark.parametrize("out", [".", "sub", "a/b/c"])
def test_inside_the_audited_folder_is_refused(tmp_path: Path, out: str) -> None:
    target = tmp_path / "target"
    target.mkdir()
    with pytest.raises(UsageError, match="lies inside target"):
        check_destination(target / out, not_inside=(target.resolve(),))


def test_inside_the_audited_folder_through_a_link_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    (tmp_path / "link").symlink_to(target)
    with pytest.raises(UsageError, match="lies inside target"):
        check_destination(tmp_path / "link" / "out", not_inside=(target.resolve(),))


def test_a_mount_point_is_refused_with_advice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "is_mount", lambda self: self.name == "out")
    with pytest.raises(UsageError, match="mount point") as caught:
        check_destination(tmp_path / "out")
    assert "out/report" in caught.value.advice


@pytest.mark.parametrize(("code", "word"), [(os.ST_RDONLY, "Read-only"), (0, "Permission")])
def test_no_permission_is_known_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, word: str
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    monkeypatch.setattr(os, "statvfs", lambda _: os.statvfs_result([0] * 8 + [code, 255]))
    with pytest.raises(OutputError, match=word):
        check_destination(tmp_path / "out")


def test_checking_writes_nothing(tmp_path: Path) -> None:
    check_destination(tmp_path / "x" / "out")
    assert names(tmp_path) == []


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_a_failing_disk_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    written = []

    def fsync(descriptor: int) -> None:
        written.append(descriptor)
        if len(written) == 2:
            raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OutputError, match="Nothing was left behind"):
        write_folder(tmp_path / "x" / "out", FILES)
    assert names(tmp_path) == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError, RuntimeError])
def test_whatever_interrupts_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    def replace(*_: object) -> None:
        raise error

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(error):
        write_folder(tmp_path / "x" / "out", FILES)
    assert names(tmp_path) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_real_folder_without_permission(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(OutputError, match="Permission denied"):
            check_destination(tmp_path / "out")
    finally:
        tmp_path.chmod(0o700)
