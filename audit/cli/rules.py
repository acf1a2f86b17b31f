# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit rules``: every check with what, why and how to fix, and every licence's facts."""

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated

import typer

from audit.cli import options
from audit.cli.common import CommandGroup, plain, show, show_folded, show_json, speaker
from audit.cli.license_rules import describe_license, find_license, list_licenses
from audit.languages import Languages
from audit.record.said import Said, Say

if TYPE_CHECKING:
    from audit.rules import CheckRule, LicenseFacts

_PLACE = re.compile(r"\{([a-z_]+)(?::[a-z-]+)?\}")
"""What a finding fills in."""

app = typer.Typer(
    cls=CommandGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Show the checks and the licence facts.",
)


@app.command("list")
def list_command(
    json: options.Json = False,
    licenses: Annotated[
        bool, typer.Option("--licenses", help="List the licences with facts instead.")
    ] = False,
) -> None:
    """List every check: id, severity, title; or every licence whose facts are known."""
    from audit.rules import checks

    if licenses:
        _list_licenses(json=json)
        return
    found = [checks()[id_] for id_ in sorted(checks())]
    if json:
        show_json([rule.model_dump(mode="json") for rule in found])
        return
    for rule in found:
        show(f"{rule.id}  {rule.severity.value:<8}  {plain(rule.title)}")


@app.command("show")
def show_command(
    id_: Annotated[
        str,
        typer.Argument(metavar="ID", help="A check's id (LIC002) or a licence's (llama3.1)."),
    ],
    lang: options.Lang = Languages.EN,
    json: options.Json = False,
) -> None:
    """Show one check (what, why, how to fix), or the facts of one licence with clauses."""
    from audit.rules import CheckRule

    found = _find(id_)
    if json:
        show_json(found.model_dump(mode="json"))
    elif isinstance(found, CheckRule):
        show_folded(_describe(found, speaker(lang.first)))
    else:
        show_folded(describe_license(found, speaker(lang.first)))


def _find(id_: str) -> "CheckRule | LicenseFacts":
    from audit.errors import UsageError
    from audit.rules import checks, licenses

    found = checks().get(id_.upper()) or find_license(id_)
    if found is None:
        ids = {known.casefold(): known for known in (*checks(), *licenses())}
        near = get_close_matches(id_.casefold(), ids, n=1)
        meant = f" Did you mean {ids[near[0]]}?" if near else ""
        raise UsageError(
            f"There is no check or licence {id_}.{meant}",
            advice="`audit rules list` and `audit rules list --licenses` show the ids.",
        )
    return found


def _list_licenses(*, json: bool) -> None:
    from audit.rules import licenses

    if json:
        rows = sorted(licenses().values(), key=lambda facts: facts.id.lower())
        show_json([facts.model_dump(mode="json") for facts in rows])
        return
    for line in list_licenses():
        show(line)


def _open(text: str, say: Say) -> str:
    """Write what a finding fills in as a word in brackets."""
    message = text.strip()
    names = {place[1]: f"[{place[1].replace('_', ' ')}]" for place in _PLACE.finditer(message)}
    return say(Said(_PLACE.sub(r"{\1}", message), **names))


def precision(check: str) -> Said:
    """Say how many findings of a check were right in the field, and of how many cases."""
    from audit.rules import calibration

    field = calibration().field
    found = next((rate for rate in field.checks if rate.check == check), None)
    if found is None:
        return Said("not measured: it said nothing of the cases from public repositories")
    (right, said), (fresh, fresh_said) = found.read, found.unread
    return Said(
        "{right} of {said} findings in {cases} cases from public repositories that rules were "
        "written by; {fresh} of {fresh_said} in {unread} that nobody had read",
        right=right,
        said=said,
        cases=field.read,
        fresh=fresh,
        fresh_said=fresh_said,
        unread=field.unread,
    )


def _describe(rule: "CheckRule", say: Say) -> str:
    head = Said(
        "{id} version {version}, severity {severity}",
        id=rule.id,
        version=rule.version,
        severity=Said.plain(rule.severity.value),
    )
    lines = [
        say(head),
        _open(rule.title, say),
        f"\n{say(Said('What'))}\n{say(Said.plain(rule.what.strip()))}",
        f"\n{say(Said('Why'))}\n{say(Said.plain(rule.why.strip()))}",
        f"\n{say(Said('How to fix'))}\n{_open(rule.how_to_fix, say)}",
    ]
    lines.append(f"\n{say(Said('How often it was right'))}\n{say(precision(rule.id))}")
    if rule.parameters:
        named = ((key.replace("_", " "), rule.parameters[key]) for key in sorted(rule.parameters))
        values = "\n".join(f"{key}: {value}" for key, value in named)
        lines.append(f"\n{say(Said('Parameters'))}\n{values}")
    return "\n".join(lines)
