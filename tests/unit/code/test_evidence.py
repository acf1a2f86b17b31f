# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The stage as a whole: what matches, what is attributed, what could not be compared."""

from pathlib import Path

import pytest

from audit.code import shelf
from audit.code.evidence import code_evidence
from audit.code.repository import CodeRepository
from audit.record.code import CodeEvidence, CodeRelation, LicenseText
from tests.unit.code.mutations import DISPUTE, ORIGINAL, disguised, rename_identifiers, repository

STRANGER = (DISPUTE / "independent" / "modeling_fernhollow.py").read_text(encoding="utf-8")
SHORT = "def f(x):\n    return x + 1\n"


@pytest.fixture(autouse=True)
def _no_shipped_index(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shelf, "shipped_folder", lambda: tmp_path / "none")
    monkeypatch.setenv("AUDIT_DATA_DIR", str(tmp_path / "data"))


def known(tmp_path: Path, name: str = "known", **papers: object) -> CodeRepository:
    return repository(tmp_path / name, {"src/modeling_meridian.py": ORIGINAL}, **papers)


def examine(tmp_path: Path, files: dict[str, str | bytes], **papers: object) -> CodeEvidence:
    subject = repository(tmp_path / "subject", files, **papers)
    return code_evidence(subject, (known(tmp_path),))


def test_a_disguised_copy_is_matched_and_its_functions_named(tmp_path: Path) -> None:
    found = examine(tmp_path, {"layers.py": disguised(ORIGINAL), "own.py": STRANGER})
    (match,) = found.matches
    (family,) = match.families
    assert (match.path, match.relation) == ("layers.py", CodeRelation.CONTAINS)
    assert family.score > 0.8
    assert family.label == "known (a compared reference)"
    assert family.paths == ("src/modeling_meridian.py",)
    assert match.functions
    for function in match.functions:
        assert function.name.replace("Zephyr", "") == function.reference_name.replace(
            "Meridian", ""
        )
        assert function.similarity >= 0.95
    assert found.compared == 2


def test_lines_on_both_sides_are_those_of_the_functions(tmp_path: Path) -> None:
    (match,) = examine(tmp_path, {"layers.py": disguised(ORIGINAL)}).matches
    mine, theirs = disguised(ORIGINAL).splitlines(), ORIGINAL.splitlines()
    for function in match.functions:
        name = function.name.rsplit(".", 1)[-1]
        assert f"def {name}(" in mine[function.lines.first - 1]
        assert f"def {name}(" in theirs[function.reference_lines.first - 1]


def test_a_renamed_copy_is_matched_as_renamed(tmp_path: Path) -> None:
    (match,) = examine(tmp_path, {"a.py": rename_identifiers(ORIGINAL, "q")}).matches
    assert match.relation is CodeRelation.RENAMED
    assert match.families[0].renamed_score == 1.0
    assert any(function.renamed for function in match.functions)


def test_separate_work_is_not_matched(tmp_path: Path) -> None:
    found = examine(tmp_path, {"own.py": STRANGER})
    assert found.matches == ()
    assert found.compared == 1


def test_attribution_is_taken_from_the_papers(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"a.py": disguised(ORIGINAL)}
    (match,) = examine(tmp_path / "1", files).matches
    assert not match.families[0].attributed
    assert match.families[0].license_text is LicenseText.UNKNOWN
    (match,) = examine(tmp_path / "2", files, named=("NOTICE",)).matches
    assert match.families[0].attributed
    missing = {"Apache-2.0": False}
    (match,) = examine(tmp_path / "3", files, named=("NOTICE",), texts=missing).matches
    assert not match.families[0].attributed


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"x = '''", "it is not Python that can be read"),
        (b"x = 1\n" * 400_000, "larger than 2 MiB of code"),
        (b"\0" * 100, "it holds null bytes"),
        (b"x = $\n", "it is not Python that can be read (line 1)"),
    ],
)
def test_what_cannot_be_read_is_a_reason(tmp_path: Path, content: bytes, reason: str) -> None:
    found = examine(tmp_path, {"a.py": content})
    assert [(r.path, r.reason) for r in found.not_compared] == [("a.py", reason)]
    assert found.compared == 0


def test_a_file_that_changed_is_not_compared(tmp_path: Path) -> None:
    subject = repository(tmp_path / "subject", {"a.py": ORIGINAL})
    (tmp_path / "subject" / "a.py").write_text("x = 1\n")
    found = code_evidence(subject, (known(tmp_path),))
    assert [r.reason for r in found.not_compared] == ["it changed while the audit ran"]


def test_short_files_and_other_languages_are_counted(tmp_path: Path) -> None:
    found = examine(tmp_path, {"a.py": SHORT, "b.py": "", "c.cu": "int x;", "d.sh": "true"})
    assert (found.compared, found.too_short, found.other_languages) == (0, 2, 2)


def test_a_table_of_data_is_too_uniform_to_tell(tmp_path: Path) -> None:
    """Its few fingerprints stand in any table; found on a list of two thousand emoji."""
    table = "TABLE = {\n" + "".join(f'    "a{n}": "b{n}",\n' for n in range(2000)) + "}\n"
    reference = repository(tmp_path / "known", {"t.py": table.replace("TABLE", "NAMES") + ORIGINAL})
    subject = repository(tmp_path / "subject", {"t.py": table})
    found = code_evidence(subject, (reference,))
    assert (found.matches, found.too_short) == ((), 1)


def test_nothing_to_compare_reads_no_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def loaded() -> tuple[()]:
        raise AssertionError("an index was loaded")

    monkeypatch.setattr(shelf, "indexes", loaded)
    assert examine(tmp_path, {"a.cpp": "int x;"}).known == ()


def test_a_broken_file_of_the_reference_is_left_out(tmp_path: Path) -> None:
    reference = repository(tmp_path / "known", {"bad.py": "(", "m.py": ORIGINAL})
    subject = repository(tmp_path / "subject", {"a.py": ORIGINAL})
    found = code_evidence(subject, (reference,))
    assert found.known[0].files == 1
    assert found.matches[0].families[0].score == 1.0


def test_where_the_folders_lie_changes_nothing(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"a.py": disguised(ORIGINAL), "b.py": STRANGER}
    one, two = (examine(tmp_path / place, files) for place in ("here", "there/deeper"))
    assert one == two
    assert str(tmp_path) not in repr(one)


def test_the_better_of_two_references_comes_first(tmp_path: Path) -> None:
    half = repository(tmp_path / "half", {"h.py": ORIGINAL.split("class MeridianMLP")[0]})
    subject = repository(tmp_path / "subject", {"a.py": ORIGINAL})
    (match,) = code_evidence(subject, (half, known(tmp_path))).matches
    assert [f.project for f in match.families] == ["known", "half"]
