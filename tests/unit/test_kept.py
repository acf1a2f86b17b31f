# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The folder of what is kept is open once for a command, and for no longer."""

from pathlib import Path

import pytest

from audit.kept import _HELD, Kept, held_open


def test_a_command_opens_a_folder_once(tmp_path: Path) -> None:
    with held_open():
        with Kept(tmp_path) as first:
            first.put("a", b"1")
        with Kept(tmp_path) as second, Kept(tmp_path / "other") as other:
            assert second._cache is first._cache
            assert other._cache is not first._cache
            assert second.get("a") == b"1"
            assert other.get("a") is None
    assert _HELD == []
    with Kept(tmp_path) as later:
        assert later._cache is not first._cache
        assert later.get("a") == b"1"


def test_it_is_closed_whatever_became_of_the_command(tmp_path: Path) -> None:
    seen: list[Kept] = []

    def command() -> None:
        with held_open(), Kept(tmp_path) as kept:
            kept.put("a", b"1")
            seen.append(kept)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        command()
    assert getattr(seen[0]._cache._local, "con", None) is None
    assert _HELD == []


def test_another_limit_is_another_opening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with held_open(), Kept(tmp_path) as first:
        monkeypatch.setenv("AUDIT_CACHE_LIMIT", str(1 << 20))
        with Kept(tmp_path) as second:
            assert second._cache is not first._cache
        monkeypatch.setenv("AUDIT_CACHE_LIMIT", "0")
        with Kept(tmp_path) as third:
            assert not third.keeps


def test_a_folder_that_cannot_be_opened_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("a file")
    with held_open():
        with Kept(tmp_path / "kept") as kept:
            assert kept.failed
        (tmp_path / "kept").unlink()
        with Kept(tmp_path / "kept") as kept:
            assert kept.keeps
