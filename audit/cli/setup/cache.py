# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit cache``: what is kept on this machine, read from hubs or computed."""

import typer

from audit.cli.common import CommandGroup, examples, plain, show
from audit.errors import ExitCode
from audit.text.numbers import count, counted

EXAMPLES = ("audit cache ls", "audit cache verify", "audit cache clear")

app = typer.Typer(
    cls=CommandGroup,
    no_args_is_help=True,
    help="List, check or drop what is kept on this machine.",
    epilog=examples(*EXAMPLES),
)


@app.command("ls")
def ls_command() -> None:
    """List what is kept: bytes and parts of each model of a hub, and of all results."""
    from audit.kept import Kept

    for (host, model, commit), (parts, size) in sorted(Kept().models().items()):
        amount = f"{count(size):>15} {count(parts):>7}"
        show(f"{amount} {plain(host)} {plain(model)} {plain(commit)[:12]}")


@app.command("verify")
def verify_command() -> None:
    """Hold every part against its digest, and drop those that were damaged (exit code 1)."""
    from audit.kept import Kept

    sound, damaged = Kept().verify()
    show(f"{counted(sound, 'part')} sound, {counted(damaged, 'part')} damaged and dropped")
    raise typer.Exit(ExitCode.FAIL if damaged else ExitCode.PASS)


@app.command("clear")
def clear_command() -> None:
    """Drop everything that is kept."""
    from audit.kept import Kept

    show(f"{counted(Kept().clear(), 'part')} dropped")
