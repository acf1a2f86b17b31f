# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A review from end to end, as three people see it.

The publisher audits a fine-tune and signs; a reviewer signs on the report; a stranger drops the
folder, then the reviewed PDF, on ``docs/verify.html``, and goes over all with poppler and OpenSSL
as ``docs/verify.md`` says. Nothing is replaced: pages, PDFs and keys are real ones.
"""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.browser.chromium import Chromium
from tests.browser.dropping import Tab, tab
from tests.browser.test_page import browser
from tests.tiny_repo import fine_tune, make_repo, run_audit
from tests.unit.signing.test_docs import by_hand

__all__ = ["browser"]

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
SAID = "document.getElementById('said').textContent"
ROWS = "[...document.querySelectorAll('#rows tr')].map(r => [...r.cells].map(c => c.textContent))"
PAGES = {f"report{tongue}{kind}" for tongue in ("", ".zh") for kind in (".html", ".pdf")}
UNCHANGED = "is unchanged since it was signed"


@dataclass(frozen=True)
class Reviewed:
    """A report that a publisher and a reviewer signed."""

    model: Path
    report: Path


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Reviewed:
    folder = tmp_path_factory.mktemp("review")
    base = make_repo(folder / "base")
    model, report = fine_tune(base, folder / "model"), folder / "report"
    for who in ("publisher", "reviewer"):
        made = run_audit(
            "key", "new", "--name", f"The {who}", "--no-passphrase", "--out", folder / who
        )
        assert made.exit_code == 0, made.output
    audited = run_audit(
        "model-repo", model, "--against", base, "--out", report, "--lang", "both", "--summary",
        "--key", folder / "publisher",
    )  # fmt: skip
    assert audited.exit_code == 3, audited.output  # the card names no base: a person must look
    words = folder / "words.txt"
    words.write_text("I compared the files of section 3 again.", encoding="utf-8")
    signed = run_audit(
        "sign", report, "--as", "reviewer", "--statement", words, "--key", folder / "reviewer"
    )
    assert signed.exit_code == 0, signed.output
    return Reviewed(model, report)


_DROPS = 6


def dropped(page: Tab, *paths: Path) -> tuple[str, dict[str, str]]:
    """Drop files; what the page says of the whole, and of each."""
    page.ask(f"{SAID} = ''")
    for _ in range(_DROPS):  # a page that is not drawn yet, on a busy machine, misses a drop
        page.drop(*paths)
        if page.becomes(f"{SAID} !== ''", 20):
            break
    page.wait(f"!['', 'Checking ...'].includes({SAID})")
    return page.ask(SAID), {name: state for state, name, _ in page.ask(ROWS)}


def test_with_a_browser_alone(browser: Chromium, reviewed: Reviewed, tmp_path: Path) -> None:
    report = reviewed.report
    damaged = Path(shutil.copytree(report, tmp_path / "damaged"))
    with (damaged / "edition-2" / "report.zh.pdf").open("ab") as file:
        file.write(b"\n%")
    robbed = Path(shutil.copytree(report, tmp_path / "robbed"))
    next(robbed.glob("response-*")).unlink()
    with tab(browser) as page:
        page.open(ROOT / "docs" / "verify.html")
        said, states = dropped(page, report)
        assert UNCHANGED in said
        assert said.endswith("who signed it is not known.")
        assert set(states.values()) == {"holds"}
        assert states.keys() >= PAGES | {f"edition-2/{name}" for name in PAGES} | {"edition-2"}
        for alone in (report / "edition-2" / "report.pdf", report / "report.zh.summary.pdf"):
            said, states = dropped(page, alone)
            assert said.startswith("This PDF is unchanged"), said
            assert states == {alone.name: "holds"}
        assert UNCHANGED in dropped(page, report / "edition-2" / "report.zh.html")[0]
        said, states = dropped(page, damaged)
        assert said.startswith("This does not hold")
        assert states["edition-2/report.zh.pdf"] == states["edition-2"] == "FAILED"
        said, states = dropped(page, robbed)
        assert said.startswith("This does not hold")
        assert {name for name, state in states.items() if state == "FAILED"} == {"edition-2"}


def ok(said: str, names: Iterable[str]) -> set[str]:
    return {name for name in names if f"{name}: OK" not in said}


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="no pdfsig: poppler-utils")
def test_with_poppler_and_openssl_alone(reviewed: Reviewed, tmp_path: Path) -> None:
    report = Path(shutil.copytree(reviewed.report, tmp_path / "report"))
    listed = {"record.json", "report.html.empty", "report.zh.html.empty", "report.pdf"}
    for folder in (report / "edition-2", report):
        done = by_hand(ROOT, folder, reviewed.model)
        assert done.returncode == 0, done.stderr
        assert done.stdout.count("Signature is Valid") == 4
        assert done.stdout.count("Total document signed") == 4
        assert done.stderr.count("CAdES Verification successful") == 4
        assert "Verified OK" in done.stdout
        assert ok(done.stdout, listed | {"report.zh.summary.pdf", "model.safetensors"}) == set()
    next(report.glob("response-*")).write_bytes(b"{}\n")
    assert by_hand(ROOT, report, reviewed.model).returncode != 0


def test_with_the_tool(reviewed: Reviewed) -> None:
    done = run_audit("verify", reviewed.report, "--model", reviewed.model)
    assert done.exit_code == 0, done.output
    assert done.output.startswith("This report is unchanged since it was signed")
    page = (reviewed.report / "edition-2" / "report.html").read_text(encoding="utf-8")
    assert "The reviewer (name as given, not checked" in page
