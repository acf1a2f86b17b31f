# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Templates hold no arithmetic, no thresholds, no scripts and no foreign parts."""

import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from audit import resources

FOLDER = resources.tree("templates")
PINNED = "<script>{{ script }}</script>"
"""The overview's own, which its policy names by its digest (tests/browser/test_fleet_page.py)."""
SLOT = '<script type="application/vnd.dsse.envelope.v1+json" id="audit-attestation"></script>'
"""Data, which browsers never execute; the only script element."""
TEMPLATES = sorted(FOLDER.rglob("*.j2"))
STYLES = sorted((FOLDER / "styles").glob("*.css"))
FONTS = sorted((FOLDER / "fonts").glob("*.ttf"))
EXPRESSION = re.compile(r"\{[{%](.*?)[}%]\}", re.DOTALL)


def expressions(path: Path) -> list[str]:
    return EXPRESSION.findall(path.read_text(encoding="utf-8"))


def test_there_is_something_to_check() -> None:
    names = ["blocks.html.j2", "fleet.html.j2", "report.html.j2"]
    assert [path.name for path in TEMPLATES] == names
    assert len(STYLES) == 6
    assert len(FONTS) == 8


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
def test_no_arithmetic_no_thresholds_no_unescaped_output(path: Path) -> None:
    for expression in expressions(path):
        code = re.sub(r'"[^"]*"', "", expression)
        assert not re.search(r"[<>]=?|==|!=", code), expression
        assert not re.search(r"\d\s*[-+*/%]|[-+*/]\s*\d", code), expression
        assert not re.search(r"\|", code), f"a filter: {expression}"
        assert "round" not in code


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
def test_no_script_no_foreign_part_no_colour(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    known = {"report.html.j2": SLOT, "fleet.html.j2": PINNED}.get(path.name)
    assert text.lower().count("<script") == (text.count(known) if known else 0) == bool(known)
    assert not re.search(r"\son\w+\s*=", text)
    links = text.replace('href="{{ cell.to }}"', "") if known == PINNED else text
    assert not re.search(r"(?:src|href)\s*=(?!\"#)", links), "only links inside the page"
    assert "style=" not in text
    assert "autoescape" not in text


@pytest.mark.parametrize("path", STYLES, ids=lambda p: p.name)
def test_style_sheets_fetch_nothing(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "url(" not in text
    assert "@import" not in text
    assert "</" not in text


def test_the_skeleton_is_only_a_skeleton() -> None:
    assert len((FOLDER / "report.html.j2").read_text(encoding="utf-8").splitlines()) <= 60


def test_fonts_stay_small_and_carry_their_licence() -> None:
    assert all(font.stat().st_size < 2_400_000 for font in FONTS)
    assert sum(font.stat().st_size for font in FONTS) < 6_000_000
    for font in FONTS:
        text = (FOLDER / "fonts" / f"OFL-{font.stem.split('-')[0]}.txt").read_text(encoding="utf-8")
        assert "SIL OPEN FONT LICENSE Version 1.1" in text
        reserved = re.findall(r"Reserved Font Name '([^']+)'", text.split("-----")[0])
        with TTFont(font) as file:
            names = " ".join(str(name) for name in file["name"].names if name.nameID in (1, 4, 16))
        assert not any(name in names for name in reserved), "a subset may not keep the name"


def bare_words(template: str) -> list[str]:
    """Return what a template would print without asking the catalogue."""
    without = re.sub(
        r"\{#.*?#\}|\{% trans.*?\{% endtrans %\}|\{%.*?%\}|\{\{.*?\}\}", "\0", template, flags=re.S
    )
    texts = re.sub(r"<[^>]*>", "\0", re.sub(r"<code[^>]*>[^<]*</code>", "", without)).split("\0")
    attributes = re.findall(r'(?:title|alt|aria-label|content)="([^"\0]*)"', without)
    return [t.strip() for t in (*texts, *attributes) if re.search(r"[A-Za-z]{2}", t)]


NOT_WORDS = {
    "width=device-width, initial-scale=1",
    *(
        'id="',
        'class="',
        'class="num',
        "any",
        'data-label="',
    ),  # attributes that a macro puts together
}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
def test_every_word_can_be_translated(path: Path) -> None:
    found = set(bare_words(path.read_text(encoding="utf-8"))) - NOT_WORDS
    assert {text for text in found if not text.startswith("default-src")} == set()


def test_a_bare_word_would_be_seen() -> None:
    assert bare_words('<p>{{ x }} read.</p><nav aria-label="Contents">') == ["read.", "Contents"]
    assert bare_words('<p>{{ _("Read") }}<code>audit verify</code></p>') == []


@pytest.mark.parametrize("path", [s for s in STYLES if "-" in s.stem], ids=lambda p: p.stem)
def test_every_language_says_the_words_of_the_style_sheets(path: Path) -> None:
    """Running heads stand in CSS; a language takes the place of each one that has words."""
    rule = re.compile(r"(@[a-z-]+|\.[\w .:]+?) \{ content: ([^;]*);")
    spoken = {
        selector
        for sheet in set(STYLES) - {path}
        for selector, content in rule.findall(sheet.read_text(encoding="utf-8"))
        if re.search(r"[A-Za-z]{2}", "".join(re.findall(r'"([^"]*)"', content)))
    }
    assert spoken == {"@top-right", "@bottom-left", "@bottom-right", ".contents .annexes a::before"}
    own = {selector for selector, _ in rule.findall(path.read_text(encoding="utf-8"))}
    assert spoken <= own
