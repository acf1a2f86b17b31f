# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit init`` and ``audit config``: settings that stand in a file."""

import textwrap
from pathlib import Path
from typing import Annotated, Any

import typer

from audit.cli import options
from audit.cli.common import CommandGroup, examples, show, show_json
from audit.cli.setup.settings import FILE, declared, effective, keys, option_of, settings, variable

INIT_EXAMPLES = ("audit init", "audit init ci/audit.toml")
SHOW_EXAMPLES = ("audit config show", "audit --config ci/audit.toml config show --json")

app = typer.Typer(
    cls=CommandGroup, no_args_is_help=True, help="Show what is set, and where it comes from."
)


def init_command(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")] = Path(FILE),
) -> None:
    """Write an audit.toml that explains every key and sets none."""
    from audit.output import add_file, check_new

    check_new(file)
    add_file(file, _template(defaults(context)).encode())
    show(f"Wrote {file}. `audit config show` says what holds.")


def _template(usual: dict[str, Any]) -> str:
    """Return every key with its help, commented out."""
    head = (
        "# Settings of `audit`; the command line and AUDIT_… variables go before them.\n"
        "# Relative paths start at this file. A file inside a model that is audited is not read:\n"
        "# pass it with `audit --config FILE`.\n"
    )
    entries = []
    for name in keys():
        key = name.replace("_", "-")
        words = textwrap.wrap(f"{option_of(name).help} ({variable(name)})", 96)
        entries.append(
            "\n".join(
                [*(f"# {line}" for line in words), f"# {key} = {_example(name, usual[name])}"]
            )
        )
    return head + "\n" + "\n\n".join(entries) + "\n"


def _example(name: str, default: object) -> str:
    kind = str(declared()[name])
    if "list[" in kind:
        return "[]"
    if isinstance(default, bool):
        return str(default).lower()
    return "0" if "int" in kind else f'"{getattr(default, "value", default) or ""}"'


def defaults(context: typer.Context) -> dict[str, Any]:
    """Return what holds for each option where nothing is set."""
    from audit.cli.setup.settings import shared_by

    commands = getattr(context.find_root().command, "commands", {}).values()
    plain_ones = [one for one in commands if not hasattr(one, "commands")]
    return {
        str(p.name): p.default
        for one in reversed(plain_ones)
        for p in one.params
        if p.name in shared_by(one)
    }


@app.command("show", epilog=examples(*SHOW_EXAMPLES))
def show_command(context: typer.Context, json: options.Json = False) -> None:
    """Print every option that can be set, its value here, and where that comes from."""
    found = settings(context.find_root().params.get("config"))
    usual = defaults(context)
    rows = {name: effective(name, found, usual.get(name)) for name in declared()}
    if json:
        show_json(
            {n.replace("_", "-"): {"value": v, "from": where} for n, (v, where) in rows.items()}
        )
        return
    from audit.cli.tables import PlainTable

    table = PlainTable("Key", "Value", "From")
    for name, (value, where) in rows.items():
        table.add(name.replace("_", "-"), value, where)
    show(table)
