# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Identities: what is made, how it is kept, and every way a key file can be wrong."""

import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import serialization as ser
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier

from audit.errors import OutputError, UsageError
from audit.signing.identity import key_file, keys, lookup, passphrase
from audit.signing.identity.certificates import fingerprint, pem
from audit.signing.identity.keys import Identity


def never(path: Path) -> str:
    raise AssertionError(f"asked for the passphrase of {path}")


def right(_path: Path) -> str:
    return "correct horse"


def wrong(_path: Path) -> str:
    return "battery staple"


def private_file(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    path.chmod(0o600)
    return path


def private_pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(ser.Encoding.PEM, ser.PrivateFormat.PKCS8, ser.NoEncryption())


def test_a_new_identity_has_the_certificate_profile_that_pdf_readers_accept(identity: Identity):
    leaf, authority = identity.chain
    usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
    uses = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert usage.digital_signature
    assert usage.content_commitment
    assert not usage.key_cert_sign
    assert set(uses) == {
        ObjectIdentifier("1.3.6.1.5.5.7.3.36"),
        ExtendedKeyUsageOID.EMAIL_PROTECTION,
    }
    leaf.verify_directly_issued_by(authority)
    assert authority.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    with pytest.raises(x509.ExtensionNotFound):
        leaf.extensions.get_extension_for_class(x509.CRLDistributionPoints)


def test_the_fingerprint_is_the_digest_of_the_der_certificate(identity: Identity):
    assert identity.fingerprint == identity.leaf.fingerprint(hashes.SHA256()).hex()
    assert identity.signer.fingerprint == identity.fingerprint
    assert identity.signer.name == "Ada Signer"


def test_two_self_made_identities_differ_and_show_no_key():
    one, other = keys.self_made(), keys.self_made()
    assert one.fingerprint != other.fingerprint
    assert one.kind == "self-made"
    assert "PRIVATE" not in repr(one)
    assert "key=" not in repr(one)


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "two\nlines", "esc\x1b[31m"])
def test_a_name_that_cannot_be_printed_is_refused(name: str):
    with pytest.raises(UsageError, match="1 to 60 printable"):
        keys.new_identity(name)


def test_a_saved_identity_comes_back_with_its_passphrase_only(tmp_path: Path, identity: Identity):
    path = tmp_path / "new" / "identity.pem"
    key_file.save_identity(identity, path, "correct horse")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in path.read_bytes()
    loaded = key_file.load_identity(path, right)
    assert loaded.fingerprint == identity.fingerprint
    assert loaded.kind == "file"
    with pytest.raises(UsageError, match="passphrase does not open"):
        key_file.load_identity(path, wrong)


def test_an_unprotected_key_asks_for_nothing(tmp_path: Path, identity: Identity):
    path = tmp_path / "identity.pem"
    key_file.save_identity(identity, path, None)
    assert key_file.load_identity(path, never).fingerprint == identity.fingerprint


def test_the_mode_is_private_whatever_the_umask(tmp_path: Path, identity: Identity):
    before = os.umask(0)
    try:
        key_file.save_identity(identity, tmp_path / "identity.pem", None)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "identity.pem").stat().st_mode) == 0o600


@pytest.mark.parametrize("kind", ["file", "folder", "dangling link"])
def test_nothing_that_exists_is_overwritten(tmp_path: Path, identity: Identity, kind: str):
    path = tmp_path / "identity.pem"
    if kind == "file":
        path.write_text("precious")
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="nothing is ever overwritten"):
        key_file.save_identity(identity, path, None)
    assert not (tmp_path / "elsewhere").exists()
    if kind == "file":
        assert path.read_text() == "precious"


def test_a_full_disk_leaves_no_half_key(
    tmp_path: Path, identity: Identity, monkeypatch: pytest.MonkeyPatch
):
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left"):
        key_file.save_identity(identity, tmp_path / "identity.pem", None)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path, identity: Identity):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be made"):
        key_file.save_identity(identity, tmp_path / "file" / "identity.pem", None)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666])
def test_a_key_that_others_can_read_is_refused_with_advice(
    tmp_path: Path, identity: Identity, mode: int
):
    path = tmp_path / "identity.pem"
    key_file.save_identity(identity, path, None)
    path.chmod(mode)
    with pytest.raises(UsageError, match="other users") as caught:
        key_file.load_identity(path, never)
    assert "chmod 600" in caught.value.advice


def other_chain() -> bytes:
    return pem(keys.new_identity("Someone Else").chain).encode()


