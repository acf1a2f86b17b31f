# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit notice``: a draft of what a release owes for what it was made from."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from audit.cli import options
from audit.cli.common import destination_for, plain, speaker
from audit.cli.drawing import observer
from audit.cli.plan import heard
from audit.cli.records import read_record
from audit.errors import UsageError
from audit.languages import Languages

if TYPE_CHECKING:
    from audit.record.drafts import Draft
    from audit.request import Request

EXAMPLES = (
    "audit notice ./model",
    "audit notice ./model --against ./base --out ./drafts",
    "audit notice --from ./report/record.json",
)


def notice_command(  # noqa: PLR0917 - one parameter for each option
    target: Annotated[
        str | None, typer.Argument(metavar="[TARGET]", help="The model, unless --from is given.")
    ] = None,
    against: options.Against = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="A new folder for the drafts; else printed."),
    ] = None,
    record: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="RECORD", help="The drafts of a record; nothing is read again."
        ),
    ] = None,
    offline: options.Offline = False,
    lang: options.Lang = Languages.EN,
    quiet: options.Quiet = False,
) -> None:
    """Draft NOTICE, statements and a card patch for a release.

    Says which licence texts are missing and where they are published, drafts NOTICE with the
    lines that the upstreams ask for, and corrects the card's front matter as a patch. What is
    not known is listed. Nothing in TARGET is changed.
    """
    from audit.notice.rendering import files, to_text
    from audit.output import write_folder

    if record is not None and (target is not None or against):
        raise UsageError(
            "--from takes the place of TARGET and --against.", advice="Give one or the other."
        )
    request = _asked(target, against, offline=offline) if record is None else None
    folders = () if request is None else request.folders
    destination = None if out is None else destination_for(out, not_inside=folders)
    draft, say = _drafted(request, record, quiet=quiet), speaker(lang.first)
    if out is None or destination is None:
        typer.echo(_visible(to_text(draft, say)))
        return
    written = files(draft, say)
    write_folder(destination, written)
    for name in sorted(written):
        typer.echo(str(out / name))


def _asked(target: str | None, against: list[str] | None, *, offline: bool) -> "Request":
    from audit.request import Request
    from audit.sources.names import Reach

    if target is None:
        raise UsageError("There is nothing to draft for.", advice="Give TARGET, or --from RECORD.")
    request = Request.of(target, against=against or (), reach=Reach(offline=offline))
    heard(request)
    return request


def _drafted(request: "Request | None", record: Path | None, *, quiet: bool) -> "Draft":
    """Draft for a release, or return what a record holds."""
    if request is not None:
        from audit.notice import draft_notice
        from audit.pipeline import gather

        return draft_notice(gather(request, observer(quiet=quiet)))
    kept = None if record is None else read_record(record, "--from").notice
    if kept is None:
        raise UsageError(
            f"{record} holds no drafts.", advice="Audit the model again with this version."
        )
    return kept


def _visible(text: str) -> str:
    """Escape control characters of names, and keep lines and tabs."""
    lines = (line.split("\t") for line in text.split("\n"))
    return "\n".join("\t".join(plain(part) for part in line) for line in lines)
