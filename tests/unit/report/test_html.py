# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The page says what the record says, escapes what strangers wrote, and repeats itself."""

import os
import re
import sys
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from audit import resources, rules
from audit.custody import custody_on
from audit.errors import RenderError, RulesError
from audit.languages import Language
from audit.record.document import AuditRecord, record_from_bytes, to_bytes
from audit.record.files import Origin
from audit.record.said import Said
from audit.record.texts import RuleTexts
from audit.report import render_html
from audit.report.formats.html import Pen, _inline, _printable
from audit.report.words.language import words
from audit.report.words.texts import short_name
from audit.signing.attestation.slot import OPENING
from tests.unit.report import records

GOLDEN = Path(__file__).parents[2] / "golden" / "report.html"
ORDER = [
    "verdict",
    "question",
    "weights",
    "licences",
    "findings",
    "limits",
    "custody",
    "details",
    "lines",
    "methods",
    "context",
    "drafts",
    "inventory",
    "glossary",
]
VOID = {"meta", "col", "br", "link", "img", "input", "hr"}


class Page(HTMLParser):
    """Collects tags, ids, links and text, and checks that tags close in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append(tag)
        self.attributes |= set(values)
        self.ids += [v for k, v in attrs if k == "id" and v]
        self.links += [v for k, v in attrs if k in ("href", "src") and v]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))


def page(record: AuditRecord, custody: object = records.CUSTODY) -> Page:
    html = render_html(record, custody)  # type: ignore[arg-type]
    return Page(html.decode())


def test_the_sections_come_in_order() -> None:
    found = [i for i in page(records.convicted()).ids if i in ORDER]
    assert found == ORDER


def test_every_link_stays_inside_the_page() -> None:
    seen = page(records.convicted())
    assert seen.links
    assert all(link.startswith("#") and link[1:] in seen.ids for link in seen.links)
    assert len(seen.ids) == len(set(seen.ids))


def test_a_conviction_shows_gate_and_evidence_apart() -> None:
    text = page(records.convicted()).text
    assert "Gate Fail" in text
    assert "Evidence from the weights Shared trained weights" in text
    assert "below 1 in 10⁹, where this audit stops" in text
    assert "by the normal approximation" not in text.split("Annex C")[0]
    assert "2 of 6 pairs reach the value of this comparison" in text
    assert "The weights do not say which of the two came first." in text


def test_marks_in_findings_become_code_and_exponents() -> None:
    finding = replace(
        records.FINDINGS[0],
        title="No `license:` in <b>`x`</b>",
        message="It has probability at most 10^-87.",
        how_to_fix="Write `license: mit <i>`. Then `more`.",
    )
    record = replace(records.convicted(), findings=(finding,))
    html = render_html(record, None).decode()
    assert "at most 10<sup>−87</sup>." in html
    assert html.count("Write <code>license: mit &lt;i&gt;</code>.") == 3
    assert html.count("Then <code>more</code>.") == 1
    assert "No <code>license:</code> in &lt;b&gt;<code>x</code>&lt;/b&gt;" in html
    assert "`" not in html.split("<body ")[1]


def test_an_action_is_never_cut_in_the_middle_of_a_sentence() -> None:
    long = replace(records.FINDINGS[1], how_to_fix="Do " + "this and " * 60 + "that. Then rest.")
    front = page(replace(records.convicted(), findings=(long, records.FINDINGS[0]))).text
    front = front.split("Contents")[0]
    assert "Add a NOTICE file that reproduces the statement. (LIC002)" in front
    assert "this and this" not in front
    assert "Section 5 says each in full." in front


def test_lines_come_strongest_first_and_are_explained_once() -> None:
    single = records.evidence(
        "aligned-weights",
        "attention/q",
        p_kind=records.PKind.ASYMPTOTIC,
        statistic=60.0,
        log10_p=-900.0,
        effect=0.8,
        n=256,
        roles=("q",),
    )
    base = records.shared()
    record = records.record(replace(base, evidence=(single, *base.evidence)), ())
    lines, tests = page(record).text.split("Annex B: lines of evidence")[1].split("Annex C: ")[:2]
    numbers = ("−377.9", "−243.3", "−755.0", "−215.8", "Size by kind of tensor: q 80.0 %.")
    places = [lines.index(mark) for mark in numbers]
    assert places == sorted(places)
    for test in ("embedding-agreement 1", "column-agreement 1", "aligned-weights 1"):
        assert tests.count(test) == 1
        assert test not in lines
    assert "−900" not in lines, "single kinds of tensor are a sentence and no row"


def test_one_line_says_where_a_test_was_silent() -> None:
    silent = [
        records.evidence("tensor-identity", scope, statistic=0.0, log10_p=0.0, effect=0.0, n=9)
        for scope in ("head", "router")
    ]
    base = records.shared()
    text = page(records.record(replace(base, evidence=(*base.evidence, *silent)), ())).text
    assert "Equality of values (head, router): no agreement beyond chance." in text


def test_limits_are_not_printed_as_observations() -> None:
    limit = records.shared().limits[0]
    finding = replace(records.FINDINGS[0], evidence=("seen", limit))
    text = page(replace(records.convicted(), findings=(finding,))).text
    assert "Observed seen Where" in text
    assert limit in text


def test_a_direction_is_printed_with_what_it_rests_on() -> None:
    record = records.record(replace(records.shared(), direction="reference-to-suspect"), ())
    text = page(record).text
    assert "Dependence has no direction" not in text
    assert "Direction From “reference” to “suspect”: the experts of one model repeat" in text
    assert text.count("The direction rests on containment") == 2, "page one, and the limits"


def test_silent_tests_are_printed_beside_a_conviction() -> None:
    text = page(records.convicted()).text
    other = text.split("What supports H3 (independent)")[1][:160]
    assert "router" in other


def test_a_clearance_is_worded_without_claiming_independence() -> None:
    text = page(records.cleared()).text
    assert "Gate Pass" in text
    assert "No shared weights were found between “suspect” and “reference”" in text
    assert "Absence of agreement is not independence" in text
    assert (
        "What supports H1 or H2 (dependent) No test that gave a number supports this side." in text
    )


def test_missing_evidence_is_said_and_not_graded() -> None:
    text = page(records.inconclusive()).text
    assert "Gate Undecided" in text
    assert "the audited folder holds no weights" in text
    assert "Not graded" in text
    assert "nan" not in text.lower().split()


def test_without_a_reference_nothing_is_said_about_origin() -> None:
    text = page(records.record(None, ())).text
    assert "No reference was available" in text
    assert "Gate Pass, documents only" in text
    assert "No weights were compared." in text


def test_findings_come_worst_first_and_seen_before_unseen() -> None:
    text = page(records.convicted()).text.split("Annex A: findings in full")[1]
    positions = [text.index(check) for check in ("WGT001", "LIC004", "LIC002")]
    assert positions == sorted(positions)


def test_without_custody_the_page_says_so() -> None:
    text = page(records.convicted(), None).text
    assert "Not recorded: this report was rendered from a record alone." in text
    assert "Date not recorded" in text


def test_a_date_alone_is_not_taken_for_a_run() -> None:
    """Whether something was asked or signed is then as unknown as without any custody."""
    dated = page(records.convicted(), custody_on(datetime(2026, 1, 31, tzinfo=UTC)))
    assert "2026-01-31" in dated.text
    assert "Nothing was asked" not in dated.text
    assert "Not stated by the person" not in dated.text
    assert (
        "report.intoto.jsonl and report.sigstore.json" not in dated.text.split("How to verify")[0]
    )
    assert dated.text.count("Not recorded: this report was rendered from a record alone.") == 3


def test_a_self_made_signature_is_not_oversold() -> None:
    text = page(records.convicted()).text
    assert "Nobody vouches for who holds it" in text
    assert "verified badge" not in text


def test_a_record_without_numbers_of_its_rules_prints_none() -> None:
    """As records of earlier versions are; what is installed here says nothing about them."""
    html = render_html(replace(records.convicted(), texts=RuleTexts()), None).decode()
    assert "alpha derived" not in html
    assert html.count("Not printed: the record does not hold them.") == 1
    assert "is not stated: the record does not say it" in html


def test_a_record_that_was_read_gives_the_page_of_the_one_that_was_made() -> None:
    made = records.hostile()
    read = record_from_bytes(to_bytes(made), where="record.json")
    for language in Language:
        pages = [render_html(r, records.CUSTODY, language=language) for r in (made, read)]
        assert pages[0] == pages[1]


def test_a_page_asks_nothing_but_the_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other rules, and none at all, give the same page: every loader of rules is cut off."""
    record = records.convicted()
    before = [render_html(record, records.CUSTODY, language=language) for language in Language]
    whole = resources.tree
    empty = lambda name: tmp_path if name == "rules" else whole(name)  # noqa: E731
    monkeypatch.setattr(resources, "tree", empty)
    loaders = [
        f
        for m in list(sys.modules.values())
        if m.__name__.startswith("audit.rules")
        for f in vars(m).values()
        if hasattr(f, "cache_clear")
    ]
    assert len(loaders) > 8
    for loader in loaders:
        loader.cache_clear()
    with pytest.raises((RulesError, OSError)):
        rules.calibration()
    after = [render_html(record, records.CUSTODY, language=language) for language in Language]
    for loader in loaders:
        loader.cache_clear()
    assert after == before


