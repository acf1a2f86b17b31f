# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Which sentences say "from scratch"."""

from pathlib import Path

import pytest

from audit import rules
from audit.checks.lineage.from_scratch import _lexicon, _says_scratch
from tests.unit.checks.cases import case, findings, reference, release


@pytest.mark.parametrize(
    "sentence",
    [
        "The model was trained from scratch.",
        "ToyLM is **pre-trained from scratch** on 3T tokens",
        "A from-scratch training run of 8B parameters",
        "We trained all weights from scratch",
        "built without using any pre-trained weights",
        "starts from randomly initialized weights",
    ],
)
def test_these_say_it(sentence: str) -> None:
    assert _says_scratch(sentence, _lexicon(rules.checks()["BASE003"]))


@pytest.mark.parametrize(
    "sentence",
    [
        "The model was not trained from scratch.",
        "It wasn't trained from scratch",
        "Fine-tuned rather than trained from scratch",
        "Unlike models trained from scratch, it is cheap",
        "It beats baselines trained from scratch",
        "The tokenizer was written from scratch in Rust",
        "This README was rewritten from scratch",
        "Scratch is a programming language for training kids",
        "",
    ],
)
def test_these_do_not(sentence: str) -> None:
    assert not _says_scratch(sentence, _lexicon(rules.checks()["BASE003"]))


def scratch(tmp_path: Path, card: str, relation: str = "derived") -> list[tuple[int | None, str]]:
    subject = release(tmp_path / "release", {"README.md": card})
    found = findings(case(subject, reference(tmp_path / "b", "Base", relation)))
    return [(f.locations[0].line, f.evidence[0]) for f in found.get("BASE003", [])]


def test_the_line_is_the_files(tmp_path: Path) -> None:
    card = "---\nlicense: mit\n---\n# Toy\n\nIt has layers. It was trained\nfrom scratch on text.\n"
    assert scratch(tmp_path, card) == [(6, "It was trained from scratch on text")]


def test_a_heading_is_not_joined_with_the_text(tmp_path: Path) -> None:
    card = "---\nlicense: mit\n---\n## Training\nThe server was written from scratch.\n"
    assert scratch(tmp_path, card) == []


@pytest.mark.parametrize(
    ("front", "said"),
    [
        ("training: from scratch", True),
        ("trained_from_scratch: true", True),
        ("trained_from_scratch: false", False),
        ("training: not from scratch", False),
        ("tags: [from-scratch]", False),
    ],
)
def test_metadata(tmp_path: Path, front: str, *, said: bool) -> None:
    assert bool(scratch(tmp_path, f"---\nlicense: mit\n{front}\n---\n# Toy\n")) is said


@pytest.mark.parametrize("relation", ["no-shared-weights", "inconclusive", "shared-initialisation"])
def test_without_shared_training_the_statement_stands(tmp_path: Path, relation: str) -> None:
    card = "---\nlicense: mit\n---\nTrained from scratch.\n"
    assert scratch(tmp_path, card, relation) == []
