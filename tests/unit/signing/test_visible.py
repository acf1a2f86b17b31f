# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The visible signature: a tagged field on the page about the signature, filled with a stamp."""

import io
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audit.record.custody import Custody
from audit.record.document import to_bytes
from audit.report import render_html, render_pdf, render_stamp
from audit.signing.identity.keys import Identity, new_identity
from audit.signing.pdf.pades import sign_pdf
from audit.signing.pdf.pdf_seal import check_pdf
from tests.unit.report import records


@pytest.fixture(scope="module")
def signer() -> Identity:
    return new_identity("Zoë O’Signer & Söhne <b>")


@pytest.fixture(scope="module")
def custody(signer: Identity) -> Custody:
    return replace(records.CUSTODY, signer=signer.signer)


@pytest.fixture(scope="module")
def unsigned(custody: Custody) -> bytes:
    record = records.cleared()
    html = render_html(record, custody)
    return render_pdf(html, to_bytes(record), custody, visible_signature=True)


@pytest.fixture(scope="module")
def signed(unsigned: bytes, signer: Identity, custody: Custody) -> bytes:
    return sign_pdf(unsigned, signer, stamp=render_stamp(custody))


def field(pdf: bytes) -> Any:
    from pyhanko.pdf_utils.reader import PdfFileReader

    (only,) = PdfFileReader(io.BytesIO(pdf)).root["/AcroForm"]["/Fields"]
    return only.get_object()


def test_the_field_is_one_tagged_named_signature_field(unsigned: bytes):
    empty = field(unsigned)
    assert (empty["/FT"], empty["/T"], empty["/Subtype"]) == ("/Sig", "AuditSignature", "/Widget")
    assert empty["/TU"] == "Signature of the auditor"
    assert "/StructParent" in empty
    assert not {"/V", "/AP", "/DA"} & set(empty)
    left, bottom, right, top = empty["/Rect"]
    assert right - left > 200
    assert 30 < top - bottom < 100


def test_the_signature_fills_it_and_holds(unsigned: bytes, signed: bytes, signer: Identity):
    assert signed.startswith(unsigned)
    assert check_pdf(signed).chain[0] == signer.leaf
    assert "/AP" in field(signed)


def test_the_same_input_gives_the_same_unsigned_file(unsigned: bytes, custody: Custody):
    record = records.cleared()
    html = render_html(record, custody)
    assert render_pdf(html, to_bytes(record), custody, visible_signature=True) == unsigned
    assert render_stamp(custody) == render_stamp(custody)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="install poppler-utils")
def test_it_shows_who_signed_and_by_whose_clock(signed: bytes, signer: Identity, tmp_path: Path):
    (tmp_path / "x.pdf").write_bytes(signed)
    command = ["pdftotext", "-layout", tmp_path / "x.pdf", "-"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "Signed by Zoë O’Signer & Söhne <b>" in text
    assert "by the signer’s clock" in text
    assert text.count(signer.fingerprint) > 1


def test_without_the_option_there_is_no_place_to_be_seen(custody: Custody, signer: Identity):
    record = records.cleared()
    html = render_html(record, custody)
    assert html.count(b'<div id="signature-field"></div>') == 1
    pdf = sign_pdf(render_pdf(html, to_bytes(record), custody), signer)
    assert [int(place) for place in field(pdf)["/Rect"]] == [0, 0, 0, 0]
