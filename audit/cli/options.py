# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Every argument and option that commands share, declared once; and the command line again.

A declaration says how the option is told in the command that a report prints
(:func:`command_line`): values as they were typed, unless a :class:`Told` says otherwise.
"""

import inspect
import shlex
from enum import Enum, auto
from itertools import count
from pathlib import Path
from typing import Annotated, Any, get_args, get_type_hints

import typer

from audit.cli.common import name_only, plain
from audit.languages import Languages
from audit.record.findings import Severity
from audit.text.addresses import without_secrets


class Told(Enum):
    """How a value is told to others."""

    NAME = auto()
    """A place on this machine: its last name only."""
    MODEL = auto()
    """A model: as a hub has it, or the last name of its place on this machine."""
    KEY = auto()
    """A file as above, or a token without the part that says how to reach it."""
    ADDRESS = auto()
    """A web address without user, password and query."""
    NEVER = auto()
    """How this run talked to its terminal, took its secret, or where its result went: another run
    has its own."""


Target = Annotated[
    str,
    typer.Argument(
        metavar="TARGET",
        help="The model to audit: a folder, a weight file, or OWNER/NAME[@REVISION] on the hub.",
    ),
    Told.MODEL,
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="DIR", help="The report's folder, a new one; else audit-NAME-DATE here."
    ),
    Told.NEVER,
]
NoReport = Annotated[
    bool,
    typer.Option("--no-report", help="The gate alone: nothing is rendered, signed or written."),
    Told.NEVER,
]
Force = Annotated[
    bool,
    typer.Option(
        "--force", help="Replace what --out names, if it is an unchanged report and nothing else."
    ),
    Told.NEVER,
]
Against = Annotated[
    list[str] | None,
    typer.Option("--against", metavar="REF", help="A model to compare with; repeatable."),
    Told.MODEL,
]
Control = Annotated[
    list[str] | None,
    typer.Option(
        "--control",
        metavar="REF",
        help="A model known to be independent of all; repeatable. Only scores without an "
        "exact p-value are read against it.",
    ),
    Told.MODEL,
]
Name = Annotated[
    str | None, typer.Option("--name", metavar="NAME", help="What TARGET is called in the report.")
]
Ignore = Annotated[
    list[str] | None,
    typer.Option(
        "--ignore",
        metavar="GLOB",
        help="Files of TARGET to leave out, and to name; repeatable. Weights never are.",
    ),
]
Include = Annotated[
    list[str] | None,
    typer.Option(
        "--include", metavar="GLOB", help="Files that --ignore leaves in after all; repeatable."
    ),
]
Offline = Annotated[
    bool,
    typer.Option("--offline", help="Ask nobody; models of the hub only from caches here."),
]
Full = Annotated[
    bool, typer.Option("--full", help="Fetch and digest every byte of a hub's weight files.")
]
DryRun = Annotated[
    bool,
    typer.Option("--dry-run", help="Say which files and bytes would be read, and stop."),
    Told.NEVER,
]
ResolveBases = Annotated[
    int | None,
    typer.Option(
        "--resolve-bases",
        metavar="N",
        min=0,
        max=1,
        show_default="1 for models of the hub, else 0",
        help="Whether declared bases that are not here are fetched and compared.",
    ),
]
Library = Annotated[
    Path | None,
    typer.Option(
        "--library",
        metavar="DIR",
        help="The library of fingerprints to ask; yours otherwise, if there is one.",
    ),
    Told.NAME,
]
NoLibrary = Annotated[bool, typer.Option("--no-library", help="Ask no library.")]
Salt = Annotated[
    str,
    typer.Option(
        "--salt",
        metavar="TEXT",
        help="Goes into what is drawn of models too large to be read whole, so that nobody can "
        "foresee it; it is in the record.",
    ),
]
Policy = Annotated[
    str, typer.Option("--policy", metavar="FILE|NAME", help="The policy that gates."), Told.NAME
]
Waivers = Annotated[
    Path | None,
    typer.Option("--waivers", metavar="FILE", help="What named persons answer for (TOML)."),
    Told.NAME,
]
Baseline = Annotated[
    Path | None,
    typer.Option(
        "--baseline",
        metavar="RECORD",
        help="An earlier record; findings about documents that it has do not count again.",
    ),
    Told.NAME,
]
Locked = Annotated[
    Path | None,
    typer.Option(
        "--locked",
        metavar="FILE",
        help="A lock of `audit lock`; models that differ from it are refused.",
    ),
    Told.NAME,
]
FailOn = Annotated[
    Severity | None,
    typer.Option("--fail-on", help="The severity that fails the gate.", show_default="policy"),
]
Key = Annotated[
    str | None,
    typer.Option(
        "--key",
        metavar="FILE|URI",
        help="The signer's key: PEM, PKCS#12, or pkcs11: address; yours otherwise "
        "(see `audit key`).",
    ),
    Told.KEY,
]
PassphraseFd = Annotated[
    int | None,
    typer.Option(
        "--passphrase-fd",
        metavar="N",
        help="Read the key's passphrase or PIN from this open file descriptor.",
    ),
    Told.NEVER,
]
Timestamp = Annotated[
    str | None,
    typer.Option("--timestamp", metavar="URL", help="Ask this RFC 3161 server for the time."),
    Told.ADDRESS,
]
Revocation = Annotated[
    list[Path] | None,
    typer.Option(
        "--revocation",
        metavar="FILE",
        help="A CRL or OCSP response about the key, to be kept in the signature; repeatable. "
        "Needs --timestamp.",
    ),
    Told.NAME,
]
RequestedBy = Annotated[
    str | None,
    typer.Option("--requested-by", metavar="WHO", help="Who asked; printed in the report."),
]
Contact = Annotated[
    str | None,
    typer.Option("--contact", metavar="WHERE", help="Where corrections are received."),
]
Examiner = Annotated[
    str | None,
    typer.Option("--examiner", metavar="WHO", help="Who examines, and with what competence."),
]
Commission = Annotated[
    str | None,
    typer.Option("--commission", metavar="TEXT", help="Who ordered it, when, to answer what."),
]
Independence = Annotated[
    str | None,
    typer.Option("--independence", metavar="TEXT", help="What ties the examiner to a party."),
]
Acquired = Annotated[
    list[str] | None,
    typer.Option(
        "--acquired",
        metavar="TEXT",
        help="Who got an item from where, when and how; repeatable. These four are printed as "
        "given, unchecked.",
    ),
]
VisibleSignature = Annotated[
    bool,
    typer.Option("--visible-signature", help="Show the PDF's signature on a page of it."),
]
Summary = Annotated[
    bool,
    typer.Option("--summary", help="Also write the first page alone, as a signed PDF."),
]
Lang = Annotated[
    Languages,
    typer.Option("--lang", help="The language of what is written and printed; printed in one."),
]
Output = Annotated[
    list[str] | None,
    typer.Option(
        "--output",
        metavar="FORMAT=PATH",
        help="Also write json (the record), sarif, junit, markdown, github, cyclonedx, "
        "cyclonedx-1.6, spdx, in-toto, vsa, env, line, openness, eu-ai-act, g7-ai-sbom or text, "
        "unsigned, to a new file or - for stdout; repeatable.",
    ),
    Told.NEVER,
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON."), Told.NEVER]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress."), Told.NEVER]


def command_line(context: typer.Context) -> str:
    """Return the command that reproduces this run, naming no place and no secret.

    Everything declared is in it that was not left at its default, in the order of the
    declarations; from elsewhere than here it is run with the same files under the same names. Of
    two models that lie in folders of one name, the second is told by a number as well.
    """
    places: dict[str, Path] = {}
    words = ["audit", str(context.info_name)]
    told = _told(context.command.callback)
    for parameter in context.command.params:
        name = str(parameter.name)
        how = told.get(name)
        value = context.params.get(name)
        if how is Told.NEVER or value is None or value == parameter.default:
            continue
        flag = [parameter.opts[0]] if parameter.opts[0].startswith("-") else []
        values = value if isinstance(value, list | tuple) else [value]
        words += [word for one in values for word in (*flag, *_words(one, how, places))]
        if not flag and words[-1].startswith("-"):  # a folder, not an option
            words[-1] = f"./{words[-1]}"
    return shlex.join(words)


def _told(callback: Any) -> dict[str, Told]:
    """Read the declarations of a command's parameters."""
    hints = get_type_hints(inspect.unwrap(callback), include_extras=True)
    found = ((name, extra) for name, hint in hints.items() for extra in get_args(hint))
    return {name: extra for name, extra in found if isinstance(extra, Told)}


def _words(value: object, how: Told | None, places: dict[str, Path]) -> list[str]:
    """Return a value as it is told; a switch that is on has no value.

    ``places`` are those of the models that were told before, by name.
    """
    if value is True:
        return []
    text = str(value)
    if how is Told.ADDRESS:
        text = without_secrets(text)
    if how is Told.KEY and text.startswith("pkcs11:"):
        return [text.partition("?")[0]]
    if how is Told.MODEL:
        from audit.sources.names import told

        return [_apart(plain(told(text)), Path(text.partition("=")[2] or text), places)]
    return [name_only(text) if how in (Told.NAME, Told.KEY) else plain(text)]


def _apart(name: str, path: Path, places: dict[str, Path]) -> str:
    """Return the name of a model, with a number if another one here has it."""
    place = path.expanduser().resolve()
    if places.setdefault(name, place) == place:
        return name
    from audit.sources.names import LABEL

    label, _, folder = name.rpartition("=")
    numbered = next(
        other
        for number in count(2)
        if places.setdefault(other := f"{folder}-{number}", place) == place
    )
    return f"{label or folder}={numbered}" if LABEL.fullmatch(label or folder) else numbered
