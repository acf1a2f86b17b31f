# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit library``: a folder of fingerprints that models are asked about."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from audit.cli import options
from audit.cli.common import CommandGroup, examples, plain, say, show, show_blocks, show_json
from audit.cli.drawing import observer
from audit.cli.parents.taken import MODEL, Released, Where, fingerprint_of, library
from audit.errors import ExitCode, UsageError
from audit.languages import Languages
from audit.text.numbers import counted

if TYPE_CHECKING:
    from audit.fingerprints.document import Fingerprint

EXAMPLES = (
    "audit library add owner/name qwen=./Qwen2.5-7B",
    "audit library list",
    "audit library export ./given qwen --key me.pem",
    "audit library pull https://example.org/bases --key them.pem",
)
app = typer.Typer(
    cls=CommandGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Keep fingerprints of models, to ask them about others.",
    epilog=examples(*EXAMPLES),
)
Member = Annotated[
    str, typer.Argument(metavar="NAME", help="A member's name, or the beginning of its digest.")
]


Signer = Annotated[
    Path | None,
    typer.Option(
        "--key", metavar="PUB", help="Who must have signed: PEM certificate or public key."
    ),
]


@app.command("add")
def add_command(
    models: Annotated[list[str], typer.Argument(metavar="MODEL...", help=MODEL)],
    where: Where = None,
    released: Released = None,
    offline: options.Offline = False,
    quiet: options.Quiet = False,
) -> None:
    """Add models, or fingerprints that were made elsewhere, one after the other."""
    from audit.fingerprints.file import to_bytes

    shelf = library(where)
    for spec in models:
        progress = observer(quiet=quiet)
        found = fingerprint_of(spec, offline=offline, progress=progress, released=released)
        if found.is_empty:
            raise UsageError(
                f"No weights of {found.name} could be read.", advice="Check what it holds."
            )
        _say_added(*shelf.add(to_bytes(found), found.name))
    shelf.index()


@app.command("list")
def list_command(where: Where = None, json: options.Json = False) -> None:
    """List the members: name, width, digest."""
    from audit.cli.tables import PlainTable

    entries = library(where).index().entries
    if json:
        show_json(
            [
                {"name": e.name, "sha256": e.sha256, "width": e.width, "damaged": e.damaged or None}
                for e in entries
            ]
        )
        return
    if not entries:
        show("The library is empty.")
        return
    table = PlainTable("Name", "Width", "Digest", "")
    for e in sorted(entries, key=lambda e: (e.name, e.sha256)):
        table.add(e.name, e.width or "–", e.sha256[:12], "damaged" if e.damaged else "")
    show(table)


@app.command("show")
def show_command(
    name: Member,
    where: Where = None,
    json: options.Json = False,
    lang: options.Lang = Languages.EN,
) -> None:
    """Show what a member says of its model; all of it is claimed, none of it checked."""
    from audit.cli.parents import shown

    shelf = library(where)
    digest = shelf.find(name)
    found, size = shelf.read(digest), len(shelf.bytes_of(digest))
    if json:
        show_json(shown.told(found, size))
    else:
        show_blocks(shown.described(found, size), lang.first)


@app.command("remove")
def remove_command(name: Member, where: Where = None) -> None:
    """Take a member out."""
    shelf = library(where)
    digest = shelf.find(name)
    shelf.remove(digest)
    shelf.index()
    show(f"Removed {plain(name)} ({digest[:12]}).")


@app.command("verify")
def verify_command(where: Where = None) -> None:
    """Read every member, and demand that its bytes are those that were added.

    Exits 1 if one is damaged.
    """
    shelf = library(where)
    damaged = shelf.verify()
    for digest, why in damaged.items():
        show(f"{digest[:12]}: {plain(why)}")
    show(f"{counted(len(shelf.members()), 'fingerprint')}, {len(damaged)} damaged.")
    raise typer.Exit(ExitCode.FAIL if damaged else ExitCode.PASS)


@app.command("export")
def export_command(
    out: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is not there yet.")],
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME...]", help="Members; all otherwise.")
    ] = None,
    where: Where = None,
    key: Annotated[
        str | None,
        typer.Option("--key", metavar="FILE|URI", help="Sign for the set with this key."),
    ] = None,
    passphrase_fd: options.PassphraseFd = None,
) -> None:
    """Copy members into a new folder, to give them to others; with --key a signed list as well."""
    from audit.output import check_destination

    shelf = library(where)
    path = check_destination(out)
    members = tuple(dict.fromkeys(map(shelf.find, names))) if names else shelf.members()
    if not members:
        raise UsageError("The library is empty.", advice="There is nothing to export.")
    more = {}
    if key is not None:
        from audit.fleets.sets import LIST, signed_list
        from audit.signing.identity.lookup import identity_for
        from audit.signing.identity.passphrase import from_descriptor

        identity = identity_for(key, from_descriptor(passphrase_fd))
        more[LIST] = signed_list(shelf, members, identity)
    show(f"{plain(out)}: {counted(shelf.export(path, members, more), 'fingerprint')}")


@app.command("import")
def import_command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder of fingerprints.")],
    where: Where = None,
    key: Signer = None,
) -> None:
    """Add every fingerprint of a folder; what is damaged is named and left out.

    Exits 1 if one was left out: it is no fingerprint, or not what its name says. A folder that
    somebody signed for is added whole or, where anything does not hold, not at all (exit 1).
    """
    from audit.fingerprints.file import from_bytes
    from audit.fingerprints.shelf import given, is_as_named
    from audit.fleets.sets import is_signed

    if key is not None or is_signed(folder.expanduser()):
        _pull(str(folder), where, key, quiet=True)
        return
    shelf, refused = library(where), 0
    for name, data in given(folder.expanduser()):
        try:
            if not is_as_named(name, from_bytes(data, name)):
                raise UsageError(f"{name} is not what its name says.", advice="Get it again.")
            _say_added(*shelf.add(data, name))
        except UsageError as error:
            say(error.message)
            refused += 1
    shelf.index()
    raise typer.Exit(ExitCode.FAIL if refused else ExitCode.PASS)


@app.command("pull")
def pull_command(
    address: Annotated[
        str,
        typer.Argument(metavar="ADDRESS", help="Where a signed set lies: http(s), or a folder."),
    ],
    where: Where = None,
    key: Signer = None,
    quiet: options.Quiet = False,
) -> None:
    """Take a set that somebody signed; signature and digests are verified before anything is added.

    Exits 1 if one does not hold, or somebody else than --key signed; then nothing was added.
    """
    _pull(address, where, key, quiet=quiet)


def _pull(address: str, where: Path | None, key: Path | None, *, quiet: bool) -> None:
    from audit.fleets.sets import getter, pull
    from audit.signing.identity.pin import read_pin

    pin = None if key is None else read_pin(key)
    found = pull(library(where), getter(address), pin, progress=observer(quiet=quiet))
    signer, new = found.signed.signer, sum(new for _, new in found.members)
    show(
        f"{counted(len(found.members), 'fingerprint')}, {new} of them new, signed by"
        f" {plain(signer.name)} ({signer.fingerprint})."
    )
    if pin is None:
        say("Anybody can sign under any name: --key demands the signer whom you expect.")


def _say_added(found: "Fingerprint", new: bool) -> None:
    how = "Added" if new else "Already here:"
    show(f"{how} {plain(found.name)} ({found.sha256[:12]}).")
