# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit notice``: a draft of what a release owes for what it was made from."""

from pathlib import Path
from typing import Annotated

import typer

from audit.cli import options
from audit.cli.common import destination_for, plain
from audit.cli.drawing import observer
from audit.cli.plan import heard

EXAMPLES = (
    "audit notice ./model",
    "audit notice ./model --against ./base --out ./drafts",
)


def notice_command(
    target: options.Target,
    against: options.Against = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="A new folder for the drafts; else printed."),
    ] = None,
    offline: options.Offline = False,
    quiet: options.Quiet = False,
) -> None:
    """Draft NOTICE, statements and a card patch for a release.

    Says which licence texts are missing and where they are published, drafts NOTICE with the
    lines that the upstreams ask for, and corrects the card's front matter as a patch. What is
    not known is listed. Nothing in TARGET is changed.
    """
    from audit.notice import draft_notice, files, to_text
    from audit.output import write_folder
    from audit.pipeline import gather
    from audit.request import Request
    from audit.sources.names import Reach

    request = Request.of(target, against=against or (), reach=Reach(offline=offline))
    heard(request)
    destination = None if out is None else destination_for(out, not_inside=request.folders)
    draft = draft_notice(gather(request, observer(quiet=quiet)))
    if out is None or destination is None:
        typer.echo(_visible(to_text(draft)))
        return
    written = files(draft)
    write_folder(destination, written)
    for name in sorted(written):
        typer.echo(str(out / name))


def _visible(text: str) -> str:
    """Escape control characters of names, and keep lines and tabs."""
    lines = (line.split("\t") for line in text.split("\n"))
    return "\n".join("\t".join(plain(part) for part in line) for line in lines)
