# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit report``: the same bytes again from a record."""

import json
import shutil
from pathlib import Path

import pytest

from audit.errors import ExitCode
from audit.languages import Language, language_of
from audit.signing.attestation.slot import blanked
from audit.signing.attestation.statement import read_unverified
from tests.tiny_repo import make_repo, one_line, run_audit

pytestmark = pytest.mark.usefixtures("quick_pdf")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = make_repo(tmp_path / "model")
    result = run_audit("model-repo", folder, "--out", tmp_path / "out", "--quiet")
    assert (tmp_path / "out").is_dir(), result.output
    return tmp_path / "out"


def test_same_html_with_the_attestation_beside(tmp_path: Path, out: Path) -> None:
    result = run_audit("report", out / "record.json", "--out", tmp_path / "again")
    assert result.exit_code == 0, result.output
    assert "its signature was not checked" in one_line(result)
    assert sorted(p.name for p in (tmp_path / "again").iterdir()) == [
        "record.json",
        "report.html",
        "report.pdf",
    ]
    again = {
        name: (tmp_path / "again" / name).read_bytes() for name in ("record.json", "report.html")
    }
    assert again["record.json"] == (out / "record.json").read_bytes()
    assert again["report.html"] == blanked((out / "report.html").read_bytes())


def test_a_record_alone_is_dated_by_the_caller(tmp_path: Path, out: Path) -> None:
    alone = shutil.copy(out / "record.json", tmp_path / "record.json")
    html = []
    for number, date in enumerate(("2026-01-31", "2026-01-31", "2026-02-01")):
        folder = tmp_path / str(number)
        result = run_audit("report", alone, "--out", folder, "--date", date)
        assert (result.exit_code, result.stderr) == (0, "")
        html.append((folder / "report.html").read_bytes())
    assert html[0] == html[1] != html[2]
    assert b"2026-01-31" in html[0]
    assert b"not recorded" in html[0]


def test_source_date_epoch_dates_a_record(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = shutil.copy(out / "record.json", tmp_path / "record.json")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    assert run_audit("report", alone, "--out", tmp_path / "again").exit_code == 0
    assert b"2001-09-09" in (tmp_path / "again" / "report.html").read_bytes()


def test_an_undated_record_says_so(tmp_path: Path, out: Path) -> None:
    alone = shutil.copy(out / "record.json", tmp_path / "record.json")
    assert run_audit("report", alone, "--out", tmp_path / "again").exit_code == 0
    assert b"ot recorded" in (tmp_path / "again" / "report.html").read_bytes()


def test_an_attestation_of_another_record_is_left_aside(tmp_path: Path, out: Path) -> None:
    other = make_repo(tmp_path / "other", seed=3)
    run_audit("model-repo", other, "--out", tmp_path / "out2", "--quiet")
    shutil.copy(tmp_path / "out2" / "report.intoto.jsonl", out)
    result = run_audit("report", out / "record.json", "--out", tmp_path / "again")
    assert result.exit_code == 0
    assert "left aside: it belongs to another record" in one_line(result)


@pytest.mark.parametrize("content", [b"", b"{}", b"[[[", b"\xff\xfe"])
def test_a_broken_attestation_is_left_aside(tmp_path: Path, out: Path, content: bytes) -> None:
    (out / "report.intoto.jsonl").write_bytes(content)
    result = run_audit("report", out / "record.json", "--out", tmp_path / "again")
    assert result.exit_code == 0
    assert "is left aside" in one_line(result)


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"null", b"\x00\xff", b"[" * 100_000, b'{"schema_version": 2}']
)
def test_what_is_no_record(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "record.json").write_bytes(content)
    result = run_audit("report", tmp_path / "record.json", "--out", tmp_path / "out")
    assert (result.exit_code, result.stdout) == (ExitCode.USAGE, "")
    assert "is not an audit record" in one_line(result)
    assert not (tmp_path / "out").exists()


def test_a_record_in_another_spelling(tmp_path: Path, out: Path) -> None:
    record = json.loads((out / "record.json").read_bytes())
    (tmp_path / "record.json").write_text(json.dumps(record, indent=1))
    result = run_audit("report", tmp_path / "record.json", "--out", tmp_path / "again")
    assert result.exit_code == ExitCode.USAGE
    assert "canonical form" in one_line(result)


@pytest.mark.parametrize("name", ["absent.json", "."])
def test_what_cannot_be_read(tmp_path: Path, name: str) -> None:
    result = run_audit("report", tmp_path / name, "--out", tmp_path / "out")
    assert result.exit_code == ExitCode.USAGE
    assert "cannot be read" in one_line(result)


def test_both_languages_are_kept(tmp_path: Path) -> None:
    folder = make_repo(tmp_path / "model")
    done = run_audit("model-repo", folder, "--out", tmp_path / "out", "--quiet", "--lang", "both")
    out = tmp_path / "out"
    assert {"report.html", "report.pdf", "report.zh.html", "report.zh.pdf"} <= {
        p.name for p in out.iterdir()
    }
    assert "Weights" in done.output
    pages = [(out / name).read_bytes() for name in ("report.html", "report.zh.html")]
    assert [language_of(page) for page in pages] == [Language.ENGLISH, Language.CHINESE]
    attested = read_unverified((out / "report.intoto.jsonl").read_bytes()).report
    assert {"report.zh.html", "report.zh.pdf", "report.html", "report.pdf"} <= set(attested)
    again = run_audit("report", out / "record.json", "--out", tmp_path / "again")
    assert again.exit_code == 0, again.output
    chinese = (tmp_path / "again" / "report.zh.html").read_bytes()
    assert chinese == blanked(pages[1])


def test_chinese_alone_takes_the_usual_names(tmp_path: Path) -> None:
    folder = make_repo(tmp_path / "model")
    done = run_audit("model-repo", folder, "--out", tmp_path / "out", "--quiet", "--lang", "zh")
    assert "权重" in done.output
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "<span>--lang</span> zh" in page
    assert not (tmp_path / "out" / "report.zh.html").exists()
    run_audit("report", tmp_path / "out" / "record.json", "--out", tmp_path / "again")
    assert language_of((tmp_path / "again" / "report.html").read_bytes()) is Language.CHINESE
    run_audit(
        "report", tmp_path / "out" / "record.json", "--out", tmp_path / "english", "--lang", "en"
    )
    assert language_of((tmp_path / "english" / "report.html").read_bytes()) is Language.ENGLISH
