# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit rules``: every check with what it looks for, why, and how to fix it."""

from typing import TYPE_CHECKING, Annotated

import typer

from audit.cli.common import plain, show, show_json

if TYPE_CHECKING:
    from audit.rules import CheckRule

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Show the checks.")

_Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


@app.command("list")
def list_command(json: _Json = False) -> None:
    """List every check: id, severity, title."""
    from audit.rules import checks

    found = [checks()[id_] for id_ in sorted(checks())]
    if json:
        show_json([rule.model_dump(mode="json") for rule in found])
        return
    for rule in found:
        show(f"{rule.id}  {rule.severity.value:<8}  {plain(rule.title)}")


@app.command("show")
def show_command(
    id_: Annotated[str, typer.Argument(metavar="ID", help="A check's id, such as LIC002.")],
    json: _Json = False,
) -> None:
    """Show one check: what it looks for, why it matters, how to fix it."""
    rule = _check(id_)
    show_json(rule.model_dump(mode="json")) if json else show(_describe(rule))


def _check(id_: str) -> "CheckRule":
    from audit.errors import UsageError
    from audit.rules import checks

    rule = checks().get(id_.upper())
    if rule is None:
        raise UsageError(
            f"There is no check {id_}.", advice="`audit rules list` shows the check ids."
        )
    return rule


def _describe(rule: "CheckRule") -> str:
    lines = [
        f"{rule.id} version {rule.version}, severity {rule.severity.value}",
        rule.title,
        f"\nWhat\n{rule.what.strip()}",
        f"\nWhy\n{rule.why.strip()}",
        f"\nHow to fix\n{rule.how_to_fix.strip()}",
    ]
    if rule.parameters:
        values = "\n".join(f"{key}: {rule.parameters[key]}" for key in sorted(rule.parameters))
        lines.append(f"\nParameters\n{values}")
    return "\n".join(lines)
