# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Which files speak for the release."""

from pathlib import Path

import pytest

from audit.inventory import take_inventory
from audit.licenses.release_files import is_release_license, is_release_metadata, own_folders
from audit.sources.folder import Folder

WHEEL = frozenset({".", "toy/model", "toy-1.dist-info"})


@pytest.mark.parametrize(
    "path",
    [
        "LICENSE",
        "LICENCE.txt",
        "COPYING",
        "LICENSE-MIT",
        "UNLICENSE",
        "LICENSE/LICENSE.txt",
        "toy/model/LICENSE.md",
        "toy-1.dist-info/LICENSE",
        "toy-1.dist-info/licenses/LICENSE",
    ],
)
def test_these_speak_for_the_release(path: str) -> None:
    assert is_release_license(path, WHEEL)


@pytest.mark.parametrize(
    "path",
    [
        "NOTICE",
        "third_party/LICENSE",
        "LICENSE-3rd-party.txt",
        "LICENSE-THIRD-PARTY",
        "LICENSES/GPL-3.0-only.txt",
        "toy-1.dist-info/licenses/vendored/LICENSE",
        "toy/LICENSE",
        "USE_POLICY.md",
        "README.md",
    ],
)
def test_these_do_not(path: str) -> None:
    assert not is_release_license(path, WHEEL)


def test_own_folders_of_an_unpacked_wheel(tmp_path: Path) -> None:
    for path, text in {
        "toy/model/config.json": '{"model_type": "toy"}',
        "toy/model/README.md": "---\nlicense: mit\n---\n",
        "toy/vendor/sub/config.json": "{}",
        "toy-1.dist-info/METADATA": "License: MIT\n\n",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    own = own_folders(take_inventory(Folder(tmp_path, "x")))
    assert {".", "toy/model", "toy-1.dist-info"} <= own
    assert "toy/vendor/sub" not in own
    assert is_release_metadata("toy-1.dist-info/METADATA", own)
    assert not is_release_metadata("toy/vendor/setup.py", own)
