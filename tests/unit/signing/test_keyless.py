# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Keyless signing: politely impossible here; and what is said about a bundle that was made."""

import base64
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import rfc8785
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from audit.signing.attestation import dsse
from audit.signing.attestation.bundle import from_lines
from audit.signing.attestation.names import KEYLESS
from audit.verification.step import Outcome, Step
from audit.verification.verify import verify
from tests.unit.signing.signed import ATTESTATION

OFFLINE = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9", "NO_PROXY": ""}


def run(report: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    ambient = ("ACTIONS_", "GITHUB_", "GITLAB", "CIRCLE", "BUILDKITE", "SIGSTORE")
    clean = {k: v for k, v in os.environ.items() if not k.startswith(ambient)}
    home = {"XDG_DATA_HOME": str(report.parent), "XDG_CACHE_HOME": str(report.parent)}
    return subprocess.run(
        [sys.executable, "-m", "audit", "sign", str(report), "--keyless", *options],
        check=False,
        capture_output=True,
        text=True,
        env={**clean, **home, **OFFLINE, **environment},
    )


def said_once(done: subprocess.CompletedProcess[str], report: Path, before: list[Path]) -> str:
    assert done.stdout == ""
    assert done.stderr.startswith("audit: ")
    assert "Traceback" not in done.stderr
    assert sorted(report.iterdir()) == before
    return " ".join(done.stderr.split())


def test_offline_it_is_one_message_and_nothing_is_written(report: Path):
    pytest.importorskip("sigstore", reason="the extra audit[keyless] is not installed")
    before = sorted(report.iterdir())
    done = run(report, SIGSTORE_ID_TOKEN="x.y.z")
    assert "Sigstore did not sign" in said_once(done, report, before)
    assert done.returncode == 4


def test_without_a_token_it_says_where_one_comes_from(report: Path):
    pytest.importorskip("sigstore", reason="the extra audit[keyless] is not installed")
    before = sorted(report.iterdir())
    done = run(report)
    assert "needs an identity token, and there is none" in said_once(done, report, before)
    assert done.returncode == 2


def test_without_the_extra_it_says_what_to_install(report: Path, tmp_path: Path):
    (tmp_path / "sigstore.py").write_text("raise ImportError('not installed')")
    before = sorted(report.iterdir())
    done = run(report, SIGSTORE_ID_TOKEN="x", PYTHONPATH=f"{tmp_path}{os.pathsep}{Path.cwd()}")
    assert "the extra `keyless`, which is not installed" in said_once(done, report, before)
    assert done.returncode == 2


def test_what_could_not_be_kept_is_not_asked_for(report: Path):
    (report / "report.keyless.sigstore.json").symlink_to("nowhere")
    before = sorted(report.iterdir())
    done = run(report, SIGSTORE_ID_TOKEN="x")
    assert "exists already" in said_once(done, report, before)
    assert done.returncode == 2


def test_it_takes_no_role_and_no_key(report: Path):
    before = sorted(report.iterdir())
    done = run(report, "--as", "reviewer")
    assert "with no key and in no role" in said_once(done, report, before)
    assert done.returncode == 2


def certified(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    """Return a certificate like those of Sigstore's authority: no name, an address."""
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.RFC822Name("ada@example.org")])
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(x509.Name([]))
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(minutes=10))
        .add_extension(names, critical=True)
        .sign(key, SHA256())
    )


def bundle(payload: bytes, *, signer: ec.EllipticCurvePrivateKey, named: x509.Certificate) -> bytes:
    """Return what Sigstore's client would write, but for the log entry."""
    kind = dsse.PAYLOAD_TYPE.encode()
    pae = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
    encode = lambda data: base64.b64encode(data).decode()  # noqa: E731
    return rfc8785.dumps(
        {
            "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
            "verificationMaterial": {
                "certificate": {"rawBytes": encode(named.public_bytes(Encoding.DER))},
                "tlogEntries": [],
            },
            "dsseEnvelope": {
                "payload": encode(payload),
                "payloadType": dsse.PAYLOAD_TYPE,
                "signatures": [{"sig": encode(signer.sign(pae, ec.ECDSA(SHA256())))}],
            },
        }
    )


def step(report: Path) -> Step:
    return {step.name: step for step in verify(report)}[KEYLESS]


@pytest.fixture
def payload(report: Path) -> bytes:
    return dsse.parse(from_lines((report / ATTESTATION).read_bytes())[0]).payload


def test_a_bundle_names_somebody_and_is_never_called_verified(report: Path, payload: bytes):
    key = ec.generate_private_key(ec.SECP256R1())
    made = bundle(payload, signer=key, named=certified(key))
    (report / KEYLESS).write_bytes(made)
    assert step(report).outcome is Outcome.NOT_CHECKED
    assert "ada@example.org" in step(report).detail
    assert not [s for s in verify(report) if s.outcome is Outcome.FAIL]
    assert "other files" not in {s.name for s in verify(report)}


def test_a_bundle_of_another_statement_or_another_key_fails(report: Path, payload: bytes):
    key, other = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    for made, sentence in (
        (bundle(payload + b" ", signer=key, named=certified(key)), "does not hold the statement"),
        (bundle(payload, signer=other, named=certified(key)), "not that of its certificate"),
        (b"{}", "no Sigstore bundle"),
        (b"", "no Sigstore bundle"),
    ):
        (report / KEYLESS).write_bytes(made)
        assert step(report).outcome is Outcome.FAIL
        assert sentence in step(report).detail
