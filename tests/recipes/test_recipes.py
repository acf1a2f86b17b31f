# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Each recipe as it stands, on a release that must be stopped and on one that may go.

What installs is not run: it needs an index. All that it names must be there.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

import audit
from audit.errors import UsageError
from audit.record.document import record_from_bytes, to_bytes
from tests.tiny_repo import make_repo, run_audit

pytestmark = pytest.mark.sampled(3)

ROOT = Path(__file__).resolve().parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
BAD = "---\nlicense: some-licence-of-ours\n---\n# Tiny\n"


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a checkout with a model in it; ``audit`` and ``audit-gate`` are on the path."""
    tools = tmp_path / "bin"
    tools.mkdir()
    scripts = {
        "audit": f'exec {shlex.quote(sys.executable)} -m audit "$@"',
        "audit-gate": f'exec bash {shlex.quote(str(ROOT / "recipes" / "gate.sh"))} "$@"',
    }
    for name, line in scripts.items():
        (tools / name).write_text(f"#!/bin/sh\n{line}\n")
        (tools / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("AUDIT_CACHE_DIR", str(tmp_path / "cache"))
    checkout = tmp_path / "checkout"
    make_repo(checkout / "model")
    monkeypatch.chdir(checkout)
    return checkout


def expanded(text: str, known: Mapping[str, str]) -> str:
    """Put values in place of a host's expressions; one that is not known is an error."""
    return re.sub(r"\$\{\{ *([\w.-]+) *\}\}", lambda found: known[found[1]], str(text))


def action(given: Mapping[str, str], folder: Path) -> tuple[int, dict[str, str]]:
    """Do what a host does with ``action.yml``; return the exit code and the action's outputs."""
    inputs = {name: str(one.get("default", "")) for name, one in ACTION["inputs"].items()}
    known = {f"inputs.{name}": value for name, value in (inputs | dict(given)).items()}
    output = folder / "output"
    output.touch()
    (step,) = [s for s in ACTION["runs"]["steps"] if s.get("id") == "gate"]
    env = {name: expanded(value, known) for name, value in step["env"].items()}
    host = {"GITHUB_OUTPUT": str(output), "GITHUB_ACTION_PATH": str(ROOT)}
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", step["run"]],
        env={**os.environ, **env, **host},
        check=False,
    )
    lines = (line.partition("=") for line in output.read_text().splitlines())
    known |= {f"steps.gate.outputs.{name}": value for name, _, value in lines}
    outputs = {name: expanded(one["value"], known) for name, one in ACTION["outputs"].items()}
    return done.returncode, outputs


def test_the_action_goes_red_and_green(job: Path, tmp_path: Path) -> None:
    code, outputs = action({"target": "model"}, tmp_path)
    assert (code, outputs["verdict"], outputs["exit-code"]) == (0, "PASS", "0")
    results = job / outputs["results"]
    assert {p.name for p in results.iterdir()} == {
        "audit.env", "audit.sarif", "junit.xml", "record.json", "summary.md",
    }  # fmt: skip
    (job / "model" / "README.md").write_text(BAD)
    (tmp_path / "output").unlink()
    code, outputs = action({"target": "model", "results": "red"}, tmp_path)
    assert outputs["verdict"] != "PASS"
    assert code == int(outputs["exit-code"]) != 0
    (tmp_path / "output").unlink()
    baseline = {"target": "model", "results": "again", "baseline": "red/record.json"}
    assert action(baseline, tmp_path)[0] == 0


def described_job() -> tuple[dict[str, str], str]:
    """Return variables and script of GitLab's job."""
    (described,) = yaml.safe_load((ROOT / "recipes" / "gitlab.yml").read_text()).values()
    return described["variables"], "\n".join(described["script"])


