# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What the user names is a readable folder, or one clear sentence."""

import os
import tempfile
from pathlib import Path

import pytest

from audit.errors import ExitCode, UsageError
from audit.sources.names import resolve


def named(spec: str) -> tuple[Path, str]:
    """Return where a source lies, and its name."""
    found = resolve(spec)
    return Path(*found.place), found.name


def refusal(spec: str) -> str:
    with pytest.raises(UsageError) as caught:
        resolve(spec)
    assert caught.value.exit_code is ExitCode.USAGE
    assert caught.value.advice
    assert "\n" not in caught.value.message
    return caught.value.message


def test_folder_has_its_own_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "model"
    (folder / "sub").mkdir(parents=True)
    expected = (folder.resolve(), "model")
    assert named(str(folder)) == expected
    assert named(f"{folder}/") == expected
    assert named(f"{folder}/sub/..") == expected
    monkeypatch.chdir(folder)
    assert named(".") == expected
    monkeypatch.setenv("HOME", str(tmp_path))
    assert named("~/model") == expected


def test_link_to_a_folder_is_that_folder(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    assert named(str(tmp_path / "link")) == ((tmp_path / "real").resolve(), "real")


def test_root_of_the_file_system_has_a_name() -> None:
    assert named("/") == (Path("/"), "root")


@pytest.mark.parametrize("spec", ["", "  ", "a\0b"])
def test_nothing_named(spec: str) -> None:
    assert refusal(spec) == "No folder was named."


def test_file_missing_and_hub_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("x")
    Path("dangling").symlink_to("nowhere")
    Path("loop").symlink_to("loop")
    assert refusal("file").startswith("file is a file, not a folder, and no weight file (.safe")
    assert refusal("file/x") == (
        "There is no folder file/x. file/x is not on this machine, and this run is offline."
    )
    assert refusal("missing") == "There is no folder missing."
    assert refusal("dangling") == "dangling is a link that leads nowhere."
    assert "loop" in refusal("loop")
    assert refusal("owner/name@main").endswith("and this run is offline.")
    assert refusal("https://user:s3cret@hub.example/owner/name?token=s3cret") == (
        "https://hub.example/owner/name is no address of a model on the hub."
    )
    assert refusal("hf://datasets/owner/name") == (
        "hf://datasets/owner/name is not a model but a dataset."
    )


@pytest.mark.parametrize("spec", ["~no-such-user-here/x", "x" * 300, "\udcff", "a\nb\x1b[31m"])
def test_hostile_names_get_one_line(spec: str) -> None:
    assert "\x1b" not in refusal(spec)


def test_name_that_is_not_utf8_is_escaped(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"m\xff")
    try:
        folder.mkdir()
    except OSError:
        pytest.skip("this file system refuses names that are not UTF-8")
    assert resolve(str(folder)).name == "m\\xff"


@pytest.mark.parametrize("mode", [0, 0o300, 0o600])
def test_folder_that_may_not_be_read(mode: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        folder = Path(place) / "closed"
        folder.mkdir()
        (folder / "inner").mkdir()
        folder.chmod(mode)
        me = os.geteuid()
        if me == 0:
            os.seteuid(65534)
        try:
            assert "permission denied" in refusal(str(folder / "inner" if mode else folder))
        finally:
            if me == 0:
                os.seteuid(0)
            folder.chmod(0o755)
