# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The HTML report in a real browser: accessible, still, off the network, readable on a phone.

Chromium's headless shell comes from Debian and axe-core from npm. Both are asked for, never
required: a machine without them skips and says so.
"""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from audit.languages import Language
from audit.report import render_html
from tests.browser.chromium import Chromium
from tests.unit.report import records

pytestmark = pytest.mark.sampled(3)

AXE = Path(__file__).with_name("node_modules") / "axe-core" / "axe.min.js"
SAMPLES = {
    "convicted": records.convicted,
    "cleared": records.cleared,
    "inconclusive": records.inconclusive,
    "hostile": records.hostile,
}
SCREENS = {"desk": (1280, False), "desk, dark": (1280, True), "phone": (390, False)}
VIOLATIONS = """
const found = await axe.run(document, {resultTypes: ['violations']});
return found.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target).join(' | '));
"""


@pytest.fixture
def browser(tmp_path: Path) -> Chromium:
    program = shutil.which("chromium-headless-shell")
    if program is None:
        assert not os.environ.get("CI"), "install chromium-headless-shell"
        pytest.skip("Chromium's headless shell is missing: apt-get install chromium-headless-shell")
    return Chromium(program=str(program), folder=tmp_path)


@pytest.fixture(scope="module")
def axe() -> str:
    if not AXE.is_file():
        cure = "npm install --no-package-lock --prefix tests/browser"
        pytest.skip(f"axe-core is missing: {cure}")
    return AXE.read_text(encoding="utf-8")


def page(sample: str, language: Language = Language.ENGLISH) -> bytes:
    return render_html(SAMPLES[sample](), records.CUSTODY, language=language)


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("sample", SAMPLES)
def test_axe_finds_no_violation(browser: Chromium, axe: str, sample: str, screen: str) -> None:
    width, dark = SCREENS[screen]
    answer = browser.ask(page(sample), VIOLATIONS, library=axe, width=width, dark=dark)
    assert answer == []


@pytest.mark.parametrize("sample", ["convicted", "hostile"])
def test_axe_finds_no_violation_in_chinese(browser: Chromium, axe: str, sample: str) -> None:
    for width in (1280, 390):
        chinese = page(sample, Language.CHINESE)
        assert browser.ask(chinese, VIOLATIONS, library=axe, width=width) == []
        question = "return document.documentElement.scrollWidth <= innerWidth;"
        assert browser.ask(chinese, question, width=width) is True


def test_axe_would_have_found_one(browser: Chromium, axe: str) -> None:
    spoilt = page("cleared").replace(b'<html lang="en-GB">', b"<html>")
    answer: Any = browser.ask(spoilt, VIOLATIONS, library=axe)
    assert [violation.split(":")[0] for violation in answer] == ["html-has-lang"]


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_phone_shows_the_page_without_scrolling_sideways(browser: Chromium, sample: str) -> None:
    question = "return [document.documentElement.scrollWidth, innerWidth];"
    answer: Any = browser.ask(page(sample), question, width=390)
    assert answer[1] == 390
    assert answer[0] <= 390


def test_dark_and_light_differ(browser: Chromium) -> None:
    question = "return getComputedStyle(document.body).backgroundColor;"
    light = browser.ask(page("convicted"), question)
    assert browser.ask(page("convicted"), question, dark=True) != light


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_page_asks_for_nothing_and_runs_nothing(browser: Chromium, sample: str) -> None:
    html = page(sample)
    document, addresses = browser.opened(html)
    assert addresses == []
    assert document.count("<section") == html.decode().count("<section")


def test_a_fetch_would_have_been_seen(browser: Chromium) -> None:
    fetching = page("cleared").replace(
        b"</main>", b'<img src="http://example.org/x" alt=""></main>'
    )
    fetching = fetching.replace(b"img-src data:", b"img-src http:")
    assert browser.opened(fetching)[1] == ["http://example.org/x"]


def test_a_table_can_be_copied(browser: Chromium) -> None:
    question = """
    const table = document.querySelector('#weights table.grid');
    getSelection().selectAllChildren(table);
    return [getSelection().toString(), table.rows.length];
    """
    answer: Any = browser.ask(page("convicted"), question)
    rows = [line.split("\t") for line in answer[0].strip().splitlines() if line.strip()]
    assert len(rows) == answer[1]
    assert all(len(row) == len(rows[0]) for row in rows)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="no pdftotext: poppler-utils")
def test_the_browser_prints_every_section(browser: Chromium) -> None:
    question = "return [...document.querySelectorAll('h2')].map(h => h.innerText.trim());"
    headings: Any = browser.ask(page("convicted"), question)
    pdf = browser.printed(page("convicted"))
    done = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, check=True)
    text = " ".join(done.stdout.decode().split())
    assert headings
    assert [h for h in headings if " ".join(h.split()) not in text] == []
