# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A sentence keeps what it was made of, through copies, JSON and schema 1."""

import copy
from dataclasses import dataclass

import pytest
from pydantic import TypeAdapter

from audit.record.document import plain
from audit.record.findings import Severity
from audit.record.said import Said, by_number, joined, quoted, read, term, written_out

MADE = Said(
    "{n:count} of {files} {why:clause}, at most {p:chance}; {more:semicolons}",
    n=1204,
    files=["a", "b", "c"],
    why=Said("Cannot be {what}.", what=Said("read")),
    p=-9.6,
    more=("x", Said("y")),
)


@dataclass(frozen=True)
class Holder:
    said: Said
    others: tuple[Said, ...]
    none: Said | None = None


def test_it_is_its_english_text() -> None:
    assert MADE == "1,204 of a, b and c Cannot be read, at most 1\u00a0in\u00a010⁹; x; y"


def test_it_survives_json_and_copies() -> None:
    for again in (
        read(written_out(MADE)),
        copy.deepcopy(MADE),
        copy.copy(MADE),
    ):
        assert (again, again.message, again.arguments) == (MADE, MADE.message, MADE.arguments)


def test_a_type_that_holds_it_is_written_and_read() -> None:
    held = Holder(said=MADE, others=(quoted("{a}"), Said("Fixed.")))
    fields = plain(held)
    assert fields["others"][1] == {"text": "Fixed.", "arguments": {}}
    assert TypeAdapter(Holder).validate_python(fields) == held
    assert plain(held, sentences_as_text=True)["said"] == str(MADE)


def test_plain_text_of_schema_1_is_read_as_it_is() -> None:
    said = read("100 % of {this} and {{that}}")
    assert said == "100 % of {this} and {{that}}"
    assert not said.arguments


@pytest.mark.parametrize(
    "value",
    [None, 3, {"text": "a"}, {"text": 1, "arguments": {}}, {"text": "{a}", "arguments": {}}],
)
def test_what_is_no_sentence_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"sentence|fills"):
        read(value)


@pytest.mark.parametrize(
    ("message", "arguments"),
    [("{a}", {}), ("{a:count}", {"a": "x"}), ("{a:clause}", {"a": 3}), ("{a:odd}", {"a": 1.0})],
)
def test_a_place_that_nothing_fits_is_refused(message: str, arguments: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"form|fills"):
        Said(message, **arguments)  # type: ignore[arg-type]


def test_number_list_and_closed_words_choose_their_message() -> None:
    messages = ("{n:count} file", "{n:count} files")
    assert [by_number(*messages, n=n) for n in (0, 1, 2000)] == ["0 files", "1 file", "2,000 files"]
    assert joined("; ", [MADE]) is MADE
    assert joined(", ", ()) == ""
    assert term(Severity.HIGH) == "high"
    assert Said("{reason:sentence}.", reason=Said("nothing is known")) == "Nothing is known."
