# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Ten promises about how strongly the report speaks, each held as a test.

1 capped by calibration, 2 no product of correlated lines, 3 nothing uncalibrated decides,
4 silence needs coverage (``tests/unit/checks``), 5 no word accuses (``test_words``),
6 controls are mandatory, 7 unreviewed is said, 8 both sides at one size, 9 the error stands
beside the grade, 10 counsel and the right of reply.
"""

import re
from dataclasses import replace
from math import log10

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit import resources
from audit.checks import evaluate
from audit.inventory import take_inventory
from audit.record.custody import Response, Signer
from audit.record.document import AuditRecord
from audit.record.findings import FindingStatus, Severity
from audit.record.said import Said
from audit.record.verdict import Status
from audit.record.weights import Comparison, Evidence, Outcome, PKind, Relation
from audit.report import render_html
from audit.report.sections.weighing import silent, speaking
from audit.report.words.evidence import capped
from audit.report.words.wording import methods
from audit.sources.names import resolve
from audit.verdict import gate
from audit.weights.comparison import compare
from tests.unit.checks.cases import POLICY, case, reference, release
from tests.unit.report import records
from tests.zoo import zoo_path

REVIEWER = Response(
    role="reviewer",
    signer=Signer(kind="local", name="Ada Reviewer", fingerprint="ab" * 32),
    made_at="2026-02-01T10:00:00Z",
    text="I have read it.",
)
SAMPLES = {
    "convicted": records.convicted(),
    "cleared": records.cleared(),
    "inconclusive": records.inconclusive(),
    "without a reference": records.record(None, ()),
}


def html(record: AuditRecord, responses: tuple[Response, ...] = ()) -> str:
    page = render_html(record, records.CUSTODY, responses=responses)
    return page.decode()


def front(page: str) -> str:
    first = page.split('<nav class="contents"', maxsplit=1)[0].split("<main>")[1]
    return re.sub(r'<a class="term"[^>]*>([^<]*)</a>', r"\1", first)


def calibrated(controls: int | None, log10_p: float, family: str = "llama") -> Comparison:
    """A disguise that only a calibrated test sees."""
    row = records.evidence(
        "gram-matching",
        "feed-forward",
        p_kind=PKind.CALIBRATED,
        statistic=0.9,
        log10_p=log10_p,
        effect=0.9,
        n=8,
        controls=controls,
        best_control=0.1,
        error_bound=0.02,
    )
    return replace(
        records.shared(),
        relation=Relation.DISGUISED,
        p_kind=PKind.CALIBRATED,
        log10_p=log10_p,
        family_suspect=family,
        evidence=(row,),
    )


def comparison(record: AuditRecord) -> str:
    return html(record).split(">3 Weight evidence<")[1].split(">4 Licences")[0]


@given(st.integers(min_value=0, max_value=10_000), st.floats(min_value=-500, max_value=0))
def test_1_no_record_makes_a_calibrated_line_stronger_than_its_controls(
    controls: int, log10_p: float
) -> None:
    (row,) = calibrated(controls, log10_p).evidence
    value = capped(row)
    assert value is not None
    assert value >= -log10(controls + 1)
    assert value >= log10_p


def test_1_the_cap_is_what_the_page_prints() -> None:
    text = html(records.record(calibrated(153, -300.0), ()))
    assert "−300" not in text
    assert "1 in 10³⁰⁰" not in text
    assert "10²" not in text.split("Annex G: glossary")[0].split("</style>")[1]
    assert text.split("Annex B: lines of evidence")[1].count("−2.1") == 1
    assert "−2.1" not in text.split("Annex B: lines of evidence")[0], "exponents are annexes'"
    assert "None of 153 comparisons of control models agreed this strongly" in front(text)
    assert "at most 2.0 % (95 % confidence)" in front(text)


def test_1_exact_lines_name_their_null() -> None:
    for test, text in methods().items():
        named = "independently" in text.null or "independent" in text.null
        deferred = text.null.startswith(("As for", "Not exact"))
        assert named or deferred, test


@pytest.mark.parametrize(
    ("suspect", "related"), [("fine-tune", True), ("stranger", False), ("permuted", True)]
)
def test_2_the_figure_is_that_of_one_line(suspect: str, *, related: bool) -> None:
    """Not a product: the corrected probability of one row, and of none smaller than it."""
    sides = [take_inventory(resolve(str(zoo_path(name)))) for name in (suspect, "base")]
    found = compare(*sides)
    rows = [e for e in found.evidence if e.outcome is Outcome.COMPUTED and e.log10_p is not None]
    assert found.log10_p is not None
    assert found.relation.is_lineage is related
    computed = sum(e.outcome is Outcome.COMPUTED for e in found.evidence)
    corrected = {round(min(0.0, (e.log10_p or 0.0) + log10(computed)), 3) for e in rows}
    assert round(found.log10_p, 3) in corrected
    assert found.log10_p >= min(e.log10_p or 0.0 for e in rows)


def test_2_no_sentence_is_surer_than_its_assumptions() -> None:
    record = records.convicted()
    assert record.comparisons[0].log10_p == -214.7
    exponents = re.findall(r"1\u00a0in\u00a010([⁰¹²³⁴⁵⁶⁷⁸⁹]+)", html(record))
    assert set(exponents) == {"⁹"}, "below that, the audit stops"


@pytest.mark.parametrize("relation", [r for r in Relation if r.is_lineage])
def test_3_calibrated_evidence_alone_never_passes_and_never_fails(
    tmp_path: object, relation: Relation
) -> None:
    made = release(tmp_path / "release", {"README.md": "---\nlicense: mit\n---\n# T\n"})  # type: ignore[operator]
    base = reference(
        tmp_path / "b",  # type: ignore[operator]
        "Base",
        relation,
        p_kind=PKind.CALIBRATED,
        log10_p=-2.2,
        license_id="mit",
    )
    found = [f for f in evaluate(case(made, base), POLICY) if f.check == "BASE001"]
    assert [f.status for f in found] == [FindingStatus.UNDETERMINED]
    verdict = gate(tuple(found), "test", Severity.HIGH, papers_only=False)
    assert verdict.status is Status.INDETERMINATE


@pytest.mark.parametrize(
    ("controls", "family", "said"),
    [
        (153, "llama", "calibrated"),
        (153, "an unseen family", "not calibrated"),
        (154, "an unseen family", "calibrated"),
        (0, "llama", "not calibrated"),
        (None, "llama", "not calibrated"),
    ],
)
def test_3_and_6_without_fitting_controls_a_line_is_not_calibrated(
    controls: int | None, family: str, said: str
) -> None:
    """One control more than is shipped is one of this audit, of the user's own choosing."""
    text = html(records.record(calibrated(controls, -2.2, family), ()))
    assert f"<td>{said}</td>" in text.split("Annex B: lines of evidence")[1]
    assert ("Not calibrated: none of the controls" in text) is (said == "not calibrated")
    assert "extremely strong" not in text.split("Annex G: glossary")[0]


