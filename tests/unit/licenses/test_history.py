# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The licence at the last tag is read without running git; what cannot be read is said.

The repositories are made with git itself, where it is installed; the reader never uses it.
"""

import os
import shutil
import struct
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from audit.licenses.git_objects import GitError, GitObject, Repository
from audit.licenses.history import earlier_licenses
from audit.sources.folder import Folder
from tests.unit.checks.cases import case, findings, inventory, release
from tests.unit.checks.mutations import license_text

MIT = (Path(__file__).parents[2] / "repos" / "clean-mit" / "repo" / "LICENSE").read_text()
CARD = "---\nlicense: mit\n---\n# A toy\n"
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git makes the repositories")


def git(folder: Path, *arguments: str, date: int = 1_700_000_000) -> None:
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_DATE": f"{date} +0000", "GIT_COMMITTER_DATE": f"{date} +0000",
    }  # fmt: skip
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
    subprocess.run(
        ["git", *identity, *arguments], cwd=folder, env=environment, check=True, capture_output=True
    )


def tagged(folder: Path, text: str = MIT, *, packed: bool = False, annotated: bool = False) -> Path:
    """Return a release with ``text`` as LICENSE at the tag v1 and a later commit."""
    release(folder, {"README.md": CARD, "LICENSE": text})
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "one")
    git(folder, "tag", *(["-a", "-m", "v1"] if annotated else []), "v1")
    (folder / "LICENSE").write_text(text + "\n# a later edit that is in the history\n")
    git(folder, "commit", "-q", "-a", "-m", "two", date=1_700_001_000)
    if packed:
        git(folder, "gc", "-q", "--aggressive", "--prune=now")
    (folder / "LICENSE").write_text(text)
    return folder


@needs_git
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("annotated", [False, True])
def test_the_same_licence_is_no_finding(tmp_path: Path, *, packed: bool, annotated: bool) -> None:
    subject = case(tagged(tmp_path / "r", packed=packed, annotated=annotated))
    history = subject.licenses.history
    assert (history.tag, history.unchanged, history.earlier, history.reason) == ("v1", 1, (), None)
    assert "LIC009" not in findings(subject)


@needs_git
@pytest.mark.parametrize("packed", [False, True])
def test_another_licence_is_a_finding(tmp_path: Path, *, packed: bool) -> None:
    folder = tagged(tmp_path / "r", license_text("apache-2.0"), packed=packed)
    (folder / "LICENSE").write_text(MIT)
    (finding,) = findings(case(folder))["LIC009"]
    assert (finding.severity, finding.status) == ("medium", "violated")
    assert "At the tag v1 LICENSE held Apache-2.0; the release now holds MIT" in finding.message


@needs_git
def test_the_same_licence_in_other_words_is_no_finding(tmp_path: Path) -> None:
    folder = tagged(tmp_path / "r", MIT.replace("2026", "2024"))
    (folder / "LICENSE").write_text(MIT)
    subject = case(folder)
    assert [c.expression for c in subject.licenses.history.earlier] == ["MIT"]
    assert "LIC009" not in findings(subject)


@needs_git
def test_a_text_that_is_not_identified_leaves_it_open(tmp_path: Path) -> None:
    folder = tagged(tmp_path / "r", "You may do what the author allows by letter. " * 20)
    (folder / "LICENSE").write_text(MIT)
    (finding,) = findings(case(folder))["LIC009"]
    assert (finding.severity, finding.status) == ("low", "undetermined")


@needs_git
def test_the_newest_tag_counts(tmp_path: Path) -> None:
    folder = tagged(tmp_path / "r")
    git(folder, "tag", "a-newer-one", date=1_700_001_000)
    assert case(folder).licenses.history.tag == "a-newer-one"


@needs_git
def test_nothing_of_the_repository_is_run(tmp_path: Path) -> None:
    folder, mark = tagged(tmp_path / "r"), tmp_path / "ran"
    script = tmp_path / "hook"
    script.write_text(f"#!/bin/sh\ntouch {mark}\n")
    script.chmod(0o755)
    with (folder / ".git" / "config").open("a") as config:
        config.write(
            f"[core]\n\tfsmonitor = {script}\n\thooksPath = {tmp_path}\n\tpager = {script}\n"
        )
    assert case(folder).licenses.history.tag == "v1"
    assert not mark.exists()


def broken(folder: Path, change: Callable[[Path], object]) -> str:
    tagged(folder)
    change(folder / ".git")
    reason = earlier_licenses(inventory(folder)).reason
    assert reason is not None
    return reason


def _bomb(path: Path) -> None:
    for loose in (path / "objects").glob("??/*"):
        loose.chmod(0o644)
        loose.write_bytes(zlib.compress(b"commit 9\0" + bytes(64 * 1024 * 1024)))


def _outside(path: Path) -> None:
    shutil.move(path, path.parent.parent / "elsewhere")
    path.symlink_to(path.parent.parent / "elsewhere")


def _pointer(path: Path) -> None:
    shutil.rmtree(path)
    path.write_text("gitdir: ../elsewhere\n")


def _truncate(path: Path) -> None:
    for loose in (path / "objects").glob("??/*"):
        loose.chmod(0o644)
        loose.write_bytes(loose.read_bytes()[:9])


@needs_git
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_bomb, "too large"),
        (_outside, "outside the folder"),
        (_pointer, "outside the folder"),
        (_truncate, "cut short"),
        (lambda p: (p / "objects" / "info").mkdir(exist_ok=True)
         or (p / "objects" / "info" / "alternates").write_text("/x\n"), "outside the folder"),
        (lambda p: shutil.rmtree(p / "objects"), "not there"),
        (lambda p: (p / "refs" / "tags" / "v1").write_text("f" * 64), "SHA-1"),
        (lambda p: (p / "refs" / "tags" / "v1").write_text("no"), "SHA-1"),
        (lambda p: (p / "refs" / "tags" / "v1").unlink(), "no tags"),
        (lambda p: (p / "packed-refs").symlink_to(p.parent.parent / "x"), "outside the folder"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_a_reason(
    tmp_path: Path, change: Callable[[Path], object], words: str
) -> None:
    (tmp_path / "x").write_text("")
    assert words in broken(tmp_path / "r", change)


def test_without_a_history_there_is_a_reason(tmp_path: Path) -> None:
    found = earlier_licenses(inventory(release(tmp_path / "r", {"README.md": CARD})))
    assert found.reason == "the folder has no git history"


def entry(number: int, data: bytes, size: int | None = None) -> bytes:
    length = len(data) if size is None else size
    head = bytearray([number << 4 | length & 15])
    length >>= 4
    while length:
        head[-1] |= 0x80
        head.append(length & 0x7F)
        length >>= 7
    return bytes(head) + zlib.compress(data)


def one_object(folder: Path, body: bytes) -> GitObject:
    """Read the first object of a pack made by hand, under the name of twenty ones."""
    pack = folder / ".git" / "objects" / "pack"
    pack.mkdir(parents=True)
    (pack / "a.pack").write_bytes(b"PACK" + struct.pack(">II", 2, 1) + body)
    fan = struct.pack(">256I", *([0] * 1 + [1] * 255))
    names = b"\x01" * 20
    index = b"\xfftOc\x00\x00\x00\x02" + fan + names + bytes(4) + struct.pack(">I", 12) + bytes(40)
    (pack / "a.idx").write_bytes(index)
    with Repository(Folder(folder, "x")) as repository:
        return repository.get("01" * 20)


def test_a_packed_object_is_read(tmp_path: Path) -> None:
    assert one_object(tmp_path, entry(3, b"hello")) == GitObject(kind="blob", data=b"hello")


@pytest.mark.parametrize(
    "body",
    [
        entry(3, b"hello", size=1 << 40),
        entry(3, bytes(1 << 20), size=10),
        bytes([7 << 4 | 5]) + b"\x01" * 20 + zlib.compress(b"\x05\x05\x90\x05\x00"),
        bytes([6 << 4 | 5]) + b"\x00" + zlib.compress(b"abcde"),
        bytes([6 << 4 | 5]) + b"\x7f" + zlib.compress(b"abcde"),
        entry(5, b"hello"),
        b"\xff" * 3,
        b"",
    ],
    ids=["stated too large", "bomb", "itself as base", "no distance", "before the start",
         "unknown type", "cut", "empty"],
)  # fmt: skip
def test_hostile_packs_are_refused(tmp_path: Path, body: bytes) -> None:
    with pytest.raises((GitError, LookupError, ValueError, zlib.error)):
        one_object(tmp_path, body)
