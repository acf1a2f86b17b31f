# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit key``: what is made, what is shown, and what is never shown."""

import json
import stat
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from audit.cli import app


def run(*arguments: str | Path, **options: str) -> Result:
    return CliRunner().invoke(app, ["key", *map(str, arguments)], **options)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AUDIT_CONFIG_DIR", str(tmp_path / "config"))
    return tmp_path / "config"


def test_a_new_key_lies_in_the_configuration_folder_readable_by_its_owner_only(config: Path):
    result = run("new", "--name", "Ada", "--no-passphrase")
    assert result.exit_code == 0, result.stderr
    path = config / "identity.pem"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(config.stat().st_mode) == 0o700
    assert "Signer       Ada" in result.stdout
    assert "not encrypted" in result.stderr


def test_the_passphrase_comes_from_the_environment_and_protects_the_key(
    config: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("AUDIT_KEY_PASSPHRASE", "correct horse")
    assert run("new").exit_code == 0
    content = (config / "identity.pem").read_text()
    assert "BEGIN ENCRYPTED PRIVATE KEY" in content
    assert "correct horse" not in content


@pytest.mark.usefixtures("config")
def test_without_a_terminal_and_a_passphrase_nothing_is_made(
    config: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("os.isatty", lambda _descriptor: False)
    result = run("new")
    assert result.exit_code == 2
    assert "--no-passphrase" in result.stderr
    assert not config.exists()


def test_an_empty_passphrase_is_no_passphrase(config: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AUDIT_KEY_PASSPHRASE", "")
    assert run("new").exit_code == 2
    assert not config.exists()


def test_an_existing_key_is_never_overwritten(config: Path):
    assert run("new", "--no-passphrase").exit_code == 0
    before = (config / "identity.pem").read_bytes()
    result = run("new", "--no-passphrase")
    assert result.exit_code == 2
    assert "never overwritten" in result.stderr
    assert (config / "identity.pem").read_bytes() == before


def test_show_prints_the_same_certificate_and_never_the_private_key(tmp_path: Path, config: Path):
    path = tmp_path / "mine.pem"
    new = run("new", "--name", "Ada", "--out", path, "--no-passphrase")
    shown = run("show", "--key", path)
    assert shown.exit_code == 0
    assert shown.stdout == new.stdout
    assert "PRIVATE KEY-----" not in shown.stdout
    assert not config.exists()


def test_what_show_prints_is_a_certificate_to_openssl(tmp_path: Path, config: Path):
    run("new", "--name", "Ada", "--no-passphrase")
    published = tmp_path / "published.txt"
    published.write_text(run("show").stdout)
    command = ["openssl", "x509", "-noout", "-subject", "-fingerprint", "-sha256", "-in", published]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    fingerprint = json.loads(run("show", "--json").stdout)["fingerprint"]
    assert "CN = Ada" in said or "CN=Ada" in said
    assert said.rsplit("=", 1)[1].strip().replace(":", "").lower() == fingerprint
    assert config.exists()


def test_show_needs_no_passphrase(config: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AUDIT_KEY_PASSPHRASE", "correct horse")
    run("new", "--name", "Ada")
    monkeypatch.delenv("AUDIT_KEY_PASSPHRASE")
    answer = json.loads(run("show", "--json").stdout)
    assert answer["name"] == "Ada"
    assert answer["subject"] == "CN=Ada"
    assert answer["path"] == str(config / "identity.pem")
    assert answer["not_after"].endswith("Z")
    assert set(answer) == {
        "path", "name", "subject", "fingerprint", "not_after", "certificate", "issuers",
    }  # fmt: skip


@pytest.mark.usefixtures("config")
@pytest.mark.parametrize("arguments", [["show"], ["show", "--key", "/dev/null"], ["show", "extra"]])
def test_show_without_a_key_exits_2(arguments: list[str]):
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "PRIVATE" not in result.stderr


@pytest.mark.usefixtures("config")
def test_a_bad_name_exits_2_and_makes_nothing(config: Path):
    assert run("new", "--name", "x" * 61, "--no-passphrase").exit_code == 2
    assert not config.exists()
