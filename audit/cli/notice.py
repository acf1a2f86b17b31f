# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit notice``: a draft of what a release owes for what it was made from."""

from pathlib import Path
from typing import Annotated

import typer

from audit.cli.common import plain
from audit.cli.drawing import observer

EXAMPLES = (
    "audit notice ./model",
    "audit notice ./model --against ./base --out ./drafts",
)


def notice_command(
    target: Annotated[str, typer.Argument(metavar="TARGET", help="The folder to draft for.")],
    against: Annotated[
        list[str] | None,
        typer.Option("--against", metavar="REF", help="A folder to compare with; repeatable."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="A new folder for the drafts; else printed."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
) -> None:
    """Draft NOTICE, statements and a card patch for a release.

    Says which licence texts are missing and where they are published, drafts NOTICE with the
    lines that the upstreams ask for, and corrects the card's front matter as a patch. What is
    not known is listed. Nothing in TARGET is changed.
    """
    from audit.notice import draft_notice, files, to_text
    from audit.output import check_destination, write_folder
    from audit.pipeline import Request, gather
    from audit.sources.names import resolve

    references = tuple(against or ())
    folders = tuple(path for spec in (target, *references) for path in resolve(spec).own)
    destination = None if out is None else check_destination(out, not_inside=folders)
    case, _ = gather(Request(target=target, against=references), None, observer(quiet=quiet))
    draft = draft_notice(case)
    if destination is None:
        typer.echo(_visible(to_text(draft)))
        return
    written = files(draft)
    write_folder(destination, written)
    for name in sorted(written):
        typer.echo(str(Path(str(out)) / name))


def _visible(text: str) -> str:
    """Escape control characters of names, and keep lines and tabs."""
    lines = (line.split("\t") for line in text.split("\n"))
    return "\n".join("\t".join(plain(part) for part in line) for line in lines)
