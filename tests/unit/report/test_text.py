# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The terminal summary carries the verdict in words and cannot be driven by file names."""

import io

import pytest
from rich.console import Console

from audit.report.text import summary
from tests.unit.report import records


def printed(text: object, *, color: bool) -> str:
    stream = io.StringIO()
    system = "standard" if color else None
    Console(file=stream, width=80, force_terminal=color, color_system=system).print(text)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("make", "gate"),
    [
        (records.convicted, "FAIL"),
        (records.cleared, "PASS"),
        (records.inconclusive, "INDETERMINATE"),
    ],
)
def test_the_first_word_is_the_verdict(make: object, gate: str) -> None:
    assert summary(make(), width=80).plain.startswith(gate + " ")  # type: ignore[operator]


def test_it_answers_and_lists_worst_first_with_ids_and_files() -> None:
    text = summary(records.convicted(), width=100, files=("out/report.pdf",)).plain
    assert "Shared trained weights" in text
    positions = [text.index(f"{check}:") for check in ("WGT001", "LIC004", "LIC002")]
    assert positions == sorted(positions)
    assert "High, undetermined" in text
    assert "8 of 9 files read" in text
    assert "out/report.pdf" in text


def test_no_color_still_says_everything() -> None:
    text = summary(records.convicted(), width=80)
    assert "FAIL" in printed(text, color=False)
    assert "\x1b[" not in printed(text, color=False)
    assert "\x1b[" in printed(text, color=True)


def test_names_cannot_send_escape_sequences() -> None:
    text = summary(records.hostile(), width=80, files=("a\x1b[2Jb",))
    assert "\x1b" not in text.plain
    assert "\x07" not in text.plain
    assert "\u202e" not in text.plain
    assert "a" * 400 not in text.plain
