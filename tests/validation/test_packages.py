# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A package index that is slow or silent makes tests skip with a reason, in bounded time."""

import socket
from pathlib import Path

import pytest

from tests.validation import packages


@pytest.fixture
def nothing_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "KEPT", tmp_path / "kept")
    monkeypatch.setattr(packages, "SECONDS", 3)
    monkeypatch.setenv("AUDIT_TEST_SESSION", str(tmp_path))
    for name in ("AUDIT_REAL_PACKAGES", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("nothing_kept")
def test_a_silent_index_is_given_up_once_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.getsockname()[1]}/")
        with pytest.raises(packages.UnavailableError, match=r"idna==3\.10: not within 3 seconds"):
            packages.source("idna==3.10")
    monkeypatch.setattr(packages, "_download", lambda *_: pytest.fail("it is asked again"))
    with pytest.raises(packages.UnavailableError, match=r"idna==3\.10"):
        packages.model("minilm")


@pytest.mark.usefixtures("nothing_kept")
def test_what_is_kept_is_not_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "_download", lambda *_: pytest.fail("it is asked for"))
    folder = tmp_path / "kept" / "real-packages" / "idna==3.10" / "idna-3.10"
    folder.mkdir(parents=True)
    assert packages.source("idna==3.10") == folder
