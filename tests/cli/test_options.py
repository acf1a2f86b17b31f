# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The command that a report prints reproduces its run, and tells nothing of the machine."""

import os
import shlex
from pathlib import Path

import pytest
import typer
from typer.main import get_command

from audit.cli import app
from audit.cli.options import command_line

NOT_TOLD = {"json", "quiet", "passphrase_fd", "dry_run", "out", "force", "no_report"}
"""How a run talks to its terminal, takes its secret, and where its result goes."""
EVERYTHING = [
    *("model", "--out", "report", "--against", "base", "--against", "other", "--control", "far"),
    *("--policy", "strict", "--waivers", "waivers.toml", "--fail-on", "low", "--key", "ada.pem"),
    *("--timestamp", "http://tsa.example/tsr", "--requested-by", "A newspaper, 'Berlin'"),
    *("--contact", "desk@example.org", "--revocation", "ca.crl", "--revocation", "ocsp.der"),
    *(
        "--visible-signature",
        "--summary",
        "--lang",
        "both",
        "--name",
        "Some Model",
        "--offline",
        "--full",
    ),
    *("--salt", "sea", "--baseline", "before.json", "--locked", "audit.lock"),
    *("--resolve-bases", "1", "--ignore", "docs/", "--ignore", "*.png", "--include", "docs/a"),
    *("--examiner", "Ada", "--commission", "The board", "--independence", "None of both"),
    *("--library", "known", "--no-library"),
    *("--acquired", "By ada", "--acquired", "By bob"),
]


RUN = ("--force", "--no-report")


def parsed(*arguments: str) -> typer.Context:
    group = get_command(app)
    command = group.get_command(typer.Context(group), "model-repo")
    return command.make_context("model-repo", list(arguments))


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_command_gives_every_declared_option_again() -> None:
    """A new option without a value here, or one that is not printed, fails."""
    context = parsed(*EVERYTHING, "--json", "--quiet", "--passphrase-fd", "3", "--dry-run", *RUN)
    words = shlex.split(command_line(context))
    assert words[:2] == ["audit", "model-repo"]
    again = parsed(*words[2:])
    declared = {p.name: p.default for p in context.command.params if p.name != "help"}
    changed = {name for name, usual in declared.items() if context.params[name] != usual}
    assert changed == set(declared)
    told = changed - NOT_TOLD
    assert {name: again.params[name] for name in told} == {n: context.params[n] for n in told}
    assert all(again.params[name] == declared[name] for name in NOT_TOLD)


def test_what_is_as_usual_is_not_printed() -> None:
    assert command_line(parsed("model", "--out", "r")) == "audit model-repo model"


def test_models_of_a_hub_are_named_whole() -> None:
    models = ("acme/Base@main", "https://u:p@huggingface.co/acme/X?t=1", "acme/Y=/some/where/y")
    options = [word for name in models for word in ("--against", name)]
    assert command_line(parsed("acme/M", "--out", "r", *options)).split()[2:] == [
        "acme/M", "--against", "acme/Base@main", "--against",
        "https://huggingface.co/acme/X", "--against", "acme/Y=y",
    ]  # fmt: skip


def test_no_place_of_this_machine_is_named(tmp_path: Path) -> None:
    places = {"--out": "r", "--against": "b", "--control": "c", "--policy": "p.toml"}
    places |= {"--waivers": "w.toml", "--key": "k.pem", "--revocation": "x.crl"}
    options = [word for flag, name in places.items() for word in (flag, str(tmp_path / name))]
    said = command_line(parsed(str(tmp_path / "m"), *options))
    assert os.sep not in said
    assert shlex.split(said)[2:5] == ["m", "--against", "b"]


def test_two_models_in_folders_of_one_name_are_told_apart(tmp_path: Path) -> None:
    for name in ("a/m", "b/m", "c/my model", "d/my model"):
        (tmp_path / name).mkdir(parents=True)
    options = [
        w for name in ("b/m", "a/m", "c/my model", "d/my model") for w in ("--against", name)
    ]
    said = shlex.split(command_line(parsed("a/m", *options)))
    assert said[2::2] == ["m", "m=m-2", "m", "my model", "my model-2"]


@pytest.mark.parametrize("secret", ["hunter2", "4711"])
def test_no_secret_is_named(secret: str) -> None:
    key = f"pkcs11:token=t;object=k?module-path=/usr/lib/x.so&pin-source={secret}"
    server = f"https://ada:{secret}@tsa.example/tsr?token={secret}"
    said = command_line(parsed("m", "--out", "r", "--key", key, "--timestamp", server))
    assert secret not in said
    assert "/usr" not in said
    assert shlex.split(said)[-3:] == [
        "pkcs11:token=t;object=k",
        "--timestamp",
        "https://tsa.example/tsr",
    ]


def test_a_folder_that_looks_like_an_option_stays_a_folder() -> None:
    said = command_line(parsed("--out", "r", "--", "-m"))
    assert parsed(*shlex.split(said)[2:]).params["target"] == "./-m"
