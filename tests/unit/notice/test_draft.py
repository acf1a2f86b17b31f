# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Drafts that a person can finish: nothing owed is left out, nothing unknown is dropped."""

import re
import subprocess
from pathlib import Path

import pytest

from audit.checks.case import Case, ReferenceCase
from audit.notice import Draft, draft_notice, files, to_text
from audit.notice.card_patch import with_field, without
from audit.record.derivation import Derivation, DerivationKind
from audit.record.drafts import MissingText
from tests.unit.checks.cases import case, findings, reference, release

LLAMA = "meta-llama/Llama-3.1-8B"
LINE = (
    "Llama 3.1 is licensed under the Llama 3.1 Community License, Copyright © Meta Platforms,"
    " Inc. All Rights Reserved."
)


def made(tmp_path: Path, card: str, *references: ReferenceCase, **others: str) -> Case:
    named = {path.replace("__", "."): text for path, text in others.items()}
    return case(release(tmp_path / "release", {"README.md": card, **named}), *references)


def patched(draft: Draft, folder: Path) -> str:
    """Apply the patch with git, and return the card."""
    (folder / "card.patch").write_bytes(draft.patch.encode())
    subprocess.run(["git", "apply", "card.patch"], cwd=folder, check=True)
    return (folder / "README.md").read_bytes().decode()


def test_what_a_llama_derivative_owes(tmp_path: Path) -> None:
    card = f"---\nlicense: mit\nbase_model: {LLAMA}\ntags:\n- toy\n---\n# Toy\n"
    subject = made(tmp_path, card)
    draft = draft_notice(subject)
    assert LINE in draft.notice
    assert [text.name for text in draft.texts] == ["Llama 3.1 Community License Agreement"]
    assert draft.displays == ("Built with Llama",)
    assert draft.names == ("Llama",)
    assert any("700 million" in line for line in draft.open)
    assert patched(draft, subject.subject.source.root) == card.replace("mit", "llama3.1")


def test_with_the_drafts_in_place_nothing_of_them_is_asked_again(tmp_path: Path) -> None:
    card = f"---\nlicense: mit\nbase_model: {LLAMA}\n---\n# Toy\n"
    subject = made(tmp_path / "1", card)
    draft = draft_notice(subject)
    fixed = patched(draft, subject.subject.source.root).replace(
        "# Toy", "# Llama-Toy\n\nBuilt with Llama"
    )
    found = findings(made(tmp_path / "2", fixed, NOTICE=draft.notice))
    assert not {"LIC010", "LIC012", "LIC013", "LIC014"} & set(found)
    assert set(found) >= {"LIC011"}, "the text is not ours to write"


def test_an_own_notice_is_kept_and_only_the_missing_is_added(tmp_path: Path) -> None:
    card = f"---\nlicense: llama3.1\nbase_model: {LLAMA}\n---\n# Llama-Toy\nBuilt with Llama\n"
    own = "Toy\nCopyright 2026 Example Lab\n"
    draft = draft_notice(made(tmp_path / "1", card, NOTICE=own))
    assert draft.notice.startswith(own.rstrip())
    whole = draft.notice
    again = draft_notice(made(tmp_path / "2", card, NOTICE=whole))
    assert again.notice == whole


def test_what_is_not_known_is_listed(tmp_path: Path) -> None:
    card = "---\nlicense: mit\nbase_model: nobody/knows\nteacher: some/teacher\n---\n# Toy\n"
    draft = draft_notice(made(tmp_path, card))
    assert any(line.startswith("nobody/knows: under what terms") for line in draft.open)
    assert any(line.startswith("some/teacher: under what terms") for line in draft.open)
    assert "terms not known" in draft.notice


def test_undeclared_bases_get_into_the_card_and_their_owner_is_asked_for(tmp_path: Path) -> None:
    quantised = Derivation(kind=DerivationKind.QUANTISED, sentence="")
    base = reference(tmp_path / "b", "Base", "derived", kind=quantised)
    subject = made(tmp_path, "---\nlicense: apache-2.0\n---\n# Toy\n", base)
    draft = draft_notice(subject)
    after = patched(draft, subject.subject.source.root)
    assert "base_model: OWNER/Base\nbase_model_relation: quantized\n---\n" in after
    assert any("owner's name" in choice for choice in draft.choices)
    assert any("quantised [to how many bits" in line for line in draft.statements)


def test_two_upstreams_that_both_bind_are_a_persons_choice(tmp_path: Path) -> None:
    one = reference(tmp_path / "b", "NC", "derived", license_id="cc-by-nc-4.0", declared="o/NC")
    two = reference(tmp_path / "b", "Llama-3.1-8B", "derived", license_id="llama3.1")
    draft = draft_notice(
        made(tmp_path, "---\nlicense: mit\nbase_model: o/NC\n---\n# T\n", one, two)
    )
    assert "license:" not in draft.patch.replace("-license: mit", "").replace(" license: mit", "")
    assert any("may not be compatible" in choice for choice in draft.choices)


