# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Signed folders, made once: ``pristine`` ones are copied before anything is changed."""

import shutil
from pathlib import Path

import pytest

from audit.signing.identity.keys import Identity, new_identity
from tests.unit.signing.signed import make_subject, publish


@pytest.fixture(scope="session")
def identity() -> Identity:
    return new_identity("Ada Signer")


@pytest.fixture(scope="session")
def subject(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_subject(tmp_path_factory.mktemp("subject") / "model")


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory, subject: Path, identity: Identity) -> Path:
    return publish(tmp_path_factory.mktemp("signed") / "report", subject, identity)


@pytest.fixture
def report(tmp_path: Path, pristine: Path) -> Path:
    """Return a copy of the signed folder that the test may damage."""
    return Path(shutil.copytree(pristine, tmp_path / "report"))
