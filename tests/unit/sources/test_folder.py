# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What is read is what was listed: no link, no pipe, no file swapped meanwhile, no name lost."""

import os
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from audit.errors import ExitCode, WeightsChangedError
from audit.inventory import Inventory, take_inventory
from audit.licenses.history import earlier_licenses
from audit.licenses.legal_text import LegalText, read_text
from audit.pipeline import run
from audit.progress import Advance
from audit.record.absent import Absent
from audit.record.files import Unread
from audit.record.licenses import Unscanned
from audit.record.weights import Relation
from audit.request import Request
from audit.sources.folder import Folder
from audit.sources.interface import Entry
from audit.unreadable import ChangedError, NotReadableError
from audit.weights.comparison import compare
from audit.weights.model.checkpoint import Checkpoint
from audit.weights.model.vocabulary import token_ids
from tests.unit.weights.models import llama, save

FILE = "model.safetensors"


def listed(root: Path) -> tuple[Folder, dict[str, Entry]]:
    folder = Folder(root, "x")
    return folder, {entry.path: entry for entry in folder.listing().entries}


def why(root: Path, folder: Folder, entry: Entry) -> str:
    del root
    with pytest.raises(NotReadableError) as caught, folder.opened(entry):
        pytest.fail("it was opened")
    return caught.value.reason


def rename_over(path: Path, content: bytes) -> None:
    (path.parent / "new").write_bytes(content)
    (path.parent / "new").replace(path)


def rewrite(path: Path, content: bytes) -> None:
    """Write in place and put the times back, which leaves size, inode and mtime as they were."""
    before = path.stat()
    with path.open("r+b") as file:
        file.write(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def replace(path: Path, content: bytes) -> None:
    before = path.stat()
    path.unlink()
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def swap_back(path: Path, content: bytes) -> None:
    """Let another file bear the name for a moment."""
    path.rename(path.parent / "kept")
    path.write_bytes(content)
    (path.parent / "kept").replace(path)


SWAPS = (rename_over, rewrite, replace, swap_back)


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Inventory, Inventory, bytes]:
    """A copy, its origin, and another model's file of the same size."""
    save(tmp_path / "other", llama(2))
    suspect, origin = save(tmp_path / "suspect", llama(1)), save(tmp_path / "origin", llama(1))
    return suspect, origin, (tmp_path / "other" / FILE).read_bytes()


@pytest.mark.parametrize("swap", SWAPS)
def test_weights_swapped_after_they_were_digested_are_not_compared(
    tmp_path: Path, pair: tuple[Inventory, Inventory, bytes], swap: Callable[[Path, bytes], None]
) -> None:
    suspect, origin, other = pair
    swap(tmp_path / "suspect" / FILE, other)
    with pytest.raises(WeightsChangedError, match=FILE) as caught:
        compare(suspect, origin)
    assert caught.value.exit_code is ExitCode.ERROR
    assert caught.value.advice == "Audit a folder that nobody writes to."


