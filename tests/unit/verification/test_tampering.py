# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What somebody with two valid reports and an editor can try; none of it is accepted."""

import io
import itertools
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from audit.signing.attestation.bundle import from_lines
from audit.signing.attestation.slot import CLOSING, OPENING
from audit.signing.identity.keys import Identity, new_identity
from audit.signing.pdf.pades import sign_pdf
from audit.verification.step import Outcome
from audit.verification.verify import verify
from tests.unit.signing.signed import (
    ATTESTATION,
    BUNDLE,
    HTML,
    NAMES,
    PDF,
    RECORD,
    make_subject,
    publish,
)

pytestmark = pytest.mark.slow

ALONE = (HTML, PDF, ATTESTATION, BUNDLE)
"""Files that can be verified without the others."""


def failed(target: Path) -> set[str]:
    return {step.name for step in verify(target) if step.outcome is Outcome.FAIL}


@pytest.fixture(scope="module")
def another(tmp_path_factory: pytest.TempPathFactory, identity: Identity) -> Path:
    """Return a second valid report by the same signer, on another model."""
    folder = tmp_path_factory.mktemp("another")
    return publish(folder / "report", make_subject(folder / "model", salt="other"), identity)


@pytest.mark.parametrize(
    "tail", [b"\n", b" ", b"\x00", b"%%EOF\n", b"<!-- -->", b"{}\n", b"A" * 999]
)
@pytest.mark.parametrize("name", NAMES)
def test_nothing_can_be_appended(report: Path, name: str, tail: bytes):
    path = report / name
    path.write_bytes(path.read_bytes() + tail)
    assert failed(report)
    if name in ALONE:
        assert failed(path)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_can_be_put_in_front_or_cut_off(report: Path, name: str):
    path = report / name
    content = path.read_bytes()
    for changed in (b"\n" + content, content[:-1], content[1:], content[: len(content) // 2], b""):
        path.write_bytes(changed)
        assert failed(report)


def mixtures() -> list[tuple[str, ...]]:
    """Every choice of files from the other report, but none and all of them."""
    return [chosen for n in range(1, len(NAMES)) for chosen in itertools.combinations(NAMES, n)]


@pytest.mark.parametrize("chosen", mixtures(), ids="+".join)
def test_no_mixture_of_two_valid_reports_is_valid(
    report: Path, another: Path, chosen: tuple[str, ...]
):
    for name in chosen:
        shutil.copy(another / name, report / name)
    assert failed(report)


def test_and_the_whole_other_report_is(report: Path, another: Path):
    for name in NAMES:
        shutil.copy(another / name, report / name)
    assert failed(report) == set()


def updated(pdf: bytes, change: Callable[[object], None]) -> bytes:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def new_title(writer) -> None:
    from pyhanko.pdf_utils.generic import TextStringObject, pdf_name

    writer.root[pdf_name("/Lang")] = TextStringObject("xx")
    writer.update_root()


def nothing(writer) -> None:
    writer.update_root()


@pytest.mark.parametrize("change", [new_title, nothing])
def test_no_incremental_update_is_accepted(report: Path, change: Callable[[object], None]):
    path = report / PDF
    path.write_bytes(updated(path.read_bytes(), change))
    assert failed(path) == {f"{PDF} signature"}
    assert failed(report) >= {PDF, f"{PDF} signature"}


def test_a_pdf_signed_again_by_somebody_else_is_refused(report: Path, pristine: Path):
    from pyhanko.pdf_utils.reader import PdfFileReader

    signed = (pristine / PDF).read_bytes()
    reader = PdfFileReader(io.BytesIO(signed))
    start = signed.index(b"%%EOF") + len(b"%%EOF\n")
    assert reader.embedded_signatures
    (report / PDF).write_bytes(sign_pdf(signed[:start], new_identity("Eve")))
    assert failed(report) == {PDF, f"{PDF} signer"}
    assert failed(report / PDF) == set(), "alone it is Eve's, which only a pinned key can tell"


SLOT = OPENING + CLOSING


def twice(page: bytes) -> bytes:
    return page.replace(b"</html>", SLOT + b"</html>")


def twice_filled(page: bytes) -> bytes:
    start, end = page.index(OPENING), page.index(CLOSING) + len(CLOSING)
    return page.replace(b"</html>", page[start:end] + b"</html>")


def emptied(page: bytes) -> bytes:
    start, end = page.index(OPENING) + len(OPENING), page.index(CLOSING)
    return page[:start] + page[end:]


def removed(page: bytes) -> bytes:
    start, end = page.index(OPENING), page.index(CLOSING) + len(CLOSING)
    return page[:start] + page[end:]


def renamed(page: bytes) -> bytes:
    return page.replace(b"audit-attestation", b"audit-attestatiom")


def executed(page: bytes) -> bytes:
    return page.replace(b"</html>", b"<SCRIPT>alert(1)</SCRIPT></html>")


def in_upper_case(page: bytes) -> bytes:
    return page.replace(b"<script", b"<SCRIPT")


def padded(page: bytes) -> bytes:
    return page.replace(OPENING, OPENING + b" ")


def in_a_comment(page: bytes) -> bytes:
    start, end = page.index(OPENING), page.index(CLOSING) + len(CLOSING)
    return page[:start] + b"<!--" + page[start:end] + b"-->" + page[end:]


@pytest.mark.parametrize(
    "change",
    [
        twice,
        twice_filled,
        emptied,
        removed,
        renamed,
        executed,
        in_upper_case,
        padded,
        in_a_comment,
    ],
)
def test_the_slot_is_there_once_and_holds_the_attestation(
    report: Path, change: Callable[[bytes], bytes]
):
    path = report / HTML
    changed = change(path.read_bytes())
    assert changed != path.read_bytes()
    path.write_bytes(changed)
    assert failed(report) == {HTML}
    assert failed(path)


def test_a_page_with_the_attestation_of_another_report_is_refused(report: Path, another: Path):
    mine, theirs = (
        from_lines((folder / ATTESTATION).read_bytes())[0] for folder in (report, another)
    )
    page = (report / HTML).read_bytes()
    (report / HTML).write_bytes(page.replace(mine, theirs))
    assert failed(report) == {HTML}
    assert failed(report / HTML) == {HTML}


LINES: dict[str, Callable[[list[bytes], list[bytes]], list[bytes]]] = {
    "first stripped": lambda own, _: own[1:],
    "last stripped": lambda own, _: own[:2],
    "gate stripped": lambda own, _: own[:1],
    "in another order": lambda own, _: [own[0], own[2], own[1]],
    "one twice": lambda own, _: [*own, own[1]],
    "one of another": lambda own, other: [own[0], other[1], own[2]],
    "all but the first of another": lambda own, other: [own[0], *other[1:]],
    "another's appended": lambda own, other: [*own, *other],
    "another's in front": lambda own, other: [*other, *own],
    "an empty line": lambda own, _: [own[0], b"", *own[1:]],
    "nothing": lambda _own, _other: [],
}


@pytest.mark.parametrize("case", LINES)
def test_the_lines_are_these_three(report: Path, another: Path, case: str):
    own, other = (list(from_lines((f / ATTESTATION).read_bytes())) for f in (report, another))
    (report / ATTESTATION).write_bytes(b"".join(line + b"\n" for line in LINES[case](own, other)))
    assert failed(report)
    assert failed(report / ATTESTATION)


@pytest.mark.parametrize("name", NAMES)
def test_a_stripped_file_is_missed(report: Path, name: str):
    (report / name).unlink()
    assert "files" in failed(report)


def test_a_page_that_was_not_signed_is_no_part_of_the_report(report: Path):
    shutil.copy(report / HTML, report / "report.zh.html")
    shutil.copy(report / PDF, report / "report.zh.pdf")
    assert failed(report) == {"report.zh.html", "report.zh.pdf"}


def test_a_gate_by_another_key_is_refused(report: Path, identity: Identity):
    from audit.signing.attestation import dsse

    eve = new_identity("Ada Signer")
    lines = from_lines((report / ATTESTATION).read_bytes())
    forged = [dsse.seal(dsse.parse(line).payload, eve) for line in lines[1:]]
    (report / ATTESTATION).write_bytes(b"".join(x + b"\n" for x in (lines[0], *forged)))
    assert failed(report) == {"gate attestations"}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("mediaType",), "application/vnd.dev.sigstore.bundle.v0.2+json"),
        (("verificationMaterial", "publicKey", "hint"), "0" * 64),
        (("verificationMaterial", "tlogEntries"), [{}]),
        (("verificationMaterial", "certificate"), {"rawBytes": ""}),
        (("dsseEnvelope", "signatures"), []),
        (("more",), 1),
    ],
)
def test_the_bundle_says_nothing_of_its_own(report: Path, path: tuple[str, ...], value: object):
    import rfc8785

    bundle = json.loads((report / BUNDLE).read_bytes())
    place = bundle
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    (report / BUNDLE).write_bytes(rfc8785.dumps(bundle))
    assert failed(report) == {BUNDLE}
    assert failed(report / BUNDLE)


def test_the_record_alone_is_covered_by_nothing(report: Path):
    from audit.errors import UsageError

    with pytest.raises(UsageError, match="no PDF, page or attestation"):
        verify(report / RECORD)