@pytest.mark.parametrize("name", SAMPLES)
def test_7_an_unreviewed_conclusion_says_so_on_every_page(name: str) -> None:
    text = html(SAMPLES[name])
    concluded = name in ("convicted", "cleared")
    assert 'data-running="suspect · ' in text
    assert (" · UNREVIEWED" in text) is concluded
    assert ("UNREVIEWED. No named person" in front(text)) is concluded
    assert "Not reviewed." in front(text)


@pytest.mark.parametrize("name", ["convicted", "cleared"])
def test_7_a_reviewers_signature_takes_the_mark_away(name: str) -> None:
    text = html(SAMPLES[name], (REVIEWER,))
    assert "UNREVIEWED" not in text
    assert "Ada Reviewer (name as given, not checked; key abababababab…), 2026-02-01" in front(text)
    assert "I have read it." in text


def test_7_the_publisher_is_no_reviewer() -> None:
    text = html(records.convicted(), (replace(REVIEWER, role="publisher"),))
    assert "UNREVIEWED. No named person" in front(text)


@pytest.mark.parametrize("name", ["convicted", "cleared", "inconclusive"])
def test_8_both_sides_have_the_same_size_and_place(name: str) -> None:
    text = comparison(SAMPLES[name])
    sides = re.findall(r'<div class="pair sides">(.*?)</div>\n</div>', text, flags=re.S)
    assert len(sides) == len(SAMPLES[name].comparisons)
    for pair in sides:
        one, other = pair.split("</div>\n")
        shapes = [
            re.findall(r"<(/?[a-z0-9]+(?: class=\"box\")?)", side)[:4] for side in (one, other)
        ]
        assert shapes[0] == shapes[1] == ['div class="box"', "h4", "/h4", "ul"]
        assert one.count("<li") >= 1
        assert other.count("<li") >= 1


