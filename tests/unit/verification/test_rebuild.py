# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``--rebuild``: page and PDF are views of the record, rendered again; or it says why not."""

import hashlib
import io
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from audit import __version__, report, resources
from audit.custody import custody_now
from audit.languages import Languages
from audit.record.document import AuditRecord, to_bytes
from audit.report import render_editions, render_pdf, render_stamp
from audit.signing.attestation.names import is_summary
from audit.signing.attestation.seal import seal_report
from audit.signing.identity.keys import Identity, new_identity
from audit.signing.pdf.pades import sign_pdf
from audit.verification.step import Outcome, Step
from audit.verification.verify import verify
from tests.unit.report import records
from tests.unit.signing.test_addition import replace_content, signed_after

pytestmark = pytest.mark.sampled(3)


@pytest.fixture(scope="module")
def signer() -> Identity:
    return new_identity("Ada Signer")


def ours() -> AuditRecord:
    """Return a record that this very version could have made."""
    made = records.cleared()
    tool = replace(
        made.tool, version=__version__, rules_sha256=resources.digest(resources.tree("rules"))
    )
    lines = "".join(f"{a.sha256}  {a.path}\n" for a in made.subject.artifacts)
    manifest = hashlib.sha256(lines.encode()).hexdigest()
    return replace(made, tool=tool, subject=replace(made.subject, manifest_sha256=manifest))


def write(
    folder: Path,
    signer: Identity,
    *,
    visible: bool = False,
    other: AuditRecord | None = None,
    languages: Languages = Languages.EN,
) -> Path:
    """Write a real report; with ``other``, page and PDF show that record instead."""
    record = ours()
    custody = custody_now("audit", signer.signer, renderer=report.renderer_versions())
    record_json = to_bytes(record)
    if other is None:
        made = render_editions(record, custody, languages=languages, visible_signature=visible)
    else:  # what is shown is of that record, what is attached is not
        page = report.render_html(other, custody)
        made = {"report.html": page, "report.pdf": render_pdf(page, record_json, custody)}
    stamp = render_stamp(custody) if visible else None
    signed = {n: sign_pdf(pdf, signer, stamp=stamp) for n, pdf in made.items() if ".pdf" in n}
    files = {**made, **signed, "record.json": record_json}
    folder.mkdir()
    for name, content in seal_report(record, files, custody, signer).items():
        (folder / name).write_bytes(content)
    return folder


def rebuilt(target: Path) -> dict[str, Step]:
    steps = {step.name: step for step in verify(target, rebuild=True)}
    return {name: step for name, step in steps.items() if name.endswith(" rebuilt")}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, signer: Identity) -> Path:
    return write(tmp_path_factory.mktemp("made") / "report", signer)


def test_an_honest_report_is_rendered_again_to_the_last_byte(made: Path):
    steps = rebuilt(made)
    assert {name: step.outcome for name, step in steps.items()} == {
        "report.html rebuilt": Outcome.PASS,
        "report.pdf rebuilt": Outcome.PASS,
    }


def test_so_is_one_that_shows_its_signature(tmp_path: Path, signer: Identity):
    steps = rebuilt(write(tmp_path / "report", signer, visible=True))
    assert {step.outcome for step in steps.values()} == {Outcome.PASS}


def test_so_are_both_languages_and_every_step_names_its_file(tmp_path: Path, signer: Identity):
    folder = write(tmp_path / "report", signer, languages=Languages.BOTH)
    steps = {step.name: step for step in verify(folder, rebuild=True)}
    for name in ("report.html", "report.zh.html", "report.pdf", "report.zh.pdf"):
        assert steps[name].outcome is Outcome.PASS
        assert steps[f"{name} rebuilt"].outcome is Outcome.PASS
    for name in ("report.pdf", "report.zh.pdf"):
        for part in ("signature", "signer", "record"):
            assert steps[f"{name} {part}"].outcome is Outcome.PASS
    page = folder / "report.zh.html"
    page.write_bytes(page.read_bytes().replace(b"</h1>", b"!</h1>", 1))
    failed = {step.name for step in verify(folder) if step.outcome is Outcome.FAIL}
    assert failed == {"report.zh.html"}