def test_copyleft_code_is_a_choice_and_its_holder_is_named(tmp_path: Path) -> None:
    code = "# Copyright 2023 Other Software\n# SPDX-License-Identifier: GPL-3.0-or-later\nx = 1\n"
    draft = draft_notice(made(tmp_path, "---\nlicense: mit\n---\n# T\n", helper__py=code))
    assert any("Remove or replace" in choice for choice in draft.choices)
    assert "helper.py\nCopyright 2023 Other Software" in draft.notice


def test_a_release_that_owes_nothing_gets_no_notice_and_no_patch(tmp_path: Path) -> None:
    draft = draft_notice(made(tmp_path, "---\nlicense: mit\n---\n# Toy\n"))
    assert (draft.notice, draft.patch, draft.texts, draft.open) == ("", "", (), ())
    assert set(files(draft)) == {"ACTIONS.md"}
    assert "Nothing is owed that is not there." in to_text(draft)
    assert "not legal advice" in to_text(draft)


@pytest.mark.parametrize(
    "card",
    [
        "---\nlicense:\n- mit\n- x\ntags:\n  - a\n---\n# T\n",
        "---\r\nlicense: mit\r\n---\r\n# T\r\n",
        "---\n'license' : mit  # a remark\n---\n# T",
        "# T\n",
        "",
    ],
)
def test_a_field_is_set_and_the_rest_stays(card: str) -> None:
    after = with_field(card, "license", ["gemma"])
    assert len(re.findall(r"(?m)^'?license'? ?:", after)) == 1
    assert "license: gemma" in after
    kept = [line for line in card.splitlines() if line.strip() not in {"---", "- mit", "- x"}]
    assert [x for x in kept if "license" not in x and x not in after] == []
    assert with_field(after, "license", ["gemma"]) == after


def test_a_card_that_is_not_utf8_is_changed_by_hand(tmp_path: Path) -> None:
    card = f"---\nlicense: mit\nbase_model: {LLAMA}\n---\n# Größe\n".encode("latin-1")
    folder = release(tmp_path / "release", {"README.md": card})
    draft = draft_notice(case(folder))
    assert draft.patch == ""
    assert any("by hand: license: llama3.1" in choice for choice in draft.choices)


def test_the_words_accuse_nobody(tmp_path: Path) -> None:
    draft = draft_notice(made(tmp_path, f"---\nlicense: mit\nbase_model: {LLAMA}\n---\n# T\n"))
    text = to_text(draft).lower()
    assert not [word for word in ("infring", "stole", "violat", "illegal") if word in text]


@pytest.mark.parametrize(
    ("file", "written"),
    [
        ("LICENSES/Apache-2.0.txt", {"LICENSES/Apache-2.0.txt"}),
        ("../../Apache-2.0.txt", {"LICENSES/Apache-2.0.txt"}),
        ("LICENSES/LicenseRef-audit-chatglm-6b.txt", set()),
        ("LICENSES/../x", set()),
    ],
)
def test_texts_that_the_scanner_carries_are_written(file: str, written: set[str]) -> None:
    missing = MissingText(name="L", file=file, source="s", owed_for=("base",))
    draft = Draft(
        release="toy", notice="", texts=(missing,), statements=(), displays=(), names=(),
        patch="", choices=(), open=(),
    )  # fmt: skip
    found = files(draft)
    assert set(found) - {"ACTIONS.md"} == written
    assert ("Take it from" in to_text(draft)) is not bool(written)


@pytest.mark.parametrize(
    ("card", "sentence", "left"),
    [
        ("# T\n\nMade by\nhand. Small.\n", "Made by hand", "# T\n\nSmall.\n"),
        ("# T\n\nIt is MIT.\n\nMore.\n", "It is MIT", "# T\n\n\nMore.\n"),
        ("Small. It is (c) MIT! More.\n", "It is (c) MIT", "Small. More.\n"),
        ("# T\n", "Not there", "# T\n"),
        ("It is MIT", "It is MIT", ""),
    ],
)
def test_a_sentence_goes_and_the_rest_stays(card: str, sentence: str, left: str) -> None:
    assert without(card, sentence) == left


def test_what_the_evidence_refutes_leaves_the_card_and_nothing_else(tmp_path: Path) -> None:
    card = (
        "---\nlicense: apache-2.0\n---\n# M\n\nM was trained from scratch. It is small.\n\n"
        "## License\n\nM is released under the Apache License 2.0.\n"
    )
    base = reference(tmp_path / "b", "base", "derived", license_id="cc-by-nc-4.0")
    patch = draft_notice(made(tmp_path, card, base)).patch
    gone = {line[1:].strip() for line in patch.split("\n")[2:] if line.startswith("-")}
    assert gone == {
        "license: apache-2.0",
        "M was trained from scratch. It is small.",
        "M is released under the Apache License 2.0.",
    }
    assert "+It is small." in patch


def test_sentences_stay_where_nothing_contradicts_them(tmp_path: Path) -> None:
    card = "---\nlicense: mit\n---\n# M\n\nM was trained from scratch. M is under MIT.\n"
    assert draft_notice(made(tmp_path, card)).patch == ""
