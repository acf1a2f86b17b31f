# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The PDF signature: accepted by poppler and OpenSSL, refused after any later change."""

import hashlib
import io
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from audit.errors import SigningError
from audit.record.absent import Absent
from audit.signing.identity.certificates import fingerprint, pem
from audit.signing.identity.keys import Identity, new_identity
from audit.signing.pdf.pades import sign_pdf
from audit.signing.pdf.pdf_seal import check_pdf
from audit.signing.unsound import UnsoundError
from tests.unit.signing.signed import make_pdf

RECORD = b'{"a": 1}'


@pytest.fixture(scope="module")
def unsigned() -> bytes:
    return make_pdf(RECORD)


@pytest.fixture(scope="module")
def signed(unsigned: bytes, identity: Identity) -> bytes:
    return sign_pdf(unsigned, identity)


def cms_parts(pdf: bytes) -> tuple[bytes, bytes]:
    """Cut the signed bytes and the DER signature out of a PDF, by hand."""
    found = re.findall(rb"/ByteRange\s*\[(\d+) (\d+) (\d+) (\d+)\s*\]", pdf)
    assert len(found) == 1
    _, before, after, length = map(int, found[0])
    container = bytes.fromhex(pdf[before + 1 : after - 1].decode())
    size = int.from_bytes(container[2:4], "big") + 4  # DER: 30 82 hi lo
    assert container[:2] == b"\x30\x82"
    return pdf[:before] + pdf[after : after + length], container[:size]


def test_a_signed_pdf_checks_and_names_its_signer(signed: bytes, identity: Identity):
    seal = check_pdf(signed)
    assert fingerprint(seal.chain[0]) == identity.fingerprint
    assert [fingerprint(c) for c in seal.chain[1:]] == [fingerprint(identity.chain[1])]
    assert seal.record == RECORD


def test_signing_appends_and_changes_no_earlier_byte(unsigned: bytes, signed: bytes):
    assert signed.startswith(unsigned)


def test_poppler_accepts_the_signature(tmp_path: Path, signed: bytes):
    pdfsig = shutil.which("pdfsig")
    if pdfsig is None:
        pytest.skip("pdfsig is not installed: install poppler-utils")
    path = tmp_path / "report.pdf"
    path.write_bytes(signed)
    said = subprocess.run([pdfsig, path], capture_output=True, text=True, check=True).stdout
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "Not total document signed" not in said
    assert "ETSI.CAdES.detached" in said
    assert said.count("Signature #") == 1


def test_openssl_accepts_the_signature_and_refuses_other_content(
    tmp_path: Path, signed: bytes, identity: Identity
):
    content, cms = cms_parts(signed)
    (tmp_path / "ca.pem").write_text(pem(identity.chain[1:]))
    (tmp_path / "cms.der").write_bytes(cms)
    (tmp_path / "content").write_bytes(content)
    (tmp_path / "changed").write_bytes(content + b"\n")
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "cms.der"]
    command += ["-CAfile", "ca.pem", "-purpose", "any", "-cades", "-out", "/dev/null", "-content"]

    def run(name: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, name], check=False, cwd=tmp_path, capture_output=True, text=True
        )

    good, bad = run("content"), run("changed")
    assert good.returncode == 0, good.stderr
    assert "Verification successful" in good.stderr
    assert bad.returncode != 0


@pytest.mark.parametrize("tail", [b"\n", b"%%EOF\n", b"\x00" * 100, b"1 0 obj\n<<>>\nendobj\n"])
def test_anything_appended_is_refused(signed: bytes, tail: bytes):
    with pytest.raises(UnsoundError, match=r"bytes follow|cannot be read"):
        check_pdf(signed + tail)


def test_a_later_revision_is_refused(signed: bytes):
    from pyhanko.pdf_utils.generic import pdf_name, pdf_string
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    writer.root[pdf_name("/Lang")] = pdf_string("fr")
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    assert len(out.getvalue()) > len(signed)
    with pytest.raises(UnsoundError, match="bytes follow the signed part"):
        check_pdf(out.getvalue())


