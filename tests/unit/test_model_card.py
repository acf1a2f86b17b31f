# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A card is read as the hub reads it, and a hostile one is only a problem."""

import json
import time

import pytest

from audit.inventory.model_card import parse_card


def metadata(text: str | bytes) -> dict:
    card = parse_card("README.md", text.encode() if isinstance(text, str) else text)
    assert card.problem is None
    return json.loads(card.metadata)


def problem(text: str | bytes) -> str:
    card = parse_card("README.md", text.encode() if isinstance(text, str) else text)
    assert card.metadata == "{}"
    assert card.problem is not None
    assert "\n" not in card.problem
    return card.problem


def test_front_matter_and_prose() -> None:
    card = parse_card("README.md", b"---\nlicense: mit\ntags:\n- b\n- a\n---\n# Title\n\nWords.\n")
    assert card.metadata == '{"license":"mit","tags":["b","a"]}'
    assert card.prose.strip() == "# Title\n\nWords."
    assert card.problem is None


@pytest.mark.parametrize(
    "text",
    [
        b"\xef\xbb\xbf---\nlicense: mit\n---\nprose",
        b"---\r\nlicense: mit\r\n---\r\nprose",
        b"---\rlicense: mit\r---\rprose",
        b"\n\n---\nlicense: mit\n---\nprose",
        b"---\nlicense: mit\n---   \nprose",
    ],
    ids=["BOM", "CRLF", "CR", "blank lines", "trailing blanks"],
)
def test_spellings_of_the_same_card(text: bytes) -> None:
    card = parse_card("README.md", text)
    assert (card.metadata, card.prose, card.problem) == ('{"license":"mit"}', "prose", None)


@pytest.mark.parametrize("text", ["", "# Title\n", "---\n---\nprose", "text\n---\na: b\n---\n"])
def test_no_front_matter_is_no_problem(text: str) -> None:
    assert metadata(text) == {}
    assert parse_card("README.md", text.encode()).prose == text


def test_values_become_plain_json() -> None:
    found = metadata(
        "---\nday: 2024-01-02\nwhen: 2024-01-02 03:04:05\nnan: .nan\ninf: .inf\nbig: "
        f"{10**30}\nhalf: 0.5\nnone: null\nmap: {{yes: no}}\n"
        "blob: !!binary aGk=\nset: !!set {b, a}\n"
        'lone: "\\uD800"\nnested: {1: {2024-01-01: x}}\n---\n'
    )
    assert found == {
        "day": "2024-01-02",
        "when": "2024-01-02 03:04:05",
        "nan": "nan",
        "inf": "inf",
        "big": "1" + "0" * 30,
        "half": 0.5,
        "map": {"True": False},
        "blob": "6869",
        "set": ["a", "b"],
        "lone": "\\ud800",
        "nested": {"1": {"2024-01-01": "x"}},
    }


def test_model_index_is_kept_as_written() -> None:
    found = metadata("---\nmodel-index:\n- name: x\n  results: broken\n---\n")
    assert found == {"model-index": [{"name": "x", "results": "broken"}]}


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ("a: [1", "expected ',' or ']'"),
        ("a: b: c", "mapping values are not allowed here (line 2)"),
        ("\tx: 1", "(line 2)"),
        ("- a\n- b", "not a list of keys with values"),
        ("just text", "not a list of keys with values"),
        ("license: mit\nlicense: gpl-3.0", 'the key "license" occurs twice (line 3)'),
        ("a: {b: 1, b: 2}", 'the key "b" occurs twice'),
        ("a: !!python/object/apply:os.system [id]", "could not determine a constructor"),
        ("a: !!int ''", "does not fit its type"),
        ("a: !!timestamp x", "does not fit its type"),
        ("a: !!bool x", "does not fit its type"),
        ("a: 2024-13-45", "does not fit its type"),
        ("a: " + "9" * 5000, "does not fit its type"),
        ("a: &x [*x]", "a value contains itself"),
        ("a: " + "[" * 3000 + "]" * 3000, "nested too deeply"),
        ("? [a]\n: b", "(line 2)"),
        ("a: \x00", "a character that YAML does not allow"),
        ("ignore_metadata_errors: true", "does not fit its type"),
        ("1: a", "does not fit its type"),
        ("a: *missing", "found undefined alias"),
    ],
)
def test_broken_front_matter_is_a_problem_and_prose_stays(block: str, words: str) -> None:
    text = f"---\n{block}\n---\nprose"
    assert words in problem(text)
    assert parse_card("README.md", text.encode()).prose == "prose"


def test_open_front_matter_is_a_problem() -> None:
    assert problem("---\nlicense: mit\n") == "the front matter opens with --- and is never closed"


def test_laughing_aliases_are_refused_quickly() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    start = time.process_time()
    assert "expands to more than 50000 values" in problem("---\n" + "\n".join(lines) + "\n---\n")
    assert time.process_time() - start < 5


def test_multiplying_merge_keys_are_refused_quickly() -> None:
    lines = ["a0: &a0 {k: v}"]
    lines += [f"a{i}: &a{i} {{<<: [*a{i - 1}, *a{i - 1}]}}" for i in range(1, 30)]
    start = time.process_time()
    assert "expands to more than 50000 values" in problem("---\n" + "\n".join(lines) + "\n---\n")
    assert time.process_time() - start < 5


def test_large_front_matter_is_refused_and_large_prose_is_not() -> None:
    assert "larger than 256 KiB" in problem("---\na: " + "x" * (300 << 10) + "\n---\n")
    assert metadata("---\na: b\n---\n" + "x" * (4 << 20)) == {"a": "b"}


@pytest.mark.parametrize("text", [" " * (2 << 20), "---\n" + "\n" * (2 << 20), "-" * (2 << 20)])
def test_splitting_is_linear(text: str) -> None:
    start = time.process_time()
    parse_card("README.md", text.encode())
    assert time.process_time() - start < 5


def test_text_that_is_not_utf8_says_how_it_was_read() -> None:
    card = parse_card("README.md", "---\nauthor: José\n---\n© Müller".encode("latin-1"))
    assert json.loads(card.metadata) == {"author": "José"}
    assert card.prose == "© Müller"
    assert card.problem == "the text is not UTF-8 (byte 15), it was read as Latin-1"


def test_utf16_is_read_by_its_mark() -> None:
    card = parse_card("README.md", "---\nlicense: mit\n---\nprose".encode("utf-16"))
    assert card.metadata == '{"license":"mit"}'
    assert card.problem == "the text is not UTF-8, it was read as UTF-16"


def test_two_problems_are_both_said() -> None:
    text = problem(b"---\na: [1\n---\n\xe9")
    assert "Latin-1" in text
    assert "front matter is not valid" in text


def test_the_parser_says_nothing_itself(capfd: pytest.CaptureFixture[str]) -> None:
    for text in (b"# no front matter", b"---\na: [1\n---\n", b"---\na: b\n---\n"):
        parse_card("README.md", text)
    assert capfd.readouterr() == ("", "")
