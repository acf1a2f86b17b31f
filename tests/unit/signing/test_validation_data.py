# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""PAdES level B-LT: a local authority with CRLs and OCSP, and a time-stamp server on loopback."""

import io
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

from audit.errors import SigningError, UsageError
from audit.signing.identity import certificates
from audit.signing.identity.certificates import pem
from audit.signing.identity.keys import Identity
from audit.signing.pdf.pades import sign_pdf
from audit.signing.pdf.pdf_seal import check_pdf
from audit.signing.pdf.validation_data import (
    ValidationData,
    read_validation_data,
    require_unrevoked,
)
from audit.signing.unsound import UnsoundError
from audit.verification.step import Outcome, Step
from audit.verification.verify import verify
from tests.unit.signing.signed import make_pdf
from tests.unit.signing.test_docs import by_hand
from tests.unit.signing.tsa import authority, server

pytestmark = [pytest.mark.slow, pytest.mark.sampled(5)]

__all__ = ["authority", "server"]

DAY = timedelta(days=1)


class Authority:
    """Issues one signer's certificate, and says what it likes about it."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Local CA")])
        builder = certificates._builder(self.name, self.name, self.key, self.key)
        self.certificate = (
            builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(certificates._usage(authority=True), critical=True)
            .sign(self.key, SHA256())
        )
        signer_key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Ada Signer")])
        asked_at = x509.AuthorityInformationAccess(
            [
                x509.AccessDescription(
                    AuthorityInformationAccessOID.OCSP,
                    x509.UniformResourceIdentifier("http://ocsp.invalid/"),
                )
            ]
        )
        leaf = (
            certificates._builder(subject, self.name, signer_key, self.key)
            .add_extension(certificates._usage(authority=False), critical=True)
            .add_extension(asked_at, critical=False)
            .sign(self.key, SHA256())
        )
        self.signer = Identity(key=signer_key, chain=(leaf, self.certificate), kind="file")

    def crl(
        self, *, revoked: datetime | None = None, age: timedelta = DAY, key: object = None
    ) -> bytes:
        start = datetime.now(UTC).replace(microsecond=0) - age
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.name)
            .last_update(start)
            .next_update(start + 7 * DAY)
        )
        if revoked is not None:
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder()
                .serial_number(self.signer.leaf.serial_number)
                .revocation_date(revoked)
                .build()
            )
        made = builder.sign(key or self.key, SHA256())  # type: ignore[arg-type]
        return made.public_bytes(Encoding.DER)

    def ocsp(self, *, revoked: datetime | None = None) -> bytes:
        now = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
        good = ocsp.OCSPCertStatus.GOOD
        response = (
            ocsp.OCSPResponseBuilder()
            .add_response(
                cert=self.signer.leaf,
                issuer=self.certificate,
                algorithm=SHA256(),
                cert_status=good if revoked is None else ocsp.OCSPCertStatus.REVOKED,
                this_update=now,
                next_update=now + DAY,
                revocation_time=revoked,
                revocation_reason=None,
            )
            .responder_id(ocsp.OCSPResponderEncoding.HASH, self.certificate)
            .certificates([self.certificate])
            .sign(self.key, SHA256())
        )
        return response.public_bytes(Encoding.DER)


@pytest.fixture(scope="module")
def ca() -> Authority:
    return Authority()


@pytest.fixture(scope="module")
def unsigned() -> bytes:
    return make_pdf(b"{}")


def revocation(pdf: bytes, folder: Path, clock: Path | None = None) -> Step:
    path = folder / "report.pdf"
    path.write_bytes(pdf)
    return {s.name: s for s in verify(path, timestamp_key=clock)}["report.pdf revocation"]


@pytest.mark.parametrize("kind", ["crl", "ocsp"])
def test_the_data_lie_in_the_signatures_own_revision_and_are_checked(
    server: str, authority: Path, ca: Authority, unsigned: bytes, tmp_path: Path, kind: str
):
    data = ValidationData(crls=(ca.crl(),)) if kind == "crl" else ValidationData(ocsps=(ca.ocsp(),))
    signed = sign_pdf(unsigned, ca.signer, timestamp=server, validation=data)
    assert signed.startswith(unsigned)
    assert signed.count(b"%%EOF") == unsigned.count(b"%%EOF") + 1
    seal = check_pdf(signed)
    assert seal.stamp is not None
    assert seal.validation == data
    step = revocation(signed, tmp_path, authority / "tsa.pem")
    assert step.outcome is Outcome.PASS
    assert "not revoked at" in step.detail
    assert "by Local CA" in step.detail
    unbelieved = revocation(signed, tmp_path)
    assert unbelieved.outcome is Outcome.NOT_CHECKED
    assert "a time stamp that is not trusted" in unbelieved.detail


def test_pyhanko_itself_reads_it_as_long_term_valid(server: str, ca: Authority, unsigned: bytes):
    from pyhanko.keys import load_certs_from_pemder_data
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.dss import DocumentSecurityStore

    data = ValidationData(crls=(ca.crl(),))
    signed = sign_pdf(unsigned, ca.signer, timestamp=server, validation=data)
    reader = PdfFileReader(io.BytesIO(signed))
    stamp = check_pdf(signed).stamp
    assert stamp is not None
    roots = [
        *load_certs_from_pemder_data(pem([ca.certificate]).encode()),
        *load_certs_from_pemder_data(pem([stamp.authority]).encode()),
    ]
    context = DocumentSecurityStore.read_dss(reader).as_validation_context(
        {"trust_roots": roots, "allow_fetching": False, "revocation_mode": "require"}
    )
    status = validate_pdf_signature(reader.embedded_signatures[0], context, skip_diff=True)
    assert status.bottom_line
    assert status.coverage.name == "ENTIRE_FILE"


def test_without_validation_data_it_says_that_nobody_was_asked(
    server: str, ca: Authority, unsigned: bytes, tmp_path: Path
):
    step = revocation(sign_pdf(unsigned, ca.signer, timestamp=server), tmp_path)
    assert step.outcome is Outcome.NOT_CHECKED
    assert "carries no validation data" in step.detail


def refused(ca: Authority) -> dict[str, ValidationData]:
    other = Authority()
    yesterday = datetime.now(UTC) - DAY
    return {
        "revoked": ValidationData(crls=(ca.crl(revoked=yesterday),)),
        "revoked, says OCSP": ValidationData(ocsps=(ca.ocsp(revoked=yesterday),)),
        "out of date": ValidationData(crls=(ca.crl(age=30 * DAY),)),
        "of another authority": ValidationData(crls=(other.crl(),)),
        "not signed by the issuer": ValidationData(crls=(ca.crl(key=other.key),)),
    }


@pytest.mark.parametrize("case", list(refused(Authority())))
def test_what_does_not_show_that_the_key_holds_is_not_signed(
    server: str, ca: Authority, unsigned: bytes, case: str
):
    with pytest.raises(SigningError, match="do not show that signer and time stamp"):
        sign_pdf(unsigned, ca.signer, timestamp=server, validation=refused(ca)[case])


def forged(
    ca: Authority, server: str, unsigned: bytes, data: ValidationData, patch: pytest.MonkeyPatch
) -> bytes:
    """Let somebody embed what this tool would refuse to embed."""
    from audit.signing.pdf import pades

    honest: Callable[..., object] = pades.signing_context

    def careless(chain: object, data: ValidationData, stamper: object) -> object:
        from pyhanko_certvalidator.policy_decl import NO_REVOCATION, CertRevTrustPolicy

        context = honest(chain, data, stamper)
        context._revinfo_policy = CertRevTrustPolicy(NO_REVOCATION)  # type: ignore[attr-defined]
        return context

    patch.setattr(pades, "signing_context", careless)
    return sign_pdf(unsigned, ca.signer, timestamp=server, validation=data)


@pytest.mark.parametrize(
    ("case", "outcome", "word"),
    [
        ("revoked", Outcome.FAIL, "revoked at"),
        ("revoked, says OCSP", Outcome.FAIL, "revoked at"),
        ("of another authority", Outcome.NOT_CHECKED, "do not help"),
        ("not signed by the issuer", Outcome.NOT_CHECKED, "do not help"),
        ("out of date", Outcome.NOT_CHECKED, "do not help"),
    ],
)
def test_verify_says_what_such_data_are_worth(
    server: str,
    ca: Authority,
    unsigned: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    case: str,
    outcome: Outcome,
    word: str,
):
    pdf = forged(ca, server, unsigned, refused(ca)[case], monkeypatch)
    step = revocation(pdf, tmp_path)
    assert step.outcome is outcome
    assert word in step.detail


def test_a_key_revoked_later_had_signed_well(
    server: str,
    authority: Path,
    ca: Authority,
    unsigned: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    later = ValidationData(crls=(ca.crl(revoked=datetime.now(UTC) + DAY),))
    pdf = forged(ca, server, unsigned, later, monkeypatch)
    assert revocation(pdf, tmp_path, authority / "tsa.pem").outcome is Outcome.PASS


def test_it_needs_a_time_stamp_and_an_issuer(server: str, ca: Authority, unsigned: bytes):
    data = ValidationData(crls=(ca.crl(),))
    with pytest.raises(UsageError, match="which only a time stamp gives") as caught:
        sign_pdf(unsigned, ca.signer, validation=data)
    assert "--timestamp" in caught.value.advice
    alone = replace(ca.signer, chain=ca.signer.chain[:1])
    with pytest.raises(SigningError, match="no issuer that could revoke"):
        sign_pdf(unsigned, alone, timestamp=server, validation=data)
    with pytest.raises(SigningError, match="gave no time stamp"):
        sign_pdf(unsigned, ca.signer, timestamp="http://127.0.0.1:9/", validation=data)


def test_files_are_told_apart_by_their_content(ca: Authority, tmp_path: Path):
    crl = x509.load_der_x509_crl(ca.crl())
    contents = {
        "a.crl": crl.public_bytes(Encoding.DER),
        "b.pem": crl.public_bytes(Encoding.PEM),
        "c": ca.ocsp(),
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    read = read_validation_data([tmp_path / name for name in contents])
    assert read == ValidationData(crls=(contents["a.crl"],) * 2, ocsps=(contents["c"],))


@pytest.mark.parametrize(
    "content", [b"", b"garbage", b"-----BEGIN X509 CRL-----\nAAAA\n", b"0\x03"]
)
def test_what_is_neither_is_a_usage_error(tmp_path: Path, content: bytes):
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(UsageError, match="neither a CRL nor"):
        read_validation_data([tmp_path / "x"])
    with pytest.raises(UsageError, match="cannot be read"):
        read_validation_data([tmp_path / "nowhere"])


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="install poppler-utils")
def test_poppler_and_openssl_accept_it(
    server: str, ca: Authority, unsigned: bytes, tmp_path: Path, root: Path
):
    data = ValidationData(crls=(ca.crl(),), ocsps=(ca.ocsp(),))
    (tmp_path / "report.pdf").write_bytes(
        sign_pdf(unsigned, ca.signer, timestamp=server, validation=data)
    )
    (tmp_path / "signer.pem").write_text(pem([ca.signer.leaf]))
    seen = subprocess.run(
        ["pdfsig", "report.pdf"], check=True, cwd=tmp_path, capture_output=True, text=True
    ).stdout
    assert "Signature is Valid" in seen
    assert "Total document signed" in seen
    done = by_hand(root, tmp_path, tmp_path, sections=slice(1, 3))
    assert done.returncode == 0, done.stderr
    assert "CAdES Verification successful" in done.stderr


@pytest.mark.parametrize("data", [b"", b"junk", b"\x30\x00", b"\x30\x03\x02\x01\x00"])
@pytest.mark.parametrize("kind", ["crls", "ocsps"])
def test_damaged_data_say_nothing(ca: Authority, kind: str, data: bytes):
    with pytest.raises(UnsoundError):
        require_unrevoked(ca.signer.chain, ValidationData(**{kind: (data,)}), datetime.now(UTC))
