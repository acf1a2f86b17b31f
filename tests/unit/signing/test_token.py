# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Keys in a PKCS#11 token: a real module, SoftHSM, with a key that never leaves it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from audit.cli import app
from audit.errors import SigningError, UsageError
from audit.signing.identity import token
from audit.signing.identity.certificates import pem
from audit.signing.identity.key_file import save_identity
from audit.signing.identity.keys import Identity
from audit.signing.identity.lookup import identity_for, public_chain
from audit.signing.pdf.pades import sign_pdf
from audit.signing.pdf.pdf_seal import check_pdf
from audit.verification.step import Outcome
from audit.verification.verify import verify
from tests.unit.signing.signed import make_pdf, publish

MODULES = tuple(
    Path(folder) / "libsofthsm2.so"
    for folder in (
        "/usr/lib/softhsm",
        "/usr/lib/x86_64-linux-gnu/softhsm",
        "/opt/homebrew/lib/softhsm",
    )
)
PIN = "1234"


def pin(_what: str) -> str:
    return PIN


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the path of SoftHSM's module, set up with an empty folder of tokens."""
    found = next((path for path in MODULES if path.is_file()), None)
    if found is None or shutil.which("softhsm2-util") is None:
        assert not os.environ.get("CI"), "install softhsm2"
        pytest.skip("no PKCS#11 module: install softhsm2")
    pytest.importorskip("pkcs11", reason="the extra audit[pkcs11] is not installed")
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(
        f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    return found


@pytest.fixture(scope="module")
def address(module: Path, identity: Identity, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the address of a key in a new token, with its certificate and its issuer's."""
    import pkcs11
    from pkcs11.util.x509 import decode_x509_certificate

    tool = ["softhsm2-util", "--label", "Signing"]
    subprocess.run(
        [*tool, "--init-token", "--free", "--pin", PIN, "--so-pin", "4321"],
        check=True,
        capture_output=True,
    )
    key = tmp_path_factory.mktemp("key") / "key.pem"
    save_identity(identity, key, None)
    import_key = ["softhsm2-util", "--token", "Signing", "--pin", PIN, "--import", key]
    subprocess.run([*import_key, "--label", "audit", "--id", "A1"], check=True, capture_output=True)
    from cryptography.hazmat.primitives.serialization import Encoding

    with (
        pkcs11.lib(str(module))
        .get_token(token_label="Signing")
        .open(rw=True, user_pin=PIN) as session
    ):
        for certificate, label, key_id in (
            (identity.chain[0], "audit", b"\xa1"),
            (identity.chain[1], "issuer", b"\xa2"),
        ):
            fields = decode_x509_certificate(certificate.public_bytes(Encoding.DER))
            fields |= {pkcs11.Attribute.TOKEN: True, pkcs11.Attribute.LABEL: label}
            session.create_object(fields | {pkcs11.Attribute.ID: key_id})
    return f"pkcs11:token=Signing;object=audit?module-path={module}"


@pytest.fixture
def inside(address: str) -> Iterator[Identity]:
    """Return the identity in the token, logged in."""
    found = identity_for(address, pin)
    yield found
    closed(found)


def closed(found: Identity) -> Identity:
    assert isinstance(found.key, token.TokenKey)
    found.key.close()
    return found


def test_the_certificates_come_from_the_token_without_a_pin(address: str, identity: Identity):
    assert public_chain(address) == identity.chain


def test_one_key_in_the_token_signs_pdf_and_statement(
    inside: Identity, identity: Identity, subject: Path, tmp_path: Path
):
    assert (inside.kind, inside.fingerprint) == ("token", identity.fingerprint)
    assert check_pdf(sign_pdf(make_pdf(b"{}"), inside)).chain[0] == identity.leaf
    report = publish(tmp_path / "report", subject, inside)
    (tmp_path / "signer.pem").write_text(pem([identity.leaf]))
    steps = verify(report, subject=subject, key=tmp_path / "signer.pem")
    assert not [step for step in steps if step.outcome is Outcome.FAIL]


def test_the_key_is_found_by_its_id_too(address: str, identity: Identity):
    by_id = address.replace("object=audit", "id=%A1")
    assert closed(identity_for(by_id, pin)).fingerprint == identity.fingerprint


def test_the_key_cannot_be_saved(inside: Identity, tmp_path: Path):
    with pytest.raises(UsageError, match="in a token cannot be saved"):
        save_identity(inside, tmp_path / "out.pem", None)


@pytest.mark.parametrize(
    ("change", "secret", "sentence"),
    [
        (("", ""), "9999", "PIN does not open the token Signing"),
        (("token=Signing", "token=Other"), PIN, "There is no token Other"),
        (("object=audit", "object=other"), PIN, "holds no private key other"),
        (("libsofthsm2", "libnowhere"), PIN, "does not work"),
        (("?module-path=", "?module="), PIN, "unknown parts: module"),
        (("object=audit", "object=audit;colour=red"), PIN, "unknown parts: colour"),
        (("?module-path=", "?pin-value=1234&module-path="), PIN, "carries a PIN"),
    ],
)
def test_every_mistake_has_its_own_sentence(
    address: str, change: tuple[str, str], secret: str, sentence: str
):
    with pytest.raises(UsageError, match=sentence) as caught:
        identity_for(address.replace(*change), lambda _what: secret)
    assert caught.value.advice


def test_without_a_module_it_says_which_variable(address: str):
    with pytest.raises(UsageError, match="names no PKCS#11 module") as caught:
        identity_for(address.partition("?")[0], pin)
    assert "AUDIT_PKCS11_MODULE" in caught.value.advice


def test_without_the_extra_it_says_what_to_install(address: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pkcs11", None)
    with pytest.raises(UsageError, match="extra `pkcs11`"):
        identity_for(address, pin)


def test_a_token_that_went_away_is_one_sentence(inside: Identity):
    import pkcs11

    class Gone:
        def sign(self, *_: object, **__: object) -> bytes:
            raise pkcs11.exceptions.DeviceRemoved

    public = inside.key.public_key()
    key = token.TokenKey(name="token Signing", handle=Gone(), public=public)
    broken = Identity(key=key, chain=inside.chain, kind="token")
    with pytest.raises(SigningError, match="did not sign: DeviceRemoved"):
        sign_pdf(make_pdf(b"{}"), broken)


def test_the_command_signs_and_shows(address: str, report: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AUDIT_KEY_PASSPHRASE", PIN)
    arguments = ["sign", str(report), "--as", "reviewer", "--statement", __file__, "--key", address]
    shown = CliRunner().invoke(app, ["key", "show", "--key", address])
    assert shown.exit_code == 0, shown.output
    assert "Ada Signer" in shown.stdout
    done = subprocess.run(
        [sys.executable, "-m", "audit", *arguments], check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert all(step.outcome is not Outcome.FAIL for step in verify(report))