def expired_chain(key: ec.EllipticCurvePrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Late")])
    past = datetime.now(UTC) - timedelta(days=10)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    builder = builder.public_key(key.public_key()).serial_number(7)
    builder = builder.not_valid_before(past).not_valid_after(past + timedelta(days=1))
    return pem([builder.sign(key, hashes.SHA256())]).encode()


def test_every_wrong_key_file_has_its_own_sentence(tmp_path: Path, identity: Identity):
    key = private_pem(identity.key)
    chain = pem(identity.chain).encode()
    rsa_key = private_pem(rsa.generate_private_key(65537, 2048))
    p384 = private_pem(ec.generate_private_key(ec.SECP384R1()))
    edwards = ed25519.Ed25519PrivateKey.generate().private_bytes(
        ser.Encoding.PEM, ser.PrivateFormat.PKCS8, ser.NoEncryption()
    )
    unlinked = pem([identity.leaf]).encode() + other_chain()
    cases = {
        b"": "holds no PEM private key",
        b"\x00\xff garbage": "holds no PEM private key",
        chain: "holds no PEM private key",
        key[: len(key) // 2]: "holds no PEM private key",
        key: "no certificate",
        key + other_chain(): "does not belong",
        key + chain[:300]: "damaged",
        key + unlinked: "not those of the issuers",
        key + expired_chain(identity.key): "valid from",
        rsa_key + chain: "only ECDSA P-256",
        p384 + chain: "only ECDSA P-256",
        edwards + chain: "only ECDSA P-256",
        b"x" * (2 << 20): "too large",
    }
    for number, (content, sentence) in enumerate(cases.items()):
        path = private_file(tmp_path / f"{number}.pem", content)
        with pytest.raises(UsageError, match=sentence):
            key_file.load_identity(path, never)


def test_a_missing_key_file_says_how_to_make_one(tmp_path: Path):
    with pytest.raises(UsageError, match="no key file") as caught:
        lookup.identity_for(tmp_path / "none.pem")
    assert "audit key new" in caught.value.advice


def test_a_folder_is_no_key_file(tmp_path: Path):
    with pytest.raises(UsageError, match="cannot be read"):
        lookup.identity_for(tmp_path)


def test_the_given_file_comes_before_the_local_one_and_that_before_a_self_made_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("AUDIT_CONFIG_DIR", str(tmp_path / "config"))
    assert lookup.identity_for(None).kind == "self-made"
    local, given = keys.new_identity("Local"), keys.new_identity("Given")
    key_file.save_identity(local, lookup.default_path(), None)
    key_file.save_identity(given, tmp_path / "given.pem", None)
    assert lookup.default_path() == tmp_path / "config" / "identity.pem"
    assert lookup.identity_for(None).signer == local.signer
    chosen = lookup.identity_for(tmp_path / "given.pem")
    assert (chosen.kind, chosen.fingerprint) == ("file", given.fingerprint)


def test_a_local_key_that_cannot_be_opened_is_an_error_not_a_self_made_identity(
    identity: Identity, monkeypatch: pytest.MonkeyPatch
):
    key_file.save_identity(identity, lookup.default_path(), "correct horse")
    monkeypatch.setenv("AUDIT_KEY_PASSPHRASE", "wrong")
    with pytest.raises(UsageError, match="passphrase does not open"):
        lookup.identity_for(None)


def test_the_passphrase_comes_from_the_environment(
    tmp_path: Path, identity: Identity, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "identity.pem"
    key_file.save_identity(identity, path, "correct horse")
    monkeypatch.setenv("AUDIT_KEY_PASSPHRASE", "correct horse")
    assert lookup.identity_for(path).fingerprint == identity.fingerprint


def test_without_terminal_and_environment_the_passphrase_is_asked_for_in_one_line(
    tmp_path: Path, identity: Identity, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "identity.pem"
    key_file.save_identity(identity, path, "correct horse")
    monkeypatch.setattr(os, "isatty", lambda _descriptor: False)
    with pytest.raises(UsageError, match="no terminal") as caught:
        lookup.identity_for(path)
    assert "AUDIT_KEY_PASSPHRASE" in caught.value.advice


def test_the_public_side_needs_no_passphrase(tmp_path: Path, identity: Identity):
    path = tmp_path / "identity.pem"
    key_file.save_identity(identity, path, "correct horse")
    assert fingerprint(lookup.public_chain(path)[0]) == identity.fingerprint
    with pytest.raises(UsageError, match="no certificate"):
        lookup.public_chain(private_file(tmp_path / "bare.pem", private_pem(identity.key)))


@pytest.mark.parametrize("secret", ["", "x" * 1024])
def test_a_passphrase_that_the_format_cannot_hold_is_refused(
    tmp_path: Path, identity: Identity, secret: str
):
    with pytest.raises(UsageError, match="1 to 1023"):
        key_file.save_identity(identity, tmp_path / "identity.pem", secret)
    assert not (tmp_path / "identity.pem").exists()


def test_a_passphrase_that_is_not_utf_8_works(tmp_path: Path, identity: Identity):
    odd = b"caf\xe9".decode(errors="surrogateescape")
    key_file.save_identity(identity, tmp_path / "identity.pem", odd)
    loaded = key_file.load_identity(tmp_path / "identity.pem", lambda _path: odd)
    assert loaded.fingerprint == identity.fingerprint


def test_ctrl_d_at_the_prompt_is_one_line(
    tmp_path: Path, identity: Identity, monkeypatch: pytest.MonkeyPatch
):
    def closed(_prompt: str) -> str:
        raise EOFError

    key_file.save_identity(identity, tmp_path / "identity.pem", "correct horse")
    monkeypatch.setattr(os, "isatty", lambda _descriptor: True)
    monkeypatch.setattr(passphrase, "getpass", closed)
    with pytest.raises(UsageError, match="none was typed"):
        lookup.identity_for(tmp_path / "identity.pem")