def test_the_first_page_alone_is_signed_listed_and_rendered_again(tmp_path: Path, signer: Identity):
    record, custody = (
        ours(),
        custody_now("audit", signer.signer, renderer=report.renderer_versions()),
    )
    files = render_editions(record, custody, summary=True)
    files |= {n: sign_pdf(pdf, signer) for n, pdf in files.items() if n.endswith(".pdf")}
    names = [name for name in files if is_summary(name)]
    assert names == ["report.summary.pdf"]
    pages = PdfFileReader(io.BytesIO(files[names[0]])).root["/Pages"]
    assert pages["/Count"] == 1
    for name, content in seal_report(record, files, custody, signer).items():
        (tmp_path / name).write_bytes(content)
    steps = {step.name: step.outcome for step in verify(tmp_path, rebuild=True)}
    for part in ("", " signature", " signer", " record", " rebuilt"):
        assert steps[f"report.summary.pdf{part}"] is Outcome.PASS
    (tmp_path / names[0]).unlink()
    assert {s.name for s in verify(tmp_path) if s.outcome is Outcome.FAIL}, "it is missed"


def test_a_page_and_pdf_that_show_something_else_fail_although_well_signed(
    tmp_path: Path, signer: Identity
):
    record = ours()
    other = replace(record, subject=replace(record.subject, name="another"))
    folder = write(tmp_path / "report", signer, other=other)
    without = {step.name: step.outcome for step in verify(folder)}
    assert Outcome.FAIL not in without.values()
    steps = rebuilt(folder)
    assert {step.outcome for step in steps.values()} == {Outcome.FAIL}
    assert "report.pdf is not what this record is rendered as" in steps["report.pdf rebuilt"].detail


def test_other_versions_are_named_and_nothing_is_compared(
    made: Path, monkeypatch: pytest.MonkeyPatch
):
    real = report.renderer_versions()
    monkeypatch.setattr(report, "renderer_versions", lambda: {**real, "Pango": "1.99.0"})
    for step in rebuilt(made).values():
        assert step.outcome is Outcome.NOT_CHECKED
        assert f"Pango {real['Pango']}, here 1.99.0" in step.detail


def test_a_file_alone_has_nothing_to_be_rendered_from(made: Path, tmp_path: Path):
    for name in ("report.pdf", "report.html"):
        shutil.copy(made / name, tmp_path)
        (step,) = [s for n, s in rebuilt(tmp_path / name).items() if n.startswith(name)]
        assert step.outcome is Outcome.NOT_CHECKED


def test_it_is_not_done_unasked(made: Path):
    assert not [step for step in verify(made) if step.name.endswith("rebuilt")]


def test_the_signature_may_not_change_what_it_is_appended_to(tmp_path: Path, signer: Identity):
    """A revision that the signature covers, after bytes that are the rendered ones."""
    record = ours()
    custody = custody_now("audit", signer.signer, renderer=report.renderer_versions())
    record_json, page = to_bytes(record), report.render_html(record, custody)
    pdf = signed_after(replace_content, render_pdf(page, record_json, custody), signer)
    files = {"record.json": record_json, "report.html": page, "report.pdf": pdf}
    folder = tmp_path / "report"
    folder.mkdir()
    for name, content in seal_report(record, files, custody, signer).items():
        (folder / name).write_bytes(content)
    steps = {step.name: step for step in verify(folder, rebuild=True)}
    assert steps["report.html rebuilt"].outcome is Outcome.PASS
    assert {n for n, s in steps.items() if s.outcome is Outcome.FAIL} == {"report.pdf rebuilt"}
    assert "its signature's revision changes object" in steps["report.pdf rebuilt"].detail
