# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Keys in PKCS#12 files, as OpenSSL writes them, and passphrases from a descriptor."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from audit.cli import app
from audit.errors import UsageError
from audit.signing.identity.certificates import pem
from audit.signing.identity.key_file import load_identity, save_identity
from audit.signing.identity.keys import Identity
from audit.signing.identity.lookup import identity_for, public_chain
from audit.signing.identity.passphrase import from_descriptor
from audit.signing.pdf.pades import sign_pdf
from audit.signing.pdf.pdf_seal import check_pdf
from audit.verification.step import Outcome
from audit.verification.verify import verify
from tests.unit.signing.signed import make_pdf, publish

SECRET = "correct horse"


def never(what: str) -> str:
    raise AssertionError(f"asked for the passphrase of {what}")


def right(_what: str) -> str:
    return SECRET


@pytest.fixture
def packed(tmp_path: Path, identity: Identity) -> Path:
    """Return a PKCS#12 file that OpenSSL made of the identity."""
    return pack(tmp_path / "signer.p12", identity, SECRET)


def pack(path: Path, identity: Identity, secret: str) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    plain = path.with_suffix(".pem")
    save_identity(identity, plain, None)
    command = ["openssl", "pkcs12", "-export", "-in", plain, "-out", path, "-passout", "env:SECRET"]
    subprocess.run(command, check=True, env={**os.environ, "SECRET": secret})
    plain.unlink()
    path.chmod(0o600)
    return path


def test_the_same_identity_comes_out_with_its_issuers(packed: Path, identity: Identity):
    loaded = load_identity(packed, right)
    assert loaded.chain == identity.chain
    assert check_pdf(sign_pdf(make_pdf(b"{}"), loaded)).chain[0] == identity.leaf


def test_a_whole_report_signed_with_it_verifies(
    packed: Path, identity: Identity, subject: Path, tmp_path: Path
):
    report = publish(tmp_path / "report", subject, load_identity(packed, right))
    (tmp_path / "signer.pem").write_text(pem([identity.leaf]))
    steps = verify(report, subject=subject, key=tmp_path / "signer.pem")
    assert not [step for step in steps if step.outcome is Outcome.FAIL]


def test_a_file_without_a_passphrase_opens_unasked(tmp_path: Path, identity: Identity):
    from cryptography.hazmat.primitives import serialization as ser
    from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates

    content = serialize_key_and_certificates(
        b"audit", identity.key, identity.leaf, identity.chain[1:], ser.NoEncryption()
    )
    path = tmp_path / "open.pfx"
    path.write_bytes(content)
    path.chmod(0o600)
    assert load_identity(path, never).fingerprint == identity.fingerprint


def test_a_wrong_passphrase_is_one_sentence(packed: Path):
    with pytest.raises(UsageError, match="passphrase does not open") as caught:
        load_identity(packed, lambda _what: "battery staple")
    assert "battery" not in f"{caught.value.message} {caught.value.advice}"


@pytest.mark.parametrize("keep", [0.3, 0.9])
def test_a_damaged_file_is_one_sentence(packed: Path, keep: float):
    content = packed.read_bytes()
    packed.write_bytes(content[: int(len(content) * keep)])
    with pytest.raises(UsageError, match="no PKCS#12 file"):
        load_identity(packed, right)


def test_others_must_not_be_able_to_read_it(packed: Path):
    packed.chmod(0o644)
    with pytest.raises(UsageError, match="other users"):
        load_identity(packed, right)


def test_its_certificates_are_shown(packed: Path, identity: Identity):
    assert public_chain(packed, right) == identity.chain


def test_the_passphrase_comes_from_a_descriptor(packed: Path, identity: Identity):
    reading, writing = os.pipe()
    os.write(writing, SECRET.encode() + b"\nsecond line\n")
    os.close(writing)
    assert identity_for(packed, from_descriptor(reading)).fingerprint == identity.fingerprint
    os.close(reading)


def test_a_closed_descriptor_is_one_sentence(packed: Path):
    with pytest.raises(UsageError, match="--passphrase-fd 987 cannot be read"):
        identity_for(packed, from_descriptor(987))


def test_the_real_programme_signs_with_a_descriptor_and_shows_nothing_of_it(
    packed: Path, report: Path, tmp_path: Path
):
    secret = tmp_path / "secret"
    secret.write_text(SECRET + "\n")
    command = f'exec "$@" --passphrase-fd 3 3< {secret}'
    audit = [
        sys.executable,
        "-m",
        "audit",
        "sign",
        report,
        "--as",
        "reviewer",
        "--statement",
        __file__,
        "--key",
        packed,
    ]
    done = subprocess.run(
        ["sh", "-c", command, "sh", *audit], check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "signed by Ada Signer" in done.stdout
    assert SECRET not in done.stdout
    assert all(step.outcome is not Outcome.FAIL for step in verify(report))


def test_a_wrong_passphrase_leaves_nothing_half_written(
    packed: Path, report: Path, monkeypatch: pytest.MonkeyPatch
):
    before = sorted(report.iterdir())
    monkeypatch.setenv("AUDIT_KEY_PASSPHRASE", "wrong")
    done = CliRunner().invoke(
        app,
        ["sign", str(report), "--as", "reviewer", "--statement", __file__, "--key", str(packed)],
    )
    assert done.exit_code == 2
    assert len(done.stderr.strip().splitlines()) <= 2
    assert sorted(report.iterdir()) == before
