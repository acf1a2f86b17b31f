# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A folder may say which commit it is; what it says is never more than 40 digits of it."""

from pathlib import Path

import pytest

from audit.inventory.revision import stated_revision as stated
from audit.record.files import Revision
from audit.sources.folder import Folder

A, B = "a1" * 20, "b2" * 20


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def stated_revision(root: Path) -> Revision | None:
    folder = Folder(root, "model")
    return stated(folder, {entry.path: entry for entry in folder.listing().entries})


def note(commit: str) -> str:
    return f"{commit}\netag\n1700000000.0\n"


NOTES = ".cache/huggingface/download"


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"README.md": "x"}, None),
        ({".git/HEAD": A + "\n"}, Revision(commit=A, origin=".git/HEAD")),
        (
            {".git/HEAD": "ref: refs/heads/main\n", ".git/refs/heads/main": A + "\n"},
            Revision(commit=A, origin=".git/HEAD"),
        ),
        (
            {".git/HEAD": "ref: refs/heads/main\n", ".git/packed-refs": f"{B} refs/heads/main\n"},
            Revision(commit=B, origin=".git/HEAD"),
        ),
        ({".git/HEAD": "ref: refs/heads/../../../secret\n"}, None),
        ({".git/HEAD": "<script>"}, None),
        ({".git": "gitdir: elsewhere"}, None),
        (
            {f"{NOTES}/a.metadata": note(A), f"{NOTES}/b.metadata": note(A)},
            Revision(commit=A, origin="the hub's notes of the download"),
        ),
        ({f"{NOTES}/a.metadata": note(A), f"{NOTES}/b.metadata": note(B)}, None),
    ],
)
def test_what_a_folder_says(tmp_path: Path, files: dict[str, str], found: Revision | None) -> None:
    assert stated_revision(write(tmp_path, files)) == found


def test_the_hubs_cache_names_the_folder_after_it(tmp_path: Path) -> None:
    folder = write(tmp_path / "models--a--b" / "snapshots" / A, {"README.md": "x"})
    found = stated_revision(folder)
    assert found is not None
    assert found.commit == A


def test_links_are_not_followed(tmp_path: Path) -> None:
    elsewhere = write(tmp_path / "elsewhere", {"HEAD": A})
    folder = write(tmp_path / "model", {"README.md": "x"})
    (folder / ".git").symlink_to(elsewhere)
    assert stated_revision(folder) is None
    (folder / ".git").unlink()
    (folder / ".git").mkdir()
    (folder / ".git" / "HEAD").symlink_to(elsewhere / "HEAD")
    assert stated_revision(folder) is None