def test_long_inventories_are_capped_and_counted() -> None:
    base = records.convicted()
    many = tuple(
        records.artifact(f"part-{i:05d}.bin", 1, records.Kind.OTHER) for i in range(12_345)
    )
    html = render_html(replace(base, subject=replace(base.subject, artifacts=many)), None).decode()
    assert "12,045 more files are listed in record.json." in html
    assert "part-00299.bin" in html
    assert "part-00300.bin" not in html


def test_hostile_strings_stay_text() -> None:
    seen, clean = page(records.hostile()), page(records.convicted())
    assert set(seen.tags) == set(clean.tags)
    assert seen.attributes == clean.attributes
    assert all(link.startswith("#") for link in seen.links)
    assert records.SCRIPT in seen.text
    assert "{{ 7 * 7 }}" in seen.text


def test_hostile_strings_cannot_hide_or_reorder_characters() -> None:
    html = render_html(records.hostile(), records.CUSTODY).decode()
    assert "‹U+202E›" in html
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b-\u200f\x00-\x09\x0b-\x1f\x7f]", html)
    assert "a" * 3000 not in html


def test_the_page_forbids_itself_scripts_and_the_network() -> None:
    html = render_html(records.convicted(), None).decode()
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:" in html
    assert html.count("<script") == html.count(f"{OPENING.decode()}</script>") == 1


