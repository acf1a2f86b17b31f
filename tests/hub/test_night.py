# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The recipe of ``docs/library.md``, word by word, against a hub on loopback."""

import functools
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from audit.fingerprints.shelf import Library
from tests.fingerprints.models import place
from tests.hub.conftest import Serve
from tests.hub_server import Repo, of_folder

USED = ("base", "stranger", "deep", "gpt2", "bert")
"""The hub's most used models, the first one first."""


def recipe(root: Path) -> tuple[str, str]:
    page = (root / "docs" / "library.md").read_text(encoding="utf-8")
    found = re.search(r"<!-- recipe -->\n```sh\n(.*?)```.*?```sh\n(.*?)```", page, re.DOTALL)
    assert found is not None
    return found[1], found[2]


@pytest.fixture
def shell(tmp_path: Path, serve: Serve) -> dict[str, str]:
    """Return the environment of somebody who has the programme, and this hub."""
    models = {
        f"acme/{name}": of_folder(place(name), downloads=1000 - number)
        for number, name in enumerate(USED)
    }
    models["acme/papers"] = Repo.of({"README.md": b"# None"}, downloads=500)
    models["acme/rare"] = of_folder(place("twin"), downloads=1)
    hub = serve(models)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    own = {"HF_ENDPOINT": hub.endpoint, "HF_HOME": str(tmp_path / "hf"), "PATH": path}
    return {**os.environ, **own, "AUDIT_CACHE_DIR": str(tmp_path / "kept")}


def run(
    lines: str, folder: Path, environment: dict[str, str]
) -> "subprocess.CompletedProcess[str]":
    folder.mkdir(exist_ok=True)
    return subprocess.run(
        ["bash", "-u", "-c", lines],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_the_recipe_is_followed_word_by_word(
    root: Path, tmp_path: Path, shell: dict[str, str]
) -> None:
    makes, takes = recipe(root)
    assert "--limit 100 " in makes
    mine, theirs = tmp_path / "mine", tmp_path / "theirs"
    done = run(makes.replace("--limit 100 ", "--limit 6 "), mine, shell)
    assert done.returncode == 0, done.stderr
    assert (mine / "bases.txt").read_text().split() == [*(f"acme/{n}" for n in USED), "acme/papers"]
    assert "6 models: 5 done, 1 nothing came of it." in done.stdout
    assert "acme/papers: No weights could be read" in done.stderr
    assert "5 fingerprints, 0 damaged." in done.stdout
    names = {e.name for e in Library(mine / "bases").index().entries}
    assert names == {f"acme/{name}" for name in USED}
    assert "<table" in (mine / "night" / "overview.html").read_text(encoding="utf-8")

    handler = functools.partial(SimpleHTTPRequestHandler, directory=str(mine))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    theirs.mkdir()
    shutil.copy(mine / "team.pub", theirs)
    shutil.copytree(place("fine-tune"), theirs / "model")
    address = f"http://127.0.0.1:{server.server_address[1]}"
    assert "https://example.org" in takes
    taken = takes.replace("https://example.org", address).replace("./model", "./model --json")
    try:
        asked = run(taken, theirs, {**shell, "AUDIT_DATA_DIR": str(tmp_path / "data")})
    finally:
        server.shutdown()
        server.server_close()
    assert asked.returncode == 0, asked.stderr
    pulled, answer = asked.stdout.splitlines()
    assert "5 fingerprints, 5 of them new, signed by My team" in pulled
    assert json.loads(answer)["related"] == ["acme/base"]
