# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The shipped indexes are whole, small, and made from what they say."""

from audit.code import shelf
from audit.code.fingerprint import View
from audit.rules import code_sources

MOST_BYTES, LARGEST_FILE = 8_000_000, 3 * 2**20


def test_shipped_indexes_can_be_read_and_name_their_archives() -> None:
    found = shelf.indexes()
    assert {index.project for index in found} <= set(code_sources())
    assert "transformers" in {index.project for index in found}
    for index in found:
        assert [archive.version for archive in index.archives] == list(index.versions)
        assert all(len(archive.sha256) == 64 for archive in index.archives)
        assert all(len(index.views[view].keys) for view in View)
        assert all(document.holders and document.license for document in index.documents)


def test_shipped_indexes_are_small() -> None:
    sizes = [path.stat().st_size for path in shelf.shipped_folder().glob("*.npz")]
    assert sizes
    assert sum(sizes) < MOST_BYTES
    assert max(sizes) <= LARGEST_FILE
