# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A signer who changes the PDF in the very revision that their signature adds is found out."""

import io
from collections.abc import Callable
from typing import Any

import pytest

from audit.signing.identity.keys import Identity
from audit.signing.pdf import pades
from audit.signing.pdf.addition import addition_problem
from audit.signing.pdf.pdf_seal import check_pdf, shows_signature
from audit.signing.pdf.validation_data import ValidationData
from tests.unit.signing.test_validation_data import Authority
from tests.unit.signing.tsa import authority, server

__all__ = ["authority", "server"]


@pytest.fixture(scope="module")
def unsigned() -> bytes:
    import weasyprint

    text = (
        "<html lang=en><title>T</title><p><a href='#b'>one</a><p id=b style='break-before:page'>two"
    )
    return bytes(weasyprint.HTML(string=text).write_pdf(pdf_variant="pdf/ua-1"))


def signed_after(revise: Callable[[Any], None], unsigned: bytes, signer: Identity) -> bytes:
    """Sign ``unsigned`` as this tool does, with ``revise`` done in the same revision."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.signers import PdfSigner

    writer = IncrementalPdfFileWriter(io.BytesIO(unsigned))
    revise(writer)
    made = PdfSigner(pades._metadata(signer, None), pades._KeySigner(signer)).sign_pdf(writer)
    pdf = bytes(made.getvalue())
    assert pdf.startswith(unsigned)
    assert PdfFileReader(io.BytesIO(pdf)).xrefs.total_revisions == 2
    return pdf


def leave(writer: Any) -> None:
    """Change nothing: what the others do must be seen for what they do."""


def replace_content(writer: Any) -> None:
    from pyhanko.pdf_utils.generic import StreamObject

    page = writer.root["/Pages"]["/Kids"][0]
    new = StreamObject(stream_data=b"0 0 m 100 100 l S")
    page["/Contents"] = writer.add_object(new)
    writer.update_container(page)


def overwrite_content(writer: Any) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    contents = page["/Contents"]
    contents._data = b"0 0 m 100 100 l S"
    contents._encoded_data = None
    writer.mark_update(page.raw_get("/Contents"))


def drop_pages(writer: Any) -> None:
    pages = writer.root["/Pages"]
    del pages["/Kids"][1:]
    writer.update_container(pages)


def run_on_opening(writer: Any) -> None:
    from pyhanko.pdf_utils.generic import DictionaryObject, pdf_name, pdf_string

    action = {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): pdf_string("app.alert(1)")}
    writer.root["/OpenAction"] = DictionaryObject(action)
    writer.update_root()


def note_on_a_page(writer: Any) -> None:
    from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, NumberObject, pdf_name

    page = writer.root["/Pages"]["/Kids"][0]
    rectangle = ArrayObject(NumberObject(n) for n in (0, 0, 600, 800))
    note = DictionaryObject(
        {pdf_name("/Subtype"): pdf_name("/Square"), pdf_name("/Rect"): rectangle}
    )
    page.setdefault("/Annots", ArrayObject()).append(writer.add_object(note))
    writer.update_container(page)


def field_over_a_page(writer: Any) -> None:
    from pyhanko.sign.fields import SigFieldSpec, append_signature_field

    append_signature_field(writer, SigFieldSpec(pades.FIELD_NAME, box=(600, 800, 0, 0)))


def form_of_its_own(writer: Any) -> None:
    from pyhanko.pdf_utils.generic import DictionaryObject, pdf_name, pdf_string

    writer.root["/AcroForm"] = DictionaryObject({pdf_name("/XFA"): pdf_string("<xdp/>")})
    writer.update_root()


@pytest.mark.parametrize(
    "revise",
    [
        replace_content,
        overwrite_content,
        drop_pages,
        run_on_opening,
        note_on_a_page,
        field_over_a_page,
        form_of_its_own,
    ],
)
def test_what_else_the_revision_does_is_named(
    unsigned: bytes, identity: Identity, revise: Callable[[Any], None]
):
    pdf = signed_after(revise, unsigned, identity)
    assert check_pdf(pdf).chain[0] == identity.leaf
    assert "its signature's revision changes" in (addition_problem(unsigned, pdf) or "")


def test_a_signature_alone_changes_nothing(unsigned: bytes, identity: Identity):
    assert addition_problem(unsigned, signed_after(leave, unsigned, identity)) is None


def test_neither_do_a_time_stamp_and_validation_data(unsigned: bytes, server: str):
    ca = Authority()
    data = ValidationData(crls=(ca.crl(),), ocsps=(ca.ocsp(),))
    pdf = pades.sign_pdf(unsigned, ca.signer, timestamp=server, validation=data)
    assert check_pdf(pdf).validation
    assert addition_problem(unsigned, pdf) is None


def test_a_field_given_from_corner_to_corner_is_shown_whichever_comes_first(
    unsigned: bytes, identity: Identity
):
    assert shows_signature(signed_after(field_over_a_page, unsigned, identity))
    assert not shows_signature(signed_after(leave, unsigned, identity))


def test_what_cannot_be_read_is_a_problem(unsigned: bytes):
    assert "cannot be read" in (addition_problem(unsigned, unsigned + b"junk") or "")
