# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Every known text is told from its siblings, whatever typography does, and never when altered.

The wording is the installed scancode data's; texts that are known by hashes alone take part
as siblings that must not be named.
"""

import random
import re
import textwrap
from collections.abc import Callable

import pytest

from audit.checks.licenses.altered_license import check
from audit.licenses.known.claims import known_claims, remainder
from audit.licenses.known.difference import installed_text
from audit.licenses.known.recognise import IDENTITY, RETITLED, KnownText, Likeness, recognise
from audit.obligations.required_texts import _share, shipped
from audit.rules import checks, licenses
from audit.rules.known_texts import (
    LICENSE,
    BuiltText,
    KnownWords,
    TextEntry,
    known_words,
    text_list,
)
from audit.text.fold import forms, words
from audit.text.shingles import shingles

pytestmark = [pytest.mark.slow, pytest.mark.sampled(3)]

ANNEX = "annex"
TEXTS = {
    entry.id: (entry, body)
    for entry in text_list().texts
    if (body := installed_text(entry)) is not None
}
IDS = sorted(TEXTS)
Change = Callable[[str], str]


def test_enough_texts_are_at_hand() -> None:
    assert len(TEXTS) >= 50
    assert {entry.role for entry, _ in TEXTS.values()} == {"license", "use-policy", "annex"}


def test_the_shipped_hashes_are_those_of_the_wording() -> None:
    for text in known_words():
        assert len(text.order) == text.built.words - 4, text.entry.id


def test_what_was_built_fits_the_list() -> None:
    for text in known_words():
        assert not set(text.built.foreign) & set(text.entry.discriminators), text.entry.id
        for other in known_words():
            kind = (other.entry.family, other.entry.role)
            if other is text or kind != (text.entry.family, text.entry.role):
                continue
            told_apart = set(other.entry.discriminators) & set(text.built.foreign)
            told_apart |= set(text.entry.discriminators) & set(other.built.foreign)
            both = len(text.bag & other.bag) / max(len(text.bag), len(other.bag))
            # Editions without a date in them, and annexes, are told apart by their words alone.
            assert told_apart or text.entry.role == ANNEX or both < IDENTITY, other.entry.id


def test_a_template_says_after_which_words_a_name_stands() -> None:
    for entry in text_list().texts:
        for phrase in entry.named_after:
            assert len(phrase.split()) >= 3, entry.id  # fewer stand anywhere


def test_editions_with_the_same_terms_are_known_texts() -> None:
    known = {entry.id for entry in text_list().texts}
    editions = {id_ for facts in licenses().values() for id_ in facts.same_terms}
    assert {id_ for id_ in editions if id_.startswith("LicenseRef-")} <= known


TITLE = "Heron Source Licence for"
TERMS = " ".join(
    f"The licensee of part {word} may copy the {word} work and shall keep this {word} notice."
    for word in (f"heron{number}" for number in range(50))
)


@pytest.fixture
def template(monkeypatch: pytest.MonkeyPatch) -> str:
    """Make a template with the name left out the only known text; return one of its copies."""
    body = f"{TITLE} {TERMS} Distributed with software that has parts of others. {TERMS[:400]}"
    entry = TextEntry(
        id="x", file="x", name="Heron Source Licence", family="x", role="license", source="x",
        named_after=(TITLE, "Distributed with"), discriminators=(TITLE,),
    )  # fmt: skip
    order = tuple(shingles(forms(words(body))))
    built = BuiltText(words=len(order) + 4, sha256="0" * 64, foreign=())
    text = KnownWords(entry, built, order, frozenset(order))
    monkeypatch.setattr("audit.licenses.known.recognise.known_words", lambda: (text,))
    monkeypatch.setattr("audit.licenses.known.recognise.vocabulary", lambda: text.bag)
    return body


@pytest.mark.parametrize(
    ("name", "likeness"),
    [
        ("", Likeness.SAME),
        ("Egret3D", Likeness.SAME),
        ("Egret3D with Adaptive Wings (EAW)", Likeness.SAME),
        ("non-commercial use", Likeness.NEAR),
        ("academic research", Likeness.NEAR),
        ("one two three four five six seven eight nine", Likeness.NEAR),
    ],
)
def test_whatever_work_a_template_names_it_is_that_text(
    template: str, name: str, likeness: Likeness
) -> None:
    (found,) = recognise(template.replace(TITLE, f"{TITLE} {name}"))
    assert found.likeness is likeness


def test_a_template_names_a_work_in_two_places_and_nowhere_else(template: str) -> None:
    named = template.replace(TITLE, f"{TITLE} Egret").replace(
        "with software", "with Egret software"
    )
    assert [k.likeness for k in recognise(named)] == [Likeness.SAME]
    (found,) = recognise(named.replace("the heron7 work", "the Egret heron7 work"))
    assert found.likeness is Likeness.NEAR
    assert [d.found for d in found.differences if d.found == ("egret",)]


def paragraphs(text: str) -> list[str]:
    return re.split(r"(\n\s*\n)", text)


def straight(text: str) -> str:
    return text.translate(str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"}))


def curly(text: str) -> str:
    return text.replace('"', "”").replace("'", "’")


def dashes(text: str) -> str:
    return text.replace("—", "--").replace("–", "-").replace("-", "\u2011")


def wrapped(width: int) -> Change:
    def wrap(text: str) -> str:
        return "".join(
            part
            if index % 2
            else textwrap.fill(
                " ".join(part.split()), width, break_on_hyphens=False, break_long_words=False
            )
            for index, part in enumerate(paragraphs(text))
        )

    wrap.__name__ = f"wrapped_at_{width}"
    return wrap


def hyphenated(text: str) -> str:
    lines = []
    for line in wrapped(70)(text).split("\n"):
        start, _, last = line.rpartition(" ")
        if re.fullmatch(r"[a-z]{7,}", last) and start.count(" ") > 4:
            lines += [f"{start} {last[:4]}-", last[4:]]
        else:
            lines.append(line)
    return "\n".join(lines)


def windows_lines(text: str) -> str:
    return text.replace("\n", "\r\n")


def indented(text: str) -> str:
    return "\n".join("    " + line for line in text.split("\n"))


def emphasised(text: str) -> str:
    return re.sub(r"(?<![\w*])(Agreement|License|Model)(?![\w*])", r"**\1**", text)


def copyright_sign(text: str) -> str:
    return re.sub(r"\(c\)(?= *(?:Meta|Alibaba|Stability|\d{4}))", "©", text, flags=re.I)


def with_a_copyright_line(text: str) -> str:
    return f"Copyright (c) 2026 Example Lab\n\n{text}"


TYPOGRAPHY: tuple[Change, ...] = (
    straight,
    curly,
    dashes,
    wrapped(50),
    wrapped(100),
    hyphenated,
    windows_lines,
    indented,
    emphasised,
    copyright_sign,
    with_a_copyright_line,
    str.upper,
)


def identities(found: tuple[KnownText, ...]) -> set[str]:
    return {k.id for k in found if k.likeness is not Likeness.NEAR and k.role != ANNEX}


@pytest.mark.parametrize("id_", IDS)
def test_typography_is_no_change(id_: str) -> None:
    entry, text = TEXTS[id_]
    for change in TYPOGRAPHY:
        found = recognise(change(text))
        same = {k.id for k in found if k.likeness is Likeness.SAME}
        assert id_ in same, change.__name__
        assert identities(found) <= {id_} or entry.role == ANNEX, change.__name__


def _replaced(text: str, pattern: str, new: Callable[[str], str], draw: random.Random) -> str:
    places = list(re.finditer(pattern, text))
    if not places:
        pytest.skip("the text has no place for this change")
    place = draw.choice(places)
    return text[: place.start()] + new(place[0]) + text[place.end() :]


def a_word_changed(text: str, draw: random.Random) -> str:
    return _replaced(text, r"(?<= )[a-z]{5,}(?=[ ,.;])", lambda _: "zebra", draw)


def a_not_inserted(text: str, draw: random.Random) -> str:
    return _replaced(text, r"\b(?:may|will|must|shall|is|are)\b(?! not)", "{} not".format, draw)


def a_not_removed(text: str, draw: random.Random) -> str:
    return _replaced(text, r"\bnot ", lambda _: "", draw)


def a_number_changed(text: str, draw: random.Random) -> str:
    return _replaced(text, r"\b\d{3,}\b", lambda n: str(int(n) + 1), draw)


def a_clause_removed(text: str, draw: random.Random) -> str:
    parts = re.split(r"(?<=[.;])(\s+)", text)
    most = len(text.split()) // 4
    inner = [i for i in range(0, len(parts), 2) if 12 <= len(parts[i].split()) <= most][1:-1]
    if not inner:
        pytest.skip("the text has no inner clause")
    del parts[draw.choice(inner)]
    return "".join(parts)


ALTERATIONS = (
    a_word_changed,
    a_not_inserted,
    a_not_removed,
    a_number_changed,
    a_clause_removed,
)


@pytest.mark.parametrize("alter", ALTERATIONS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("id_", IDS)
def test_an_altered_text_is_near_and_nothing_else(
    id_: str, alter: Callable[[str, random.Random], str]
) -> None:
    entry, text = TEXTS[id_]
    found = recognise(alter(text, random.Random(id_)))
    assert identities(found) == set()
    assert id_ not in {k.id for k in found if k.likeness is not Likeness.NEAR}
    near = [k for k in found if k.likeness is Likeness.NEAR]
    if entry.role != ANNEX:  # the annexes of two licences may differ in a word
        assert [k.id for k in near] == [id_]
        assert near[0].differences
        assert known_claims(found, "LICENSE", "license file", for_release=True)[0].near == id_


def _sibling(entry: TextEntry) -> TextEntry:
    siblings = [
        other
        for other in text_list().texts
        if (other.family, other.role) == (entry.family, entry.role) and other.id != entry.id
    ]
    if not siblings or entry.role == ANNEX:
        pytest.skip("it has no sibling")
    return siblings[0]


@pytest.mark.parametrize("id_", IDS)
def test_a_text_with_a_siblings_title_is_neither(id_: str) -> None:
    entry, text = TEXTS[id_]
    for own, foreign in zip(entry.discriminators, _sibling(entry).discriminators, strict=False):
        pattern = r"\W+".join(map(re.escape, re.findall(r"\w+", own)))
        text = re.sub(pattern, lambda _, new=foreign: new, text, flags=re.I)
    assert identities(recognise(text)) == set()


@pytest.mark.parametrize("id_", IDS)
def test_whose_copy_it_is_may_stand_inside(id_: str) -> None:
    _, text = TEXTS[id_]
    title, _, rest = text.strip().partition("\n")
    found = recognise(f"{title}\n\nCopyright (c) 2026 Example Lab\n{rest}")
    assert id_ in {k.id for k in found if k.likeness is Likeness.SAME}


def test_known_editions_are_further_apart_than_a_retitled_text() -> None:
    texts = [text for text in known_words() if text.entry.role == LICENSE]
    for text in texts:
        for other in texts:
            if other is not text:
                both = len(text.bag & other.bag)
                assert both / max(len(text.bag), len(other.bag)) < RETITLED


def test_another_date_is_an_edition_and_another_word_is_not() -> None:
    text = TEXTS["LicenseRef-scancode-stability-ai-nc-2023-12-06"][1]
    (edition,) = recognise(text.replace("December 06, 2023", "January 09, 2024"))
    assert edition.is_edition
    (altered,) = recognise(text.replace("Non-Commercial Uses only", "all uses"))
    assert altered.likeness is Likeness.NEAR
    assert not altered.is_edition


def test_a_licence_and_its_policy_in_one_file() -> None:
    llama, policy = TEXTS["LicenseRef-scancode-llama-4-cla-2025"], "llama-4-license-2025"
    both = llama[1] + "\n\n" + TEXTS[f"LicenseRef-scancode-{policy}"][1]
    found = recognise(both)
    assert [(k.id.removeprefix("LicenseRef-scancode-"), k.likeness) for k in found] == [
        ("llama-4-cla-2025", Likeness.SAME),
        (policy, Likeness.SAME),
    ]
    assert found[0].last < found[1].first
    assert remainder(both, found).split() == []


def test_what_stands_beside_a_known_text_is_left_to_the_scanner() -> None:
    text = TEXTS["LicenseRef-scancode-qwen-2024"][1]
    added = f"{text}\nThe weights may be used by members of the consortium only.\n"
    found = recognise(added)
    assert [k.likeness for k in found] == [Likeness.SAME]
    assert remainder(added, found).strip() == added.strip().splitlines()[-1]


def test_the_difference_is_shown_word_by_word() -> None:
    text = TEXTS["LicenseRef-scancode-llama-3.1-license-2024"][1]
    (found,) = recognise(text.replace("700 million", "7 million").replace("shall also", "may"))
    places = {(d.found, d.known) for d in found.differences}
    assert places == {(("7",), ("700",)), (("may",), ("shall", "also"))}
    line = text[: text.index("shall also")].count("\n") + 1
    assert found.differences[0].line == line


def test_a_slip_of_the_pen_is_shown_and_is_no_other_licence() -> None:
    text = TEXTS["LicenseRef-scancode-qwen-2024"][1]
    (found,) = recognise(text.replace("parameters (including", "paramaters (including"))
    assert found.likeness is Likeness.DIFFERS
    (claim,) = known_claims((found,), "LICENSE", "license file", for_release=True)
    assert claim.expression == found.id
    assert '"paramaters" stands for "parameters"' in claim.differences[0]


@pytest.mark.parametrize(
    "key", ["mit", "apache-2.0", "bsd-new", "gpl-3.0", "cc-by-nc-4.0", "odbl-1.0"]
)
def test_ordinary_licences_are_near_none(key: str) -> None:
    entry = TextEntry(
        id="x", file="x", name="x", family="x", role="license", source="x", scancode=key,
        discriminators=("x",),
    )  # fmt: skip
    text = installed_text(entry)
    assert text is not None
    assert recognise(text) == ()


@pytest.mark.parametrize(
    "text", ["", " " * 200_000, "word " * 50_000, "- " * 100_000, "\n" * 100_000]
)
def test_odd_texts_take_no_time(text: str) -> None:
    assert recognise(text) == ()


def test_the_check_has_its_rule() -> None:
    assert check.__doc__
    assert checks()["LIC004"].parameters == {
        "severity_if_slight": "low",
        "severity_if_retitled": "medium",
    }


def test_how_much_of_an_annex_is_there() -> None:
    annex = shipped("LicenseRef-audit-creativeml-openrail-m-annex")
    assert annex is not None
    text = TEXTS["LicenseRef-scancode-stable-diffusion-2022-08-22"][1]
    assert _share(annex, text) == 1.0
    assert _share(annex, text[: text.index("Attachment A\n")]) < 0.1
    half = TEXTS[annex.entry.id][1]
    assert 0.4 < _share(annex, half[: len(half) // 2]) < 0.6


FLUX = "LicenseRef-scancode-flux-1-nc"
RAIL = "LicenseRef-scancode-stable-diffusion-2022-08-22"


@pytest.mark.parametrize(
    ("id_", "old", "new", "likeness"),
    [
        (FLUX, "[dev] text-to-image AI model and its",
         "[dev] AI models, including FLUX.1 Fill [dev], FLUX.1 Canny [dev] LoRA, and their",
         Likeness.DIFFERS),
        (FLUX, "[dev] text-to-image AI model and its", "[dev] AI models and any works and its",
         Likeness.NEAR),
        (FLUX, "revocable, royalty free", "irrevocable, royalty free", Likeness.NEAR),
        (RAIL, "Robin Rombach and Patrick Esser and contributors", "Sparrow Lab",
         Likeness.DIFFERS),
    ],
)  # fmt: skip
def test_whose_it_is_and_for_which_works_is_no_change(
    id_: str, old: str, new: str, likeness: Likeness
) -> None:
    text = TEXTS[id_][1]
    assert old in text
    found = next(k for k in recognise(text.replace(old, new, 1)) if k.id == id_)
    assert found.likeness is likeness
