# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""INV003: code that a loader runs, and text that is not the base's."""

import json
from dataclasses import replace
from pathlib import Path

from audit.checks.case import ReferenceCase
from audit.record.findings import Finding, Severity
from tests.unit.checks.cases import case, findings, inventory, reference, release

CARD = "---\nlicense: mit\n---\n# Toy\n"
CODE = {"config.json": json.dumps({"auto_map": {"AutoModel": "modeling_x.Model"}})}


def tokenizer(*tokens: str, template: str | None = None) -> dict[str, str]:
    vocabulary = {"model": {"vocab": {token: i for i, token in enumerate(tokens)}}}
    config = {} if template is None else {"chat_template": template}
    return {
        "tokenizer.json": json.dumps(vocabulary),
        "tokenizer_config.json": json.dumps(config),
    }


def base(folder: Path, files: dict[str, str], relation: str = "derived") -> ReferenceCase:
    found = reference(folder, "Base", relation, declared="o/Base")
    place = release(folder / "own", files)
    return replace(found, inventory=inventory(place, "Base"))


def told(folder: Path, mine: dict[str, str], theirs: dict[str, str]) -> list[Finding]:
    subject = release(folder / "release", {"README.md": CARD, **mine})
    return findings(case(subject, base(folder / "b", theirs))).get("INV003", [])


def test_equal_text_is_not_mentioned(tmp_path: Path) -> None:
    same = tokenizer("a", "b", template="{{ x }}")
    assert told(tmp_path, same, same) == []


def test_another_template_is_shown_with_its_lines_and_digests(tmp_path: Path) -> None:
    mine = tokenizer("a", template="one\ntwo\nfive")
    (found,) = told(tmp_path, mine, tokenizer("a", template="one\nthree\nfive"))
    assert found.severity is Severity.INFO
    assert found.evidence == ("-three", "+two")
    assert found.message.count("sha256") == 1
    assert len([word for word in found.message.split() if len(word.strip(".,")) == 64]) == 2


def test_tokens_are_counted(tmp_path: Path) -> None:
    (found,) = told(tmp_path, tokenizer("a", "x", "b", "y"), tokenizer("a", "b", "c"))
    assert "Of 3 tokens of Base 1 are missing and 1 have another number; 2 are new" in found.message


def test_code_that_is_the_bases_and_code_that_is_not(tmp_path: Path) -> None:
    mine = {**CODE, "modeling_x.py": "x = 1\n"}
    (same,) = told(tmp_path / "same", mine, mine)
    assert same.severity is Severity.INFO
    assert "modeling_x.py is that of Base: sha256" in same.evidence[0]
    (other,) = told(tmp_path / "other", mine, {**CODE, "modeling_x.py": "x = 2\n"})
    assert "modeling_x.py is another than that of Base" in other.evidence[0]
    assert other.severity is Severity.LOW


def test_code_that_is_elsewhere(tmp_path: Path) -> None:
    (gone,) = told(tmp_path / "gone", CODE, tokenizer("a"))
    assert gone.evidence == ("modeling_x.py is not in the folder.",)
    far = {"config.json": json.dumps({"auto_map": {"AutoModel": "o/n--modeling_x.Model"}})}
    (found,) = told(tmp_path / "far", far, tokenizer("a"))
    assert found.evidence == ("o/n--modeling_x is fetched from another repository.",)


def test_an_unrelated_reference_is_no_measure(tmp_path: Path) -> None:
    subject = release(tmp_path / "release", {"README.md": CARD, **tokenizer("a")})
    other = replace(base(tmp_path / "b", tokenizer("b"), "no-shared-weights"), parent=None)
    assert "INV003" not in findings(case(subject, other))