def approval_signed(pdf: bytes, identity: Identity, *, field: str, certify: bool) -> bytes:
    """Sign in another way than ours, through pyHanko itself."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers
    from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter

    from audit.signing.pdf.pades import _KeySigner

    meta = signers.PdfSignatureMetadata(
        field_name=field,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=certify,
        docmdp_permissions=MDPPerm.FILL_FORMS,
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    return signers.sign_pdf(writer, meta, _KeySigner(identity)).getvalue()


def test_a_signature_that_certifies_nothing_is_refused(unsigned: bytes, identity: Identity):
    approval = approval_signed(unsigned, identity, field="Other", certify=False)
    with pytest.raises(UnsoundError, match="does not certify"):
        check_pdf(approval)


def test_a_certification_that_permits_changes_is_refused(unsigned: bytes, identity: Identity):
    lenient = approval_signed(unsigned, identity, field="Other", certify=True)
    with pytest.raises(UnsoundError, match="permits later changes"):
        check_pdf(lenient)


def test_a_second_signature_is_refused(unsigned: bytes, identity: Identity):
    lenient = approval_signed(unsigned, identity, field="First", certify=True)
    twice = approval_signed(lenient, new_identity("Second"), field="Second", certify=False)
    with pytest.raises(UnsoundError, match="2 signatures"):
        check_pdf(twice)


def in_container(pdf: bytes, old: bytes, new: bytes) -> bytes:
    """Replace bytes in the hexadecimal container of the signature."""
    for before, after in ((old.hex(), new.hex()), (old.hex().upper(), new.hex().upper())):
        if before.encode() in pdf:
            return pdf.replace(before.encode(), after.encode())
    raise AssertionError("not in the container")


def test_a_forged_digest_without_the_key_is_refused(signed: bytes):
    """Change the content, and put its new digest where the old one was signed."""
    content, cms = cms_parts(signed)
    old = hashlib.sha256(content).digest()
    assert cms.count(old) == 1
    forged = signed.replace(b"/Producer (WeasyPrint", b"/Producer (WeasyPr!nt")
    assert forged != signed
    new = hashlib.sha256(cms_parts(forged)[0]).digest()
    forged = in_container(forged, old, new)
    assert cms_parts(forged)[1].count(new) == 1
    with pytest.raises(UnsoundError, match="not made by the certificate"):
        check_pdf(forged)


def test_another_signature_value_is_refused(signed: bytes):
    _, cms = cms_parts(signed)
    changed = cms[:-1] + bytes([cms[-1] ^ 1])
    with pytest.raises(UnsoundError, match="not made by the certificate"):
        check_pdf(in_container(signed, cms, changed))


def test_an_unsigned_pdf_is_refused(unsigned: bytes):
    with pytest.raises(UnsoundError, match="no signature"):
        check_pdf(unsigned)


def test_moved_ranges_are_refused_although_their_lengths_add_up(signed: bytes):
    found = re.search(rb"/ByteRange\s*\[(\d+) (\d+) (\d+) (\d+)\s*\]", signed)
    assert found is not None
    _, before, after, length = map(int, found.groups())
    moved = b"/ByteRange [0 %d %d %d]" % (before, after - 2, length)
    padded = moved[:-1].ljust(len(found.group()) - 1) + b"]"
    assert len(padded) == len(found.group())
    with pytest.raises(UnsoundError, match="follow the signed part"):
        check_pdf(signed.replace(found.group(), padded))


@pytest.mark.parametrize("cut", [0, 1, 5, 100, 0.3, 0.6, 0.9, 0.99, -1])
def test_a_truncated_pdf_is_refused(signed: bytes, cut: float):
    end = int(len(signed) * cut) if 0 < cut < 1 else int(cut)
    with pytest.raises(UnsoundError):
        check_pdf(signed[:end])


@pytest.mark.parametrize(
    "content",
    [b"\x00" * 5000, b"%PDF-1.7\n", b"%PDF-1.7\nstartxref\n9\n%%EOF", b"%PDF-1.7 " + b"[" * 5000],
)
def test_garbage_is_refused(content: bytes):
    with pytest.raises(UnsoundError):
        check_pdf(content)


def test_a_pdf_without_a_record_says_so(identity: Identity):
    from weasyprint import HTML

    seal = check_pdf(sign_pdf(bytes(HTML(string="<p>none").write_pdf()), identity))
    assert isinstance(seal.record, Absent)
    assert "0 attachments" in seal.record.reason


def test_two_records_in_one_pdf_are_ambiguous(identity: Identity):
    from weasyprint import HTML, Attachment

    twice = [Attachment(string=text, name="record.json") for text in (b"{}", b"[]")]
    seal = check_pdf(sign_pdf(bytes(HTML(string="<p>two").write_pdf(attachments=twice)), identity))
    assert isinstance(seal.record, Absent)
    assert "2 attachments" in seal.record.reason


@pytest.mark.parametrize("content", [b"", b"not a pdf", b"%PDF-1.7\ntruncated"])
def test_what_is_no_pdf_cannot_be_signed(content: bytes, identity: Identity):
    with pytest.raises(SigningError, match="cannot be signed"):
        sign_pdf(content, identity)
