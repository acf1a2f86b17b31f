# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The page of a fleet in a real browser: accessible, off the network, sorted by its headings."""

from pathlib import Path
from typing import Any

import pytest

from audit.fingerprints.shelf import Library
from audit.fleets.fleet import Fleet
from audit.fleets.manifest import Line
from audit.fleets.overview import page
from audit.languages import Language
from tests.browser.chromium import Chromium
from tests.browser.test_page import SCREENS, VIOLATIONS, axe, browser

__all__ = ["axe", "browser"]

HOSTILE = "</script><script>alert(1)</script>\u202eevil<img src=http://example.org/x>"
READ = """
const press = name => [...document.querySelectorAll('thead button')]
  .find(b => b.textContent === name).click();
const read = place => [...document.querySelectorAll('tbody tr')]
  .map(r => r.cells[place].textContent.trim());
"""


def line(name: str, size: int | None, state: str = "done", **told: object) -> Line:
    shown: dict[str, object] = {"name": name, "parameters": size, "width": 64, "problem": None}
    return Line.model_validate(
        {
            "doing": "fingerprint",
            "target": f"acme/{name}",
            "released": None,
            "against": (),
            "state": state,
            "sha256": f"{size:064x}" if state == "done" else None,
            "mark": None,
            "reason": None if state == "done" else HOSTILE,
            "told": (shown | told) if state == "done" else {},
        }
    )


LINES = (
    line("b", 9_000_000),
    line("c10", 1_200_000_000, problem="the names tell of no residual stream", unread=2),
    line("c9", 70_000),
    line("a", None, "failed"),
    line(HOSTILE, 5),
)


def made(language: Language = Language.ENGLISH) -> bytes:
    fleet = Fleet(targets=(), folder=Path("out"), shelf=Library(Path("library")))
    return page(fleet, LINES, language)


def audits() -> bytes:
    fleet = Fleet(targets=(), folder=Path("out"), shelf=Library(Path("library")), doing="audit")
    told = {"status": "FAIL", "findings": 3, "related": ["acme/base"]}
    found = [one.model_copy(update={"told": one.told | told}) for one in LINES]
    return page(fleet, found)


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("what", [made, audits, lambda: made(Language.CHINESE)])
def test_axe_finds_no_violation(browser: Chromium, axe: str, what: Any, screen: str) -> None:
    width, dark = SCREENS[screen]
    assert browser.ask(what(), VIOLATIONS, library=axe, width=width, dark=dark) == []
    wide = "return document.documentElement.scrollWidth <= innerWidth;"
    assert browser.ask(what(), wide, width=width) is True


def test_a_heading_sorts_its_column_both_ways(browser: Chromium) -> None:
    ask = (
        READ + "press('Parameters'); const up = read(2); press('Parameters'); return [up, read(2)];"
    )
    up, down = browser.ask(made(), ask)  # type: ignore[misc]
    assert up == ["", "5", "70,000", "9,000,000", "1,200,000,000"]
    assert down == up[::-1]
    ask = READ + "press('Model'); return [read(0), [...document.querySelectorAll('[aria-sort]')]"
    names, heads = browser.ask(made(), ask + ".map(h => [h.textContent, h.ariaSort])];")  # type: ignore[misc]
    assert heads == [["Model", "ascending"]]
    shown = [name.split(" (")[0] for name in names]
    assert [n for n in shown if len(n) < 7] == ["acme/a", "b", "c9", "c10"]


def test_the_page_as_it_is_asks_for_nothing_and_runs_its_own_script_alone(
    browser: Chromium,
) -> None:
    document, addresses = browser.opened(made())
    assert addresses == []
    assert document.count("<button") == 6  # the policy lets the script run
    assert document.count("<script") == 1
    spoilt = made().replace(b"</main>", b"<script>document.title = 'ran'</script></main>")
    assert "<title>ran</title>" not in browser.opened(spoilt)[0]


def test_names_of_strangers_are_shown_and_not_obeyed() -> None:
    text = made().decode()
    assert "<img" not in text
    assert "\u202e" not in text
    assert "‹U+202E›evil" in text
    assert text.count("<script>") == 1


def test_without_scripts_every_row_is_there_in_the_order_of_the_list() -> None:
    text = made().decode()
    assert "<button" not in text.partition("<script>")[0]
    places = [text.index(f"acme/{name}") for name in ("b", "c10", "c9", "a")]
    assert places == sorted(places)
    assert made() == made()