@pytest.mark.parametrize("swap", SWAPS)
def test_no_moment_of_a_swap_yields_another_answer(
    tmp_path: Path,
    pair: tuple[Inventory, Inventory, bytes],
    swap: Callable[[Path, bytes], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    suspect, origin, other = pair
    left = random.Random(swap.__name__).randrange(1, 60)
    piece = Checkpoint.piece

    def meddling(self: Checkpoint, path: str, offset: int, count: int) -> bytearray:
        nonlocal left
        left -= 1
        if not left:
            swap(tmp_path / "suspect" / FILE, other)
        return piece(self, path, offset, count)

    monkeypatch.setattr(Checkpoint, "piece", meddling)
    with pytest.raises(WeightsChangedError):
        assert compare(suspect, origin).relation is Relation.COPY
    assert left <= 0


class _SwapsBeforeComparing:
    """A progress display: once the files are hashed and the licences read, another is put there."""

    def __init__(self, swap: Callable[[], None]) -> None:
        self.swap = swap

    @contextmanager
    def task(self, description: str, total: int | None) -> Iterator[Advance]:
        if description.startswith("Comparing"):
            self.swap()
        yield lambda _: None


def test_a_whole_audit_ends_when_its_weights_are_swapped(
    tmp_path: Path, pair: tuple[Inventory, Inventory, bytes]
) -> None:
    """Before, it said PASS under the digest of the copy, was signed, and verified."""
    file = tmp_path / "suspect" / FILE
    request = Request.of(str(file.parent), against=[str(tmp_path / "origin")])
    with pytest.raises(WeightsChangedError):
        run(request, _SwapsBeforeComparing(lambda: rename_over(file, pair[2])))


def test_nothing_swapped_is_a_copy(pair: tuple[Inventory, Inventory, bytes]) -> None:
    assert compare(*pair[:2]).relation is Relation.COPY


def test_a_vocabulary_swapped_meanwhile_ends_the_comparison(tmp_path: Path) -> None:
    (tmp_path / "vocab.txt").write_text("a\nb\n")
    found = take_inventory(Folder(tmp_path, "x"))
    assert token_ids(found, ".") == {"a": 0, "b": 1}
    rewrite(tmp_path / "vocab.txt", b"b\na\n")
    with pytest.raises(WeightsChangedError, match=r"vocab\.txt"):
        token_ids(found, ".")


@pytest.mark.parametrize("swap", SWAPS)
def test_a_text_swapped_meanwhile_is_a_reason(
    tmp_path: Path, swap: Callable[[Path, bytes], None]
) -> None:
    (tmp_path / "LICENSE").write_text("one")
    found = take_inventory(Folder(tmp_path, "x"))
    swap(tmp_path / "LICENSE", b"two")
    (artifact,) = found.artifacts
    expected = Unscanned(path="LICENSE", reason="it changed while the audit ran")
    assert read_text(found, artifact) == expected


def test_a_file_that_became_a_pipe_holds_nothing_up(tmp_path: Path) -> None:
    (tmp_path / "LICENSE").write_text("one")
    found = take_inventory(Folder(tmp_path, "x"))
    (tmp_path / "LICENSE").unlink()
    os.mkfifo(tmp_path / "LICENSE")
    assert isinstance(found.reread(found.artifacts[0], 10), Unread)


def test_vanished_and_linked_files_are_noticed(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    folder, entries = listed(tmp_path)
    (tmp_path / "a").rename(tmp_path / "moved")
    assert "vanished" in why(tmp_path, folder, entries["a"])
    (tmp_path / "a").symlink_to("moved")
    assert "became a link" in why(tmp_path, folder, entries["a"])


def test_a_folder_on_the_way_that_became_a_link_is_not_followed(tmp_path: Path) -> None:
    inner = tmp_path / "model" / "deep" / "deeper"
    inner.mkdir(parents=True)
    (inner / "a").write_text("x")
    folder, entries = listed(tmp_path / "model")
    (tmp_path / "model" / "deep").rename(tmp_path / "elsewhere")
    (tmp_path / "model" / "deep").symlink_to(tmp_path / "elsewhere")
    assert (inner / "a").read_text() == "x"  # the same file, by another way
    why(tmp_path, folder, entries["deep/deeper/a"])


def test_a_link_inside_is_read_and_one_to_the_hubs_blobs_is(tmp_path: Path) -> None:
    root = tmp_path / "models--a--b" / "snapshots" / ("a1" * 20)
    (root / "sub").mkdir(parents=True)
    (tmp_path / "models--a--b" / "blobs").mkdir()
    (tmp_path / "models--a--b" / "blobs" / "7f").write_text("blob")
    (root / "sub" / "weights").symlink_to("../../../blobs/7f")
    (root / "plain").write_text("plain")
    (root / "link").symlink_to("plain")
    folder, entries = listed(root)
    read = {path: folder.content(entry, 9).decode() for path, entry in entries.items()}
    assert read == {"link": "plain", "plain": "plain", "sub/weights": "blob"}


def test_a_licence_under_an_escaped_name_is_read(tmp_path: Path) -> None:
    """A folder with a zero-width space in its name hid the licence in it from the scan."""
    folder = tmp_path / "model\u200bs"
    folder.mkdir()
    (folder / "LICENSE").write_text("MIT License")
    found = take_inventory(Folder(tmp_path, "x"))
    (artifact,) = found.artifacts
    assert artifact.path == "model\\xe2\\x80\\x8bs/LICENSE"
    text = read_text(found, artifact)
    assert isinstance(text, LegalText)
    assert text.text == "MIT License"


@pytest.mark.skipif(shutil.which("git") is None, reason="git makes the repository")
def test_a_licence_under_an_escaped_name_is_the_same_in_the_history(tmp_path: Path) -> None:
    (tmp_path / "LICENSE\u200b").write_text("MIT License")
    name = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "one"], ["tag", "v1"]):
        subprocess.run(["git", *name, *command], cwd=tmp_path, check=True, capture_output=True)
    found = earlier_licenses(take_inventory(Folder(tmp_path, "x")))
    assert (found.tag, found.unchanged, found.texts) == ("v1", 1, ())


@pytest.mark.parametrize("name", ["objects/pack/a.idx", "refs/tags/v2", "packed-refs", "HEAD"])
def test_a_pipe_in_the_history_is_a_reason(tmp_path: Path, name: str) -> None:
    (tmp_path / ".git" / "refs" / "tags").mkdir(parents=True)
    (tmp_path / ".git" / "objects" / "pack").mkdir(parents=True)
    (tmp_path / ".git" / "refs" / "tags" / "v1").write_text("a1" * 20)
    (tmp_path / ".git" / "config").write_text("")
    os.mkfifo(tmp_path / ".git" / name)
    found = take_inventory(Folder(tmp_path, "x"))
    assert found.revision is None
    assert earlier_licenses(found).reason == "the git history was not read: it is damaged"


def test_a_link_among_the_folders_of_git_leads_nowhere(tmp_path: Path) -> None:
    """``.git/refs`` as a link made the commit of another clone this folder's revision."""
    outside = tmp_path / "private" / "heads"
    outside.mkdir(parents=True)
    (outside / "main").write_text("b2" * 20)
    (tmp_path / "model" / ".git").mkdir(parents=True)
    (tmp_path / "model" / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (tmp_path / "model" / ".git" / "refs").symlink_to(tmp_path / "private")
    folder = Folder(tmp_path / "model", "x")
    assert take_inventory(folder).revision is None
    with pytest.raises(NotReadableError, match="a link, not followed"):
        folder.find(".git/refs/heads/main")
    assert [item.reason for item in folder.below(".git/refs").unread] == ["a link, not followed"]


@pytest.mark.parametrize("path", ["../x", ".git/../../x", ".git/refs/.."])
def test_no_path_leads_up(tmp_path: Path, path: str) -> None:
    (tmp_path / "x").write_text("secret")
    (tmp_path / "model" / ".git").mkdir(parents=True)
    with pytest.raises(NotReadableError):
        Folder(tmp_path / "model", "x").find(path)


def test_what_is_not_there_is_absent(tmp_path: Path) -> None:
    folder = Folder(tmp_path, "x")
    assert isinstance(folder.find(".git/HEAD"), Absent)
    assert folder.below(".git/refs/tags").entries == ()


def test_reads_are_bounded_counted_and_exact(tmp_path: Path) -> None:
    data = random.Random(0).randbytes(300_000)
    (tmp_path / "a").write_bytes(data)
    folder, entries = listed(tmp_path)
    with folder.opened(entries["a"]) as access:
        for offset, count in [(0, 8), (65_530, 12), (65_536, 65_536), (10, 250_000), (7, 0)]:
            assert access.read_at(offset, count) == data[offset : offset + count]
        assert access.bytes_read == 8 + 12 + 65_536 + 250_000
        stream = access.stream()
        stream.seek(299_000)
        assert stream.read() == data[299_000:]
        for offset, count in [(299_990, 11), (300_000, 1), (100_000, 200_001)]:
            with pytest.raises(ChangedError):
                access.read_at(offset, count)


def test_no_more_blocks_are_kept_than_said(tmp_path: Path) -> None:
    data = bytes(200) * 20_000
    (tmp_path / "a").write_bytes(data)
    folder, entries = listed(tmp_path)
    with folder.opened(entries["a"]) as access:
        for offset in range(0, len(data) - 8, 50_000):
            access.read_at(offset, 8)
        assert len(access._blocks) == 32
