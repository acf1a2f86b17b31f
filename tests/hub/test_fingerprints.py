# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A fingerprint of a model on a hub is that of the same folder, but for what it is called."""

import json
from pathlib import Path

import pytest

from audit.fingerprints.file import read
from tests.fingerprints.models import DISPUTE, known
from tests.hub.conftest import Serve
from tests.hub_server import of_folder
from tests.tiny_repo import run_audit


def test_a_model_of_the_hub_is_added_and_found(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUDIT_DATA_DIR", str(tmp_path / "data"))
    serve({"acme/base": of_folder(DISPUTE / "reference")})
    added = run_audit("library", "add", "acme/base", "-q")
    assert (added.exit_code, added.stdout[:15]) == (0, "Added acme/base"), added.stderr
    (file,) = (tmp_path / "data" / "library").glob("*.fingerprint")
    there, here = read(file), known("reference")
    assert there.header.published == "acme/base"
    assert there.header.commit is not None
    assert {k: v.tobytes() for k, v in there.arrays.items()} == {
        k: v.tobytes() for k, v in here.arrays.items()
    }
    told = run_audit("identify", DISPUTE / "suspect", "--json", "-q")
    assert json.loads(told.stdout)["related"] == ["acme/base"]
    offline = run_audit("fingerprint", "acme/other", "-o", tmp_path / "x", "--offline", "-q")
    assert offline.exit_code == 2
