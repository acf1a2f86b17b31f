# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit refs``: the known code that audited files are compared with, as hashes."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from audit.cli import options
from audit.cli.common import CommandGroup, plain, say, show, show_json
from audit.cli.drawing import observer

if TYPE_CHECKING:
    from audit.code.index import Index

app = typer.Typer(
    cls=CommandGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Show, add and build indexes of known code.",
)

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,79}")


@app.command("list")
def list_command(json: options.Json = False) -> None:
    """List the indexes: project, versions, files, digest; the shipped ones first."""
    from audit.cli.tables import PlainTable
    from audit.code import shelf

    found = list(zip(shelf.shelved(), shelf.indexes(), strict=True))
    shipped = shelf.shipped_folder()
    if json:
        show_json([_machine_form(index, shipped=at[0] == shipped) for at, index in found])
        return
    if not found:
        show("There is no index of known code.")
        return
    table = PlainTable("Project", "Versions", "Files", "Digest", "Where")
    for (folder, _), index in found:
        where = "shipped" if folder == shipped else "added"
        versions = ", ".join(index.versions)
        table.add(index.project, versions, len(index.documents), index.digest[:12], where)
    show(table)


@app.command("add")
def add_command(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="A folder with Python files.")],
    *,
    project: Annotated[str, typer.Option("--project", metavar="NAME", help="What it is called.")],
    version: Annotated[str, typer.Option("--version", metavar="V", help="Which release it is.")],
    spdx: Annotated[str, typer.Option("--spdx", metavar="ID", help="Its licence, as SPDX.")],
    holder: Annotated[str, typer.Option("--holder", metavar="TEXT", help="Who holds copyright.")],
    quiet: options.Quiet = False,
) -> None:
    """Add a folder's code to what audits compare with; only hashes are kept.

    Headers of files that name a holder of their own go before --holder.
    """
    from audit.code import shelf
    from audit.errors import UsageError

    for text in (project, version):
        if not _NAME.fullmatch(text):
            raise UsageError(
                f"{text} cannot be the name of an index.",
                advice="Use letters, digits, dots, hyphens and underscores.",
            )
    stem = f"{project}-{version}"
    if (shelf.user_folder(), stem) in shelf.shelved():
        raise UsageError(
            f"There is an index of {project} {version} already.",
            advice=f"Delete {shelf.user_folder() / stem}.*.npz first to replace it.",
        )
    index = _index_of(folder, project, version, _license(spdx), _holder(holder), quiet=quiet)
    shelf.write(shelf.user_folder(), stem, index)
    show(f"Added {plain(project)} {plain(version)}: {len(index.documents)} files.")


@app.command("build")
def build_command(
    archives: Annotated[
        list[Path], typer.Argument(metavar="ARCHIVE...", help="Wheels and source archives.")
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Where to write; rules/code otherwise."),
    ] = None,
    quiet: options.Quiet = False,
) -> None:
    """Build the shipped indexes again, one per project, from downloaded archives."""
    from audit import rules
    from audit.code import shelf
    from audit.code.archives import build_project, release
    from audit.errors import UsageError
    from audit.text.numbers import count

    sources = rules.code_sources()
    releases = [release(path) for path in archives]
    for unknown in [r for r in releases if r.project not in sources]:
        raise UsageError(
            f"{unknown.project} is not in rules/code/sources.yaml.",
            advice="Add its licence, its holder and its patterns there first.",
        )
    for project in sorted({r.project for r in releases}):
        mine = [r for r in releases if r.project == project]
        index = build_project(sources[project], mine, progress=observer(quiet=quiet))
        written = shelf.write(out or shelf.shipped_folder(), project, index)
        versions = ", ".join(index.versions)
        say(f"{project} {versions}: {len(index.documents)} files, {count(written)} bytes")


def _index_of(
    folder: str, project: str, version: str, license_id: str, holder: str, *, quiet: bool
) -> "Index":
    from audit.code.archives import known_code
    from audit.errors import UsageError
    from audit.inventory import take_inventory
    from audit.rules import CodeSource
    from audit.sources.names import resolve

    inventory = take_inventory(resolve(folder), progress=observer(quiet=quiet))
    source = CodeSource(project=project, license=license_id, holder=holder, include=[], exclude=[])
    index = known_code(source, version, inventory)
    if not index.documents:
        raise UsageError(
            "The folder holds no Python file that can be read.",
            advice="Pass the folder that holds the project's sources.",
        )
    return index


def _license(spdx: str) -> str:
    from audit.errors import UsageError
    from audit.licenses.expressions import normalise
    from audit.record.licenses import NOASSERTION

    expression = normalise(spdx)
    if expression == NOASSERTION:
        raise UsageError(
            f"{spdx} is not an SPDX expression.", advice="Use an id such as Apache-2.0."
        )
    return expression


def _holder(text: str) -> str:
    """Return a copyright line; the words that make it one are added if they are missing."""
    from audit.errors import UsageError
    from audit.licenses.holders import statement_holder

    line = text if statement_holder(text, "") else f"Copyright {text}"
    if statement_holder(line, "") is None:
        raise UsageError(
            "The holder is not a name.", advice="Pass a person's or an organisation's name."
        )
    return " ".join(line.split())


def _machine_form(index: "Index", *, shipped: bool) -> dict[str, object]:
    return {
        "project": index.project,
        "versions": list(index.versions),
        "files": len(index.documents),
        "digest": index.digest,
        "shipped": shipped,
        "archives": [
            {"version": a.version, "name": a.name, "sha256": a.sha256} for a in index.archives
        ],
    }
