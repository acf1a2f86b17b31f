# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``--output``: further views of a record, and what a CI host is told."""

import json
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.tiny_repo import make_repo, one_line, run_audit
from tests.unit.checks.cases import write_weights
from tests.unit.checks.mutations import build, scenario_truth

pytestmark = pytest.mark.usefixtures("quick_pdf")


def test_several_files_beside_the_signed_folder(tmp_path: Path) -> None:
    repo = make_repo(tmp_path / "model")
    prepared = tmp_path / "summary.md"
    prepared.touch()
    asked = ("--output", f"sarif={tmp_path / 'a.sarif'}", "--output", f"markdown={prepared}")
    result = run_audit("model-repo", repo, "--out", tmp_path / "out", *asked, "--quiet")
    assert "Next: " in result.stdout
    (run,) = json.loads((tmp_path / "a.sarif").read_bytes())["runs"]
    record = json.loads((tmp_path / "out" / "record.json").read_bytes())
    assert run["properties"]["verdict"] == record["verdict"]["status"]
    assert len(run["results"]) == len(record["findings"])
    assert prepared.read_text().startswith("<!-- audit")
    assert "sarif" not in (tmp_path / "out" / "report.html").read_text(), "no part of the report"
    again = run_audit("report", tmp_path / "out" / "record.json", "--output", "sarif=-")
    assert again.exit_code == 0
    assert json.loads(again.stdout) == json.loads((tmp_path / "a.sarif").read_bytes())


def test_stdout_holds_one_thing(tmp_path: Path) -> None:
    result = run_audit("licenses", make_repo(tmp_path / "model"), "--output", "junit=-", "-q")
    assert result.stdout.startswith("<?xml")
    assert result.stdout.rstrip().endswith("</testsuites>")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("sarf=x",), "Did you mean sarif"),
        (("sarif",), "names no file"),
        (("sarif=",), "names no file"),
        (("sarif=-", "junit=-"), "Two --output options"),
        (("sarif=full",), "nothing is ever overwritten"),
        (("pdf=x",), "There is no output format"),
    ],
)
def test_what_cannot_be_written_is_refused_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: tuple[str, ...], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("full").write_text("mine")
    options = [word for one in asked for word in ("--output", one)]
    result = run_audit("licenses", make_repo(tmp_path / "model"), *options)
    assert result.exit_code == 2
    assert words in one_line(result)
    assert Path("full").read_text() == "mine"


def test_github_is_told_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    summary = tmp_path / "summary"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    repo = make_repo(tmp_path / "model")
    result = run_audit("model-repo", repo, "--out", tmp_path / "out", "--quiet")
    record = json.loads((tmp_path / "out" / "record.json").read_bytes())
    told = [line for line in result.stdout.splitlines() if line.startswith("::")]
    assert len(told) == len(record["findings"]) > 0
    assert summary.read_text().startswith("before\n<!-- audit")
    plain = run_audit("model-repo", repo, "--out", tmp_path / "two", "--quiet", "--json")
    json.loads(plain.stdout)


def test_report_needs_something_to_write(tmp_path: Path) -> None:
    result = run_audit("report", tmp_path / "record.json")
    assert result.exit_code == 2
    assert "Give --out DIR" in one_line(result)


@pytest.mark.parametrize(
    "planted", ["prose-against-license", "badge-against-license", "altered-license"]
)
def test_a_code_host_can_show_the_sarif_of_planted_faults(planted: str, tmp_path: Path) -> None:
    """It needs a file of the repository, a line of that file, a rule's title and its help."""
    truth, model, out = scenario_truth(planted), tmp_path / "model", tmp_path / "out.sarif"
    build(planted, truth, model)
    write_weights(model)
    run_audit("model-repo", model, "--output", f"sarif={out}", "--quiet")
    (run,) = json.loads(out.read_text())["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert set(truth["expected"]) <= {result["ruleId"] for result in run["results"]}
    for result in run["results"]:
        rule = rules[result["ruleIndex"]]
        assert rule["id"] == result["ruleId"] not in rule["shortDescription"]["text"]
        assert len(rule["help"]["text"]) > 40
        assert result["locations"]
        for place in (one["physicalLocation"] for one in result["locations"]):
            file = model / unquote(place["artifactLocation"]["uri"])
            line = place["region"]["startLine"]
            assert file.is_file()
            assert 1 <= line <= max(1, file.read_bytes().count(b"\n") + 1)