def test_8_a_silent_and_a_speaking_line_change_sides() -> None:
    against, for_it = records.cleared().comparisons[0], records.convicted().comparisons[0]
    assert speaking(against) == ("No test that gave a number supports this side.",)
    assert any("no agreement beyond chance" in line for line in silent(against))
    assert any("extremely strong evidence" in line for line in speaking(for_it))
    assert any("router" in line for line in silent(for_it))


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("convicted", "that were called related: 0 of 247. Together at most 1.5 %"),
        ("cleared", "that were missed: 0 of 330. Together at most 1.2 %"),
    ],
)
def test_9_the_error_of_the_method_stands_beside_the_grade(name: str, sentence: str) -> None:
    text = html(SAMPLES[name])
    assert sentence in front(text)
    assert sentence in comparison(SAMPLES[name])


def test_9_an_error_rate_of_an_earlier_rule_says_so_beside_the_number() -> None:
    record = records.convicted()
    older = Said("on 2026-11-25 with an earlier decision rule")
    rates = tuple(replace(rate, counted=older) for rate in record.texts.rates)
    text = html(replace(record, texts=replace(record.texts, rates=rates)))
    assert "0 of 247, counted on 2026-11-25 with an earlier decision rule." in front(text)
    assert text.count("counted on 2026-11-25 with an earlier decision rule.") == 2
    assert "Counted on 2026-11-25 with an earlier decision rule: related" in text


def test_a_pass_without_a_comparison_never_looks_like_one_with() -> None:
    """The mark differs in shape, not only in tint: another frame, glyph and word."""
    bare, compared = html(SAMPLES["without a reference"]), html(records.cleared())
    assert 'class="seal gate-documents"' in front(bare)
    assert "Pass, documents only" in front(bare)
    assert 'class="seal gate-pass"' in front(compared)
    style = (resources.tree("templates") / "styles" / "base.css").read_text(encoding="utf-8")
    marks = [
        re.findall(rf"\.gate-{name} \.big::before {{ content: (.*?);", style)[0]
        for name in ("fail", "pass", "indeterminate", "documents")
    ]
    assert len(set(marks)) == 4


@pytest.mark.parametrize("name", SAMPLES)
def test_10_counsel_and_the_right_of_reply_stand_on_the_first_page(name: str) -> None:
    text = front(html(SAMPLES[name]))
    assert "legal conclusions belong to counsel" in text
    assert "The publisher of the audited model can answer" in text


def test_10_a_contact_is_printed_where_one_is_given() -> None:
    custody = replace(records.CUSTODY, contact="audits@example.org", requested_by="The board")
    page = render_html(records.convicted(), custody).decode()
    assert page.count("audits@example.org") == 1
    assert "The board" in page
    assert "Not given. An answer can still be attached" in html(records.convicted())


def test_rows_that_were_not_computed_have_no_grade() -> None:
    absent = Evidence(
        test="gram-matching",
        version=1,
        scope="feed-forward",
        outcome=Outcome.NOT_APPLICABLE,
        p_kind=PKind.NONE,
        reason="x",
    )
    assert capped(absent) is None
