# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Keeps every test away from the network, from this machine's settings and from its user.

The environment is set while this file is imported, before a test module can import a
library that reads it once. Child processes inherit it.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from audit.__main__ import start_quickly

ROOT = Path(__file__).resolve().parents[1]


def _session_folder() -> Path:
    """Return one folder for all workers of a session: the licence cache is worth sharing."""
    given = os.environ.get("AUDIT_TEST_SESSION")
    if given is None:
        given = tempfile.mkdtemp(prefix="audit-tests-")
        os.environ["AUDIT_TEST_SESSION"] = given
    return Path(given)


_SESSION = _session_folder()
os.environ.update(
    AUDIT_CACHE_DIR=str(_SESSION / "cache"),
    AUDIT_CONFIG_DIR=str(_SESSION / "config"),
    AUDIT_DATA_DIR=str(_SESSION / "data"),
    HF_HUB_OFFLINE="1",
    NO_COLOR="1",
    OMP_NUM_THREADS="1",
    MKL_NUM_THREADS="1",
    TERM="dumb",
    COLUMNS="100",
    TZ="UTC",
)
for _name in ("AUDIT_KEY_PASSPHRASE", "FORCE_COLOR", "SOURCE_DATE_EPOCH", "PYTHONWARNINGS"):
    os.environ.pop(_name, None)
# Where nothing compiled is kept, each of the hundreds of processes of `audit` compiles it anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
start_quickly()  # as the programme itself does: a tenth of the time of the tests


# A busy machine is slow at everything, and no example is wrong for that.
hypothesis.settings.register_profile(
    "audit", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("audit")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the session's folder, once, from the process that made it."""
    if not hasattr(config, "workerinput"):
        remove_session_folder()


def remove_session_folder() -> None:
    """Remove what all workers of this session shared."""
    shutil.rmtree(_SESSION, ignore_errors=True)


@pytest.fixture(autouse=True)
def _own_key_folder(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Give each test a configuration folder without a key in it."""
    monkeypatch.setenv("AUDIT_CONFIG_DIR", str(tmp_path_factory.mktemp("config")))


@pytest.fixture(scope="session", autouse=True)
def _nothing_left_in_the_checkout() -> Iterator[None]:
    """A run that names no folder writes its report where it stands: no test may do that here."""
    before = set(ROOT.glob("audit-*"))
    yield
    assert set(ROOT.glob("audit-*")) <= before


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the root of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def dispute() -> Path:
    """Return the folder of the example dispute; its absence is a failure, not a skip."""
    folder = ROOT / "examples" / "dispute"
    assert folder.is_dir(), "examples/dispute is part of the repository"
    return folder
