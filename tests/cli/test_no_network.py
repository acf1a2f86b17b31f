# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""No process of an audit opens a socket of a network unless a model of a hub is named.

A pair of ends in the same process is none: the event loop in which a PDF is signed has one. In
processes of their own, each with a hook of Python's that writes down every socket: that of the
licence scanner and of whatever else is started too.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tiny_repo import fine_tune, make_repo

ROOT = Path(__file__).resolve().parents[2]
HOOK = """
import os, sys
def _told(event, arguments):
    pair = event == "socket.__new__" and arguments[1] == 1  # AF_UNIX, not connected to anything
    if event.startswith("socket.") and not pair:
        line = f"{event} {sys.argv[:1]}\\n".encode()
        number = os.open(os.environ["SOCKETS"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(number, line)
        os.close(number)
sys.addaudithook(_told)
with open(os.environ["STARTED"], "a") as started:
    started.write(f"{sys.argv}\\n")
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a model, its base and a hook in each Python that is started."""
    base = make_repo(tmp_path / "base")
    fine_tune(base, tmp_path / "model", card="---\nlicense: apache-2.0\n---\n# T, made by hand.\n")
    (tmp_path / "hook").mkdir()
    (tmp_path / "hook" / "sitecustomize.py").write_text(HOOK)
    for name in ("SOCKETS", "STARTED"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "hook"), str(ROOT)]))
    monkeypatch.setenv("AUDIT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    return tmp_path


def audited(place: Path, *arguments: str) -> int:
    command = [sys.executable, "-P", "-m", "audit", "model-repo", *arguments, "--quiet"]
    done = subprocess.run(command, cwd=place, check=False, capture_output=True, timeout=600)
    return done.returncode


def test_a_gate_on_folders_opens_no_socket(place: Path) -> None:
    views = ("--output", "sarif=a.sarif", "--output", "spdx=a.spdx.json")
    code = audited(place, "model", "--against", "base", "--out", "report", *views)
    assert code in {0, 1}
    assert (place / "report" / "report.pdf").is_file()
    assert "worker.py" in (place / "started").read_text(), "the hook is in the scanner too"
    assert not (place / "sockets").exists(), (place / "sockets").read_text()


def test_the_hook_would_see_one(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model of a hub that is on this machine and refuses."""
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert audited(place, "somebody/model", "--no-report") > 1
    assert "socket." in (place / "sockets").read_text()
