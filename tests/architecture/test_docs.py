# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The pages say what the programme does: enumerate the programme, read the pages."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from audit import rules
from audit.cli import app
from audit.errors import ExitCode
from audit.record import document

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = sorted(get_command(app).commands)
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def _help(*command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "audit", *command, "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def _words(text: str) -> str:
    """Drop box drawing and wrapping, which depend on the terminal, keep the words."""
    return " ".join(re.sub(r"[─│╭╮╰╯]", " ", text).split())


def test_readme_help_block_is_the_real_help() -> None:
    block = re.search(r"<!-- help -->\s*```text\n(.*?)```", README, re.DOTALL)
    assert block is not None
    assert _words(block.group(1)) == _words(_help())


def test_every_command_is_in_the_help_and_in_the_readme() -> None:
    listed = _help()
    assert [c for c in COMMANDS if not re.search(rf"\b{c}\b", listed)] == []
    assert [c for c in COMMANDS if f"audit {c}" not in README] == []


def test_readme_lists_every_option_of_the_main_command() -> None:
    options = set(re.findall(r"--[a-z][a-z-]+", _help("model-repo"))) - {"--help"}
    assert options
    assert sorted(o for o in options if o not in README) == []


def test_readme_gives_every_exit_code() -> None:
    rows = {int(n) for n in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)}
    assert rows == {int(code) for code in ExitCode}


def test_first_two_commands_of_the_readme() -> None:
    block = re.search(r"```sh\n(.*?)```", README, re.DOTALL)
    assert block is not None
    commands = [line.split("#")[0].strip() for line in block.group(1).strip().splitlines()]
    assert commands == ["make demo", "make test"]


def test_every_make_target_of_the_pages_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert {"demo", "test", "check", "fix", "zoo", "dist", "bench"} <= targets
    for page in PAGES:
        named = set(re.findall(r"`make ([a-z-]+)", page.read_text(encoding="utf-8")))
        assert named <= targets, page.name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_inside_the_repository_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = [t.split("#")[0] for t in re.findall(r"\]\(([^)\s]+)\)", text)]
    local = [t for t in targets if t and not re.match(r"https?:|mailto:", t)]
    assert [t for t in local if not (page.parent / t).exists()] == []


def test_published_schema_is_the_schema_of_the_types() -> None:
    """``make schema`` writes it."""
    folder = ROOT / "docs" / "schema"
    record = folder / f"record-{document.SCHEMA_VERSION}.json"
    assert json.loads(record.read_text(encoding="utf-8")) == document.json_schema()
    facts = json.loads((folder / "license-facts.json").read_text(encoding="utf-8"))
    assert facts == rules.LicenseFacts.model_json_schema()


def test_checks_and_their_rules_are_one_to_one() -> None:
    """Each id is named by exactly one module of ``audit/checks``, and no other id is."""
    known = set(rules.checks())
    assert known
    quoted = re.compile(r"""["']([A-Z]{3,4}\d{3})["']""")
    modules: dict[str, list[str]] = {}
    for path in sorted((ROOT / "audit" / "checks").rglob("*.py")):
        for check in set(quoted.findall(path.read_text(encoding="utf-8"))):
            modules.setdefault(check, []).append(path.name)
    assert set(modules) == known
    assert {check: names for check, names in modules.items() if len(names) > 1} == {}


def test_rule_files_are_named_for_their_ids() -> None:
    names = {path.stem for path in (ROOT / "rules" / "checks").glob("*.yaml")}
    assert names == set(rules.checks())


def test_the_rules_page_is_the_rules() -> None:
    """``make docs`` writes it."""
    written = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "rules_page.py", "--print"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert written == done.stdout
    for check in rules.checks():
        assert f"## {check}" in written


def test_every_direct_dependency_has_a_reason() -> None:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    start = lines.index("dependencies = [") + 1
    bare, commented = [], False
    for line in lines[start : lines.index("]", start)]:
        text = line.strip()
        if text.startswith("#"):
            commented = True
        elif "#" not in text and not commented:
            bare.append(text)
        elif "#" in text:
            commented = False
    assert bare == []


def test_the_lock_pins_every_direct_dependency() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = {m.lower().replace("_", "-") for m in re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)}
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = re.search(r"^dependencies = \[\n(.*?)^\]", text, re.DOTALL | re.MULTILINE)
    assert listed is not None
    direct = set(re.findall(r'^  "([\w.-]+)', listed.group(1), re.MULTILINE))
    assert direct - pinned == {"torch"}
    assert not re.search(r"^(nvidia|cuda|triton)", lock, re.MULTILINE)