def test_the_dispute_is_red_in_every_recipe_and_green_after_its_drafts(
    job: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that compare; the hook before a commit reads licences alone, which agree here."""
    for name in ("suspect", "reference"):
        shutil.copytree(ROOT / "examples" / "dispute" / name, job / name)
    against = ("--against", "reference")
    assert run_audit("notice", "suspect", *against, "--apply", "mended", "-q").exit_code == 0

    def by_action(model: str) -> int:
        given = {"target": model, "against": "reference", "results": f"{model}-a"}
        return action(given, tmp_path)[0]

    def by_shell(model: str) -> int:
        env = {"AUDIT_TARGET": model, "AUDIT_AGAINST": "reference", "AUDIT_RESULTS": f"{model}-s"}
        return subprocess.run(["audit-gate"], env={**os.environ, **env}, check=False).returncode

    def by_gitlab(model: str) -> int:
        variables, script = described_job()
        env = {k: v.replace("$CI_PROJECT_DIR", str(job)) for k, v in variables.items()}
        env |= {"AUDIT_TARGET": model, "AUDIT_AGAINST": "reference", "AUDIT_RESULTS": f"{model}-g"}
        env["AUDIT_CACHE_DIR"] = os.environ["AUDIT_CACHE_DIR"]
        done = subprocess.run(["sh", "-ec", script], env={**os.environ, **env}, check=False)
        return done.returncode

    def by_call(model: str) -> int:
        return audit.run(model, against=["reference"]).verdict.status.exit_code

    recipes = (by_action, by_shell, by_gitlab, by_call)
    assert [recipe("suspect") for recipe in recipes] == [1, 1, 1, 1]
    assert [recipe("mended") for recipe in recipes] == [0, 0, 0, 0]
    red = json.loads((job / "suspect-s" / "record.json").read_text())["findings"]
    green = json.loads((job / "mended-s" / "record.json").read_text())["findings"]
    assert {"BASE001", "BASE003", "LIC010", "LIC011"} <= {f["check"] for f in red}
    assert {f["severity"] for f in green} <= {"medium", "low", "info"}


def test_the_action_lets_nothing_into_a_shell() -> None:
    """What a pull request can choose reaches a script as a variable, never as its text."""
    steps = ACTION["runs"]["steps"]
    assert [s["run"] for s in steps if "${{" in s["run"]] == []
    used = set(re.findall(r"inputs\.([\w-]+)", (ROOT / "action.yml").read_text()))
    assert used == set(ACTION["inputs"])


def test_the_job_of_gitlab(job: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (described,) = yaml.safe_load((ROOT / "recipes" / "gitlab.yml").read_text()).values()
    variables, script = described_job()
    (job / "model" / "README.md").write_text(BAD)
    monkeypatch.setenv("CI_PROJECT_DIR", str(job))
    env = {k: v.replace("$CI_PROJECT_DIR", str(job)) for k, v in variables.items()}
    env |= {"AUDIT_TARGET": "model", "AUDIT_UNDECIDED": "warn"}
    done = subprocess.run(["sh", "-ec", script], env={**os.environ, **env}, check=False)
    answer = dict(
        line.split("=") for line in (job / "audit-results" / "audit.env").read_text().splitlines()
    )
    undecided = answer["verdict"] == "INDETERMINATE"
    assert done.returncode == (0 if undecided else int(answer["exit_code"]))
    for report in (*described["artifacts"]["reports"].values(), *described["artifacts"]["paths"]):
        assert (job / report).exists()


def test_the_hook_stops_a_commit_whose_licence_nobody_knows(
    job: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert hook["entry"] == "audit"
    assert hook["pass_filenames"] is False
    monkeypatch.chdir(job / "model")
    assert run_audit(*hook["args"]).exit_code == 0
    Path("README.md").write_text(BAD)
    assert run_audit(*hook["args"]).exit_code != 0
    wanted = re.compile(hook["files"])
    assert all(wanted.search(n) for n in ("README.md", "a/LICENSE", "LICENCE.txt", "x/config.json"))
    assert not wanted.search("model.safetensors")


def test_the_hubs_command_line_runs_its_extension(
    job: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Installed by the hub's own functions, as from a repository that has the file at its root."""
    from huggingface_hub.cli import extensions

    home = tmp_path / "home"
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    recipe = ROOT / "recipes" / "hf-audit"
    owner, repo, short = extensions._normalize_repo_id(f"somebody/{recipe.name}")
    folder = extensions._get_extension_dir(short)
    installed = extensions._install_binary_extension(
        extension_dir=folder, short_name=short, binary=recipe.read_bytes()
    )
    extensions.ExtensionManifest(
        owner=owner, repo=repo, repo_id=f"{owner}/{repo}", short_name=short, type="binary",
        executable_path=str(installed), installed_at=datetime.now(UTC),
    ).save(folder)  # fmt: skip
    extensions._save_latest_commit_sha(short, None)
    command = [Path(sys.executable).with_name("hf"), short, "licenses", "model", "--quiet"]
    assert subprocess.run(command, check=False).returncode == 0
    (job / "model" / "README.md").write_text(BAD)
    red = subprocess.run(command, check=False).returncode
    assert red == run_audit(*command[2:]).exit_code != 0
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    assert subprocess.run(command, check=False).returncode == 4


def test_the_call_is_the_command(job: Path) -> None:
    record = audit.run(job / "model")
    run_audit("model-repo", job / "model", "--output", f"json={job / 'r.json'}", "--quiet")
    assert to_bytes(record) == (job / "r.json").read_bytes()
    assert record_from_bytes(to_bytes(record), where="") == record
    assert record.verdict.status.exit_code == 0
    with pytest.raises(UsageError):
        audit.run("no/such/place/here")
    with pytest.raises(AttributeError):
        audit.nothing  # noqa: B018


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the Dockerfile, continued lines joined, comments left out."""
    text = (ROOT / "recipes" / "Dockerfile").read_text().replace("\\\n", " ")
    lines = (line.strip() for line in text.splitlines())
    found = (line.partition(" ") for line in lines if line and not line.startswith("#"))
    return [(word, " ".join(rest.split())) for word, _, rest in found]


def test_the_image_is_made_of_what_is_here() -> None:
    found = instructions()
    for word, rest in found:
        if word == "COPY":
            assert [s for s in rest.split()[:-1] if not (ROOT / s).exists()] == []
    image = next(rest for word, rest in found if word == "FROM")
    assert re.fullmatch(r"python:3\.\d+-slim-\w+", image), "a version, and none that moves"
    words = [word for word, _ in found]
    assert words.index("USER") < words.index("ENTRYPOINT")
    assert dict(found)["USER"] not in {"root", "0"}
    listed = " ".join(rest for _, rest in found)
    readme = (ROOT / "README.md").read_text()
    needed = set(re.findall(r"lib(?:pango|harfbuzz)[\w.-]+", readme))
    assert needed <= set(listed.split())


def test_what_the_image_copies_is_a_programme(tmp_path: Path) -> None:
    """COPY into an empty folder, the last install step and the index step, as far as they need no
    network: a wheel of the copied files alone, and its scanner from that wheel."""
    image, built, site = tmp_path / "image", tmp_path / "built", tmp_path / "site"
    for word, rest in instructions():
        if word == "COPY":
            *sources, target = rest.split()
            for source in sources:
                place = image / target.lstrip("/")
                whole = place / source if target.endswith("/") else place
                copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
                whole.parent.mkdir(parents=True, exist_ok=True)
                copy(ROOT / source, whole)
    wheel = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    source = image / "src"
    subprocess.run([*wheel, "--wheel-dir", str(built), str(source)], check=True)
    (made,) = built.iterdir()
    shutil.unpack_archive(made, site, "zip")
    step = next(rest for word, rest in instructions() if "detected.worker" in rest)
    env = {**os.environ, "PYTHONPATH": str(site)}
    python = f"{shlex.quote(sys.executable)} -P"
    for line in (step.replace("python", python, 1), f"{python} -m audit rules list"):
        subprocess.run(["sh", "-ec", line], env=env, cwd=tmp_path, check=True)
    asked = f"{python} -c 'import audit; print(audit.__file__)'"
    done = subprocess.run(["sh", "-ec", asked], env=env, cwd=tmp_path, check=True, stdout=-1)
    assert done.stdout.decode().startswith(str(site))
    assert (image / "usr/local/bin/audit-gate").read_bytes().startswith(b"#!/usr/bin/env bash")
    assert os.access(image / "usr/local/bin/audit-gate", os.X_OK)


def test_what_is_installed_is_the_lock(tmp_path: Path) -> None:
    """The script with a pip that only says what it was asked for."""
    said = tmp_path / "said"
    fake = tmp_path / "python"
    fake.write_text(f'#!/bin/sh\necho "$PIP_INDEX_URL $@" >>{said}\n')
    fake.chmod(0o755)
    env = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "TORCH_INDEX": "https://i"}
    env.pop("PIP_INDEX_URL", None)
    subprocess.run(["bash", ROOT / "recipes" / "install.sh"], env=env, check=True)
    pinned = re.search(r'"(torch==[\d.]+)"', (ROOT / "pyproject.toml").read_text())
    assert pinned is not None
    assert said.read_text().splitlines() == [
        f"https://i -m pip install --quiet {pinned[1]}",
        " -m pip install --quiet --no-deps -r requirements.lock",
        " -m pip install --quiet --no-deps .",
    ]


def test_the_page_shows_every_recipe_and_input() -> None:
    page = (ROOT / "docs" / "ci.md").read_text()
    names: list[Any] = [p.name for p in (ROOT / "recipes").iterdir()]
    assert [n for n in (*names, "action.yml", ".pre-commit-hooks.yaml") if n not in page] == []
    assert [n for n in (*ACTION["inputs"], *ACTION["outputs"]) if f"`{n}`" not in page] == []
