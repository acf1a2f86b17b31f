# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit doctor`` names what is there and how to mend what is not, and shows no secret."""

import json
from pathlib import Path

import pytest

from audit.errors import ExitCode
from tests.tiny_repo import run_audit


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("AUDIT_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setattr("audit.weights.model.devices.described", lambda: (2, ""))
    monkeypatch.chdir(tmp_path)


def parts() -> dict[str, dict[str, object]]:
    return {part["name"]: part for part in json.loads(run_audit("doctor", "--json").stdout)}


def test_a_whole_machine_is_well() -> None:
    done = run_audit("doctor")
    assert done.exit_code == ExitCode.PASS, done.output
    assert "MISSING" not in done.stdout
    named = {"Python", "torch", "GPU", "PDF", "fonts", "scancode", "licence index", "libmagic",
             "cache", "signer", "hub token", "settings"}  # fmt: skip
    assert set(parts()) == named


def test_no_secret_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_s3cret")
    monkeypatch.setenv("AUDIT_KEY", "pkcs11:token=t?pin-value=s3cret")
    done = run_audit("doctor")
    assert "s3cret" not in done.output
    assert "there (not shown)" in done.stdout
    assert "an identity is there" in done.stdout


def test_what_is_missing_is_named_with_its_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"Pango": "missing", "HarfBuzz": "missing", "WeasyPrint": "70"}
    monkeypatch.setattr("audit.report.renderer_versions", lambda: found)
    monkeypatch.setattr("audit.licenses.detected.scanner.scancode_version", lambda: None)
    done = run_audit("doctor")
    assert done.exit_code == ExitCode.ERROR
    assert "libpango" in done.stdout
    assert parts()["scancode"]["missing"] is True
    assert parts()["torch"]["missing"] is False


def test_torch_that_does_not_load_and_a_cache_that_cannot_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise ImportError("libtorch")

    monkeypatch.setattr("audit.weights.model.devices.described", broken)
    (tmp_path / "file").touch()
    monkeypatch.setenv("AUDIT_CACHE_DIR", str(tmp_path / "file"))
    found = parts()
    assert found["torch"]["missing"] is True
    assert "licences, digests" in str(found["torch"]["without"])
    assert "AUDIT_CACHE_DIR" in str(found["cache"]["mend"])


def test_the_hub_is_asked_only_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from audit.errors import SourceError

    def away() -> str:
        raise SourceError("hub.example cannot be reached.", advice="Check the connection.")

    monkeypatch.setattr("audit.sources.wire.ask_hub", away)
    assert run_audit("doctor").exit_code == ExitCode.PASS
    done = run_audit("doctor", "--online")
    assert done.exit_code == ExitCode.ERROR
    assert "Check the connection." in done.stdout
