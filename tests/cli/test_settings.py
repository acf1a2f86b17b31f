# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Options from files and variables: which file, which value, and never the suspect's own."""

import json
import re
from pathlib import Path

import jsonschema
import pytest

from audit.cli.setup import settings
from audit.cli.setup.settings import declared, keys, variable
from audit.errors import ExitCode
from tests.tiny_repo import make_repo, run_audit

DOC = Path(__file__).resolve().parents[2] / "docs" / "configuration.md"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in the sub-folder of a repository; a sound model lies beside it."""
    folder = tmp_path / "project"
    (folder / ".git").mkdir(parents=True)
    (folder / "sub").mkdir()
    monkeypatch.chdir(folder / "sub")
    make_repo(tmp_path / "model")
    return folder


def shown() -> dict[str, dict[str, str]]:
    return json.loads(run_audit("config", "show", "--json").stdout)


def test_the_nearest_file_counts_and_the_command_line_counts_more(project: Path) -> None:
    (project / "audit.toml").write_text('# ours\npolicy = "strict-eu"\nlang = "zh"\n')
    assert shown()["policy"] == {"value": "strict-eu", "from": f"{project}/audit.toml, line 2"}
    (project / "sub" / "pyproject.toml").write_text('[tool.audit]\npolicy = "research"\n')
    assert shown()["policy"]["value"] == "research"
    assert shown()["lang"]["from"] == "default"
    (project / "sub" / "pyproject.toml").write_text("[tool.other]\n")
    assert shown()["policy"]["value"] == "strict-eu"


def test_a_value_reaches_the_run_from_file_variable_and_line(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def policy(*more: str) -> str:
        done = run_audit("licenses", str(tmp_path / "model"), "--json", "--quiet", *more)
        return json.loads(done.stdout)["verdict"]["policy"]

    assert policy() == "default"
    (project / "audit.toml").write_text('policy = "strict-eu"\n')
    assert policy() == "strict-eu"
    monkeypatch.setenv("AUDIT_POLICY", "research")
    assert policy() == "research"
    assert policy("--policy", "commercial") == "commercial"
    monkeypatch.delenv("AUDIT_POLICY")
    monkeypatch.setenv("AUDIT_CONFIG", "/dev/null")
    assert policy() == "default"


def test_search_ends_at_the_root_of_the_repository(project: Path) -> None:
    (project.parent / "audit.toml").write_text('policy = "strict-eu"\n')
    assert shown()["policy"]["value"] == "default"


@pytest.mark.parametrize("target", [".", "weights.safetensors"])
def test_a_model_never_configures_its_own_audit(
    target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = tmp_path / "model"
    make_repo(model)
    (model / "weights.safetensors").write_bytes(b"")
    (model / "audit.toml").write_text('policy = "no-such-policy"\n')
    (tmp_path / "audit.toml").write_text('policy = "research"\n')
    monkeypatch.chdir(model)
    done = run_audit("licenses", target, "--json")
    assert "lies inside the model and was not read" in done.stderr
    assert json.loads(done.stdout)["verdict"]["policy"] == "research"
    given = run_audit("--config", "audit.toml", "licenses", target)
    assert given.exit_code == ExitCode.USAGE
    assert "no-such-policy" in given.stderr


def test_a_reference_does_not_configure_the_comparison(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("model", "base"):
        make_repo(tmp_path / name)
    (tmp_path / "base" / "audit.toml").write_text("nonsense = 1\n")
    monkeypatch.chdir(tmp_path / "base")
    assert run_audit("compare", "../model", ".", "--dry-run").exit_code == ExitCode.PASS


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\npolcy = 'x'\n", "line 2: polcy: there is no such key; did you mean policy?"),
        ("fail_on = 'high'\n", "line 1: fail_on: there is no such key; did you mean fail-on?"),
        ("zzz = 1\n", "line 1: zzz: there is no such key; there are "),
        ("key = 'pkcs11:x'\n", "what signs is set by AUDIT_KEY"),
        ("\n\nfail-on = 'severe'\n", "line 3: fail-on: "),
        ("against = 'one'\n", "line 1: against: "),
        ("policy = \n", "not valid TOML"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(project: Path, text: str, said: str) -> None:
    (project / "audit.toml").write_text(text)
    done = run_audit("config", "show")
    assert done.exit_code == ExitCode.USAGE
    assert f"{project}/audit.toml" in done.stderr
    assert said in done.stderr


def test_paths_start_at_the_file_and_names_stay(project: Path) -> None:
    (project / "base").mkdir()
    (project / "audit.toml").write_text(
        'against = ["base", "owner/name", "../far"]\nwaivers = "w.toml"\npolicy = "strict-eu"\n'
        'output = ["sarif=out.sarif", "junit=-"]\nout = "report"\n'
    )
    values = settings.settings(None).values
    assert values == {
        "against": [f"{project}/base", "owner/name", f"{project}/../far"],
        "waivers": f"{project}/w.toml",
        "policy": "strict-eu",
        "output": [f"sarif={project}/out.sarif", "junit=-"],
        "out": f"{project}/report",
    }


def test_compare_keeps_its_own_fail_on(project: Path, tmp_path: Path) -> None:
    (project / "audit.toml").write_text('fail-on = "high"\n')
    model = str(tmp_path / "model")
    assert run_audit("compare", model, model, "--dry-run").exit_code == ExitCode.PASS


def test_init_writes_what_can_be_read_and_sets_nothing(project: Path) -> None:
    assert run_audit("init").exit_code == ExitCode.PASS
    written = Path("audit.toml").read_text()
    assert settings.settings(None).values == {}
    assert set(re.findall(r"(?m)^# ([a-z-]+) = ", written)) == {n.replace("_", "-") for n in keys()}
    Path("audit.toml").write_text(
        re.sub(r"(?m)^# (?=(?:full|offline|lang|against) = )", "", written)
    )
    assert settings.settings(None).values == {
        "full": False, "offline": False, "lang": "en", "against": [],
    }  # fmt: skip
    assert run_audit("init").exit_code == ExitCode.USAGE


def test_the_page_has_every_key_and_variable_and_the_schema_agrees() -> None:
    page = DOC.read_text(encoding="utf-8")
    rows = dict(re.findall(r"(?m)^\| `([a-z-]+)` \| `(AUDIT_[A-Z_]+)` \|", page))
    assert rows == {name.replace("_", "-"): variable(name) for name in keys()}
    assert [v for name in declared() if (v := variable(name)) not in page] == []
    schema = json.loads((DOC.parent / "schema" / "settings.json").read_text(encoding="utf-8"))
    assert schema == settings.model().model_json_schema()
    jsonschema.validate({"fail-on": "low", "against": ["x"]}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"fail_on": "low"}, schema)
