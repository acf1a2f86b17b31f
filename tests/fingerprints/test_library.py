# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A library is its files: whatever stops or races an ``add``, it opens, and holds whole members."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from audit.errors import OutputError, UsageError
from audit.fingerprints import index
from audit.fingerprints.file import to_bytes
from audit.fingerprints.identify import IN_FULL, identify
from audit.fingerprints.index import entry
from audit.fingerprints.shelf import Library
from tests.fingerprints.models import known

NAMES = ("base", "stranger", "deep", "bert")


@pytest.fixture
def shelf(tmp_path: Path) -> Library:
    found = Library(tmp_path / "library")
    for name in NAMES:
        found.add(to_bytes(known(name)), name)
    return found


def test_what_was_added_is_there_once(shelf: Library) -> None:
    again, new = shelf.add(to_bytes(known("base")), "base")
    assert not new
    assert len(shelf.members()) == len(NAMES)
    assert {e.name for e in shelf.index().entries} == set(NAMES)
    assert shelf.find("base") == again.sha256 == shelf.find(again.sha256[:8])
    assert shelf.verify() == {}


def test_the_order_of_adding_leaves_no_trace(shelf: Library, tmp_path: Path) -> None:
    other = Library(tmp_path / "other")
    for name in reversed(NAMES):
        other.add(to_bytes(known(name)), name)
        other.index()
    shelf.index()
    mine, theirs = (
        {p.name: p.read_bytes() for p in one.folder.iterdir()} for one in (shelf, other)
    )
    assert mine == theirs


def test_names_that_mean_none_or_several_are_refused(shelf: Library) -> None:
    with pytest.raises(UsageError, match="No fingerprint is called nobody"):
        shelf.find("nobody")
    twin = known("base").header.model_copy(update={"released": "2020-02-02"})
    shelf.add(to_bytes(replace(known("base"), header=twin)), "base")
    with pytest.raises(UsageError, match="Several fingerprints are called base"):
        shelf.find("base")


@pytest.mark.parametrize("damage", [b"", b"rubbish", None])
def test_an_index_that_is_damaged_or_gone_is_made_again(
    shelf: Library, damage: bytes | None
) -> None:
    before = index.to_bytes(shelf.index())
    path = shelf.folder / "index.safetensors"
    if damage is None:
        path.unlink()
    else:
        path.write_bytes(damage)
    assert index.to_bytes(shelf.index()) == before
    assert path.read_bytes() == before


def test_a_damaged_member_is_named_and_stops_nothing(shelf: Library) -> None:
    victim = shelf.find("stranger")
    (shelf.folder / f"{victim}.fingerprint").write_bytes(b"half")
    (shelf.folder / "index.safetensors").unlink(missing_ok=True)
    assert list(shelf.verify()) == [victim]
    assert [bool(e.damaged) for e in shelf.index().entries].count(True) == 1
    with pytest.raises(UsageError, match="is not what was added"):
        shelf.read(victim)
    shelf.remove(victim)
    assert shelf.verify() == {}


def test_the_index_puts_relatives_first(shelf: Library) -> None:
    found = shelf.index()
    first = found.nearest(entry(known("fine-tune")), 1)
    assert found.entries[first[0]].name == "base"
    assert len(found.nearest(entry(known("fine-tune")), 99)) == len(NAMES)
    hidden = found.nearest(entry(known("permuted")), 2)
    assert "base" in {found.entries[place].name for place in hidden}


def test_a_flood_of_near_copies_hides_no_parent_and_names_nobody() -> None:
    """A thousand copies of an independent model, each a little changed, around one parent."""
    stranger, random = known("stranger"), np.random.default_rng(1)
    members = {"parent": known("base")}
    for number in range(1000):
        columns = stranger.arrays["columns"].astype(np.int16)
        near = np.clip(columns + random.integers(-3, 4, columns.shape), -127, 127)
        arrays = {**stranger.arrays, "columns": near.astype(np.int8)}
        members[f"{number}"] = replace(stranger, arrays=arrays, sha256=f"{number}")
    flooded = index.Index([replace(entry(f), sha256=name) for name, f in members.items()])
    places = flooded.nearest(entry(known("fine-tune")), IN_FULL)
    chosen = [flooded.entries[place].sha256 for place in places]
    answer = identify(known("fine-tune"), chosen, members.__getitem__, among=len(members))
    assert [c.sha256 for c in answer.related] == [known("base").sha256]
    assert len(answer.candidates) == IN_FULL
    alone = identify(known("independent"), chosen, members.__getitem__, among=len(members))
    assert not alone.related
    assert not alone.is_decided  # most were not tested


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    found = Library(tmp_path / "library")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left"):
        found.add(to_bytes(known("base")), "base")
    assert list(found.folder.iterdir()) == []


ADDING = """
import sys
from pathlib import Path
from audit.fingerprints.shelf import Library
shelf, data = Library(Path(sys.argv[1])), Path(sys.argv[2]).read_bytes()
print("ready", flush=True)
sys.stdin.readline()
for _ in range(int(sys.argv[3])):
    found, new = shelf.add(data, "x")
    shelf.index()
    if int(sys.argv[3]) > 1:
        shelf.remove(found.sha256)
"""


def _process(folder: Path, data: Path, times: int) -> "subprocess.Popen[str]":
    made = subprocess.Popen(
        [sys.executable, "-c", ADDING, folder, data, str(times)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert made.stdout is not None
    assert made.stdout.readline() == "ready\n"
    return made


def test_processes_that_add_at_once_lose_nothing(tmp_path: Path) -> None:
    running = []
    for name in (*NAMES, "base"):
        data = tmp_path / f"{name}.bytes"
        data.write_bytes(to_bytes(known(name)))
        running.append(_process(tmp_path / "library", data, 1))
    for process in running:
        process.communicate("go\n", timeout=60)
        assert process.returncode == 0
    found = Library(tmp_path / "library")
    assert {e.name for e in found.index().entries} == set(NAMES)
    assert found.verify() == {}


def test_a_killed_add_leaves_a_library_that_opens(shelf: Library, tmp_path: Path) -> None:
    data = tmp_path / "upcycled.bytes"
    data.write_bytes(to_bytes(known("upcycled")))
    for wait in (0.0, 0.003, 0.01, 0.03):
        with _process(shelf.folder, data, 10_000) as process:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
            time.sleep(wait)
            process.send_signal(signal.SIGKILL)
        assert shelf.verify() == {}
        assert set(NAMES) <= {e.name for e in shelf.index().entries} <= {*NAMES, "upcycled"}
