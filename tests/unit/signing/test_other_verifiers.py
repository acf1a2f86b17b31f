# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Verifiers that are not ours accept every envelope, and refuse changed ones."""

import base64
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from audit.signing.attestation.bundle import from_lines
from audit.signing.identity.certificates import public_key_pem
from audit.signing.identity.keys import Identity, new_identity
from tests.unit.signing.signed import ATTESTATION, BUNDLE

SCRIPT = Path("tests") / "sigstore_js"


@pytest.fixture
def key(tmp_path: Path, identity: Identity) -> Path:
    path = tmp_path / "signer-key.pem"
    path.write_bytes(public_key_pem(identity.leaf))
    return path


def flipped(envelope: dict) -> dict:
    payload = bytearray(base64.b64decode(envelope["payload"]))
    payload[len(payload) // 2] ^= 1
    return envelope | {"payload": base64.b64encode(payload).decode()}


def openssl(envelope: dict, key: Path, folder: Path) -> bool:
    """Verify with OpenSSL alone, over the bytes that DSSE says are signed."""
    payload, kind = base64.b64decode(envelope["payload"]), envelope["payloadType"].encode()
    parts = (b"DSSEv1", str(len(kind)).encode(), kind, str(len(payload)).encode(), payload)
    (folder / "signed").write_bytes(b" ".join(parts))
    (folder / "sig").write_bytes(base64.b64decode(envelope["signatures"][0]["sig"]))
    command = ["openssl", "dgst", "-sha256", "-verify", key, "-signature", folder / "sig"]
    done = subprocess.run([*command, folder / "signed"], check=False, capture_output=True)
    return done.stdout == b"Verified OK\n"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_openssl_accepts_every_line(pristine: Path, key: Path, tmp_path: Path):
    lines = [json.loads(line) for line in from_lines((pristine / ATTESTATION).read_bytes())]
    assert [openssl(line, key, tmp_path) for line in lines] == [True] * 3
    assert [openssl(flipped(line), key, tmp_path) for line in lines] == [False] * 3


def test_the_lines_are_the_audit_and_the_gates_answer_in_two_forms(pristine: Path):
    lines = [json.loads(line) for line in from_lines((pristine / ATTESTATION).read_bytes())]
    audit, result, summary = (json.loads(base64.b64decode(line["payload"])) for line in lines)
    assert result["predicateType"] == "https://in-toto.io/attestation/test-result/v0.1"
    assert result["predicate"]["result"] == "PASSED"
    assert result["predicate"]["configuration"] == [
        {"name": "default", "digest": {"sha256": "3" * 64}}
    ]
    assert summary["predicateType"] == "https://slsa.dev/verification_summary/v1"
    required = {"verifier", "timeVerified", "resourceUri", "policy", "verificationResult"}
    assert required <= set(summary["predicate"])
    assert audit["subject"] == result["subject"] == summary["subject"]


@pytest.fixture
def sigstore_js(root: Path) -> list[str]:
    if shutil.which("node") is None or not (root / SCRIPT / "node_modules").is_dir():
        pytest.skip(f"sigstore-js is missing: npm install --no-package-lock --prefix {SCRIPT}")
    return ["node", str(root / SCRIPT / "verify.js")]


def accepts(command: list[str], bundle: Path, key: Path) -> bool:
    done = subprocess.run([*command, bundle, key], check=False, capture_output=True, text=True)
    assert done.returncode in (0, 1)
    return done.stdout == "verified\n"


def test_sigstore_js_accepts_the_bundle_and_nothing_else(
    sigstore_js: list[str], report: Path, key: Path, tmp_path: Path
):
    bundle = report / BUNDLE
    assert accepts(sigstore_js, bundle, key)
    changed = json.loads(bundle.read_bytes())
    changed["dsseEnvelope"] = flipped(changed["dsseEnvelope"])
    (tmp_path / "changed.json").write_text(json.dumps(changed))
    assert not accepts(sigstore_js, tmp_path / "changed.json", key)
    other = tmp_path / "other.pem"
    other.write_bytes(public_key_pem(new_identity("Eve").leaf))
    assert not accepts(sigstore_js, bundle, other)
