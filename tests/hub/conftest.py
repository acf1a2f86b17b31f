# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A hub on loopback in place of the one in the world, its client's caches empty."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from huggingface_hub import close_session, constants

from audit import kept
from audit.sources import client
from tests.hub_server import Hub, Repo, serving
from tests.tiny_repo import minimal_pdf

Serve = Callable[..., Hub]


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Run hubs, and point the real client at the last one."""
    monkeypatch.setattr(kept, "folder", lambda: tmp_path / "cache")
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)  # plain HTTP, as we read
    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hf"))
    monkeypatch.setattr(client, "_WAIT", 0.0)
    with ExitStack() as stack:

        def run(models: dict[str, Repo], **more: object) -> Hub:
            hub = stack.enter_context(serving(models, **more))
            monkeypatch.setattr(constants, "ENDPOINT", hub.endpoint)
            template = hub.endpoint + "/{repo_id}/resolve/{revision}/{filename}"
            monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
            return hub

        yield run
    close_session()


@pytest.fixture
def quick_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out WeasyPrint, which takes seconds and has its own tests."""
    monkeypatch.setattr("audit.report.formats.pdf.render_pdf", lambda *_, **__: minimal_pdf())


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """Return a model whose weights are larger than what is fetched at once."""
    folder = tmp_path / "folder" / "Some-Base"
    shutil.copytree(Path(__file__).parents[2] / "examples" / "dispute" / "suspect", folder)
    return folder
