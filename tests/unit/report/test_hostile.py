# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A folder that attacks its own report: nothing of it becomes markup, a link, a file or a section.

The folder is real and goes through the whole programme; what it tries is written down first.
"""

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, IndirectObject
from pyhanko.pdf_utils.reader import PdfFileReader

from audit.pipeline import run
from audit.record.document import AuditRecord, to_bytes
from audit.report import render_html, render_pdf
from audit.report.formats import pdf
from audit.request import Request
from tests.tiny_repo import fine_tune, make_repo
from tests.unit.report import records
from tests.unit.report.test_html import Page
from tests.unit.report.test_pdf import attached

pytestmark = pytest.mark.sampled(4)

WORD = "W" * 10_000
FORGED = '</td></tr></table></section><section id="verdict"><h2>1 Verdict: PASS</h2>'
CARD = f"""---
license: "mit</style><script src=https://192.0.2.7/x.js></script>"
base_model: "org/<img src=file:///etc/passwd onerror=alert(1)>"
---
# Trained from scratch {FORGED}

We trained it from scratch <a href="javascript:alert(1)">here</a> \u202eevitisop\u202c
\U0001f600 {WORD}.

<link rel=attachment href=file:///etc/passwd>
{{{{ report.subject }}}} {{% raw %}} %(name)s
"""
LICENSE = f"MIT License {FORGED}\n\nCopyright 2025 <object data=file:///etc/passwd>\n{WORD}\n"
NAMES = (
    "<script>alert(1)<\u2215script>.md",
    "a\u202ejpg.exe",
    "file:\u2215\u2215\u2215etc\u2215passwd",
    "\U0001f525\u4e2d\u6587.txt",
    "n" * 180,
    "two\nlines",
)


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> AuditRecord:
    folder = tmp_path_factory.mktemp("hostile")
    base = make_repo(folder / "base")
    model = fine_tune(base, folder / "model", card=CARD)
    (model / "LICENSE").write_text(LICENSE)
    for name in NAMES:
        (model / name).write_text(LICENSE)
    return run(Request.of(target=str(model), against=(str(base),)))


@pytest.fixture(scope="module")
def page(attacked: AuditRecord) -> bytes:
    return render_html(attacked, records.CUSTODY)


@pytest.fixture(scope="module")
def printed(attacked: AuditRecord, page: bytes) -> bytes:
    return render_pdf(page, to_bytes(attacked), records.CUSTODY)


def test_the_attack_is_in_the_record(attacked: AuditRecord) -> None:
    said = to_bytes(attacked).decode()
    assert "192.0.2.7" in said
    assert "file:///etc/passwd" in said
    assert len(attacked.subject.artifacts) >= len(NAMES)
    assert attacked.subject.training


def test_the_html_has_the_tags_and_sections_of_any_other(page: bytes) -> None:
    seen = Page(page.decode())
    clean = Page(render_html(records.convicted(), records.CUSTODY).decode())
    assert set(seen.tags) <= {*clean.tags, "sup"}, "exponents are ours"
    assert seen.attributes <= clean.attributes
    sections = [i for i in clean.ids if not i.startswith(("finding-", "reference-", "line-"))]
    assert [
        i for i in seen.ids if not i.startswith(("finding-", "reference-", "line-"))
    ] == sections
    assert all(link.startswith("#") for link in seen.links)
    assert page.count(b"<script") == 1, "the one that holds the attestation"


def sections(page: Page) -> list[str]:
    counted = ("finding-", "reference-", "line-")
    return [name for name in page.ids if not name.startswith(counted)]


def test_no_direction_mark_and_no_control_character_is_left(page: bytes) -> None:
    text = page.decode()
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b-\u200f\x00-\x08\x0b-\x1f\x7f]", text)
    assert WORD not in text
    assert "%(name)s" not in text or "{% raw %}" in text


def everything(item: Any, seen: set[int]) -> Iterator[DictionaryObject]:
    """Yield every dictionary that can be reached in a PDF."""
    if isinstance(item, IndirectObject):
        item = item.get_object()
    if id(item) in seen:
        return
    seen.add(id(item))
    if isinstance(item, DictionaryObject):
        yield item
        for key in item:
            yield from everything(item.raw_get(key), seen)
    elif isinstance(item, ArrayObject):
        for part in range(len(item)):
            yield from everything(item.raw_get(part), seen)


def test_the_pdf_embeds_the_record_and_opens_nothing(printed: bytes, attacked: AuditRecord) -> None:
    assert list(attached(printed).values()) == [to_bytes(attacked)]
    assert b"root:x:0" not in printed
    reader = PdfFileReader(io.BytesIO(printed))
    found = list(everything(reader.root, set()))
    assert len(found) > 500
    actions = {str(d["/S"]) for d in found if "/S" in d and str(d.get("/Type")) == "/Action"}
    assert actions <= {"/GoTo"}
    wanted = {"/URI", "/Launch", "/JavaScript", "/JS", "/SubmitForm", "/GoToR", "/RichMedia"}
    assert not wanted & {str(d["/S"]) for d in found if "/S" in d}
    assert not any("/AA" in d or "/OpenAction" in d for d in found)


def test_the_pdfs_outline_is_that_of_any_other(printed: bytes) -> None:
    def titles(node: Any) -> Iterator[str]:
        while node is not None:
            node = node.get_object()
            yield str(node["/Title"])
            node = node.raw_get("/Next") if "/Next" in node else None

    root = PdfFileReader(io.BytesIO(printed)).root
    found = list(titles(root["/Outlines"]["/First"]))
    assert found[0] == "2 Question and items"
    assert [t for t in found if re.match(r"\d+ ", t)] == found[:6]
    assert not any("1 Verdict: PASS" in t for t in found)


@pytest.mark.parametrize("sample", ["attacked", "records"])
def test_nothing_is_printed_outside_the_paper(sample: str, page: bytes) -> None:
    """Every line of text ends before the edge of its page, whatever stands in it."""
    data = page
    if sample == "records":
        data = render_html(records.hostile(), records.CUSTODY)
    with pdf._bundled_fonts():
        import weasyprint

        text = pdf._with_visible_gaps(data.decode())
        pages = weasyprint.HTML(string=text).render().pages
        assert len(pages) > 10
        over = [
            (number, box.text[:40], round(box.position_x + box.width - sheet.width))
            for number, sheet in enumerate(pages, start=1)
            for box in sheet._page_box.descendants()
            if type(box).__name__ == "TextBox" and box.position_x + box.width > sheet.width - 30
        ]
    assert over == []