def test_the_style_sheet_is_not_escaped() -> None:
    html = render_html(records.convicted(), None).decode()
    style = html.split("<style>")[1].split("</style>")[0]
    assert '"Source Serif 4"' in style
    assert "&" not in style


def test_the_same_record_gives_the_same_bytes() -> None:
    first, second = (render_html(records.convicted(), records.CUSTODY) for _ in range(2))
    assert first == second


def test_templates_can_print_nothing_but_text() -> None:
    for value in (0.5, None, True, ("a",)):
        with pytest.raises(TypeError):
            _printable(value)


def test_broken_templates_are_a_render_error(monkeypatch: pytest.MonkeyPatch) -> None:
    from audit.report.formats import html

    monkeypatch.setattr(html, "_head", lambda *_: object())
    with pytest.raises(RenderError):
        render_html(records.convicted(), None)


def test_what_is_owed_is_a_matrix_with_places() -> None:
    text = render_html(records.convicted(), None).decode()
    part = text.partition("4 Licences and duties")[2].partition("</section>")[0]
    assert "2 sources found or declared; 3 obligations followed from there" in part
    assert "1 met, 1 not met, 1 unknown" in part
    assert "<code>NOTICE:3, 100.0 % alike</code>" in part
    assert "README.md:12" in part
    assert "To be answered by a person: Does reference carry a NOTICE file?" in part
    assert "declared, to be looked at by a person" in part
    assert "not legal advice" in part
    silent = render_html(records.cleared(), None).decode()
    assert "Obligations were not looked at in this run." in silent


def test_golden() -> None:
    """Set ``UPDATE_GOLDEN=1`` to accept what the report now says."""
    html = render_html(records.convicted(), records.CUSTODY)
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_bytes(html)
    assert html.decode() == GOLDEN.read_text(encoding="utf-8")


def test_names_are_shortened_in_the_middle() -> None:
    name = short_name("a" * 500 + "-end")
    assert len(name) <= 61
    assert name.endswith("-end")


def test_old_licence_facts_are_said_once() -> None:
    words = "should be read against the texts again"
    assert words not in page(records.convicted()).text
    later = replace(records.CUSTODY, audited_at="2099-01-31T12:00:00Z")
    assert page(records.convicted(), later).text.count(words) == 1


def test_what_stands_inside_a_message_is_escaped_and_made_visible() -> None:
    said = Said("Compared with {name} at `99 %`", name="<b>\x1b\u202e")
    html = _inline(Pen(words(Language.ENGLISH)), said)
    assert html == "Compared with &lt;b&gt;‹U+001B›‹U+202E› at <code>99 %</code>"
    assert _inline(Pen(words(Language.ENGLISH)), "`<i>`\x1b") == "`&lt;i&gt;`‹U+001B›"


def test_a_hub_that_was_asked_is_no_time_stamp() -> None:
    source = Origin(
        model="lab/model", said_by=Said("the hub"), address="https://hub.example/lab/model",
        commit="c" * 40,
    )  # fmt: skip
    base = records.convicted()
    record = replace(base, subject=replace(base.subject, source=source))
    hub = f"https://hub.example/lab/model/tree/{'c' * 40}"
    custody = replace(records.CUSTODY, asked=(hub,))
    assert "level B-B, without a time stamp" in page(record, custody).text
    stamped = replace(custody, asked=(hub, "https://clock.example/"))
    assert "with a time stamp from https://clock.example/" in page(record, stamped).text
