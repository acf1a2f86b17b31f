# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit notice``: a draft of what a release owes for what it was made from."""

from collections.abc import Iterator
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
    "audit notice ./model --apply ./model-with-notices",
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
    apply: Annotated[
        Path | None,
        typer.Option(
            "--apply",
            metavar="DIR",
            help="A new folder for a copy of TARGET with the drafts in it; --from may give them.",
        ),
    ] = None,
    offline: options.Offline = False,
    lang: options.Lang = Languages.EN,
    quiet: options.Quiet = False,
) -> None:
    """Draft NOTICE, statements and a card patch for a release.

    Says which licence texts are missing and where they are published, drafts NOTICE with the
    lines that the upstreams ask for, and corrects the card as a patch: licence, bases, and the
    sentences that the evidence refutes. What is not known is listed. Nothing in TARGET is changed.
    """
    from audit.notice.rendering import files, to_text
    from audit.output import check_new, write_folder

    if record is not None and ((target is not None) is not (apply is not None) or against):
        raise UsageError(
            "--from takes the place of TARGET and --against.",
            advice="Give one or the other; TARGET is what --apply copies.",
        )
    if out is not None and apply is not None:
        raise UsageError("--apply writes the drafts of --out too.", advice="Give one of them.")
    asks = record is None or apply is not None
    request = _asked(target, against, offline=offline) if asks else None
    folders = () if request is None else request.folders
    place = out if apply is None else apply
    destination = None if place is None else destination_for(place, not_inside=folders)
    if request is not None and apply is not None and destination is not None:
        check_new(destination)
        written = _copied(request, record, quiet=quiet)
        write_folder(destination, written)
        typer.echo(str(apply))
        return
    draft, say = _drafted(request, record, quiet=quiet), speaker(lang.first)
    if out is None or destination is None:
        typer.echo(_visible(to_text(draft, say)))
        return
    drafts = files(draft, say)
    write_folder(destination, drafts)
    for name in sorted(drafts):
        typer.echo(str(out / name))


def _asked(target: str | None, against: list[str] | None, *, offline: bool) -> "Request":
    from audit.request import Request
    from audit.sources.names import Reach

    if target is None:
        raise UsageError("There is nothing to draft for.", advice="Give TARGET, or --from RECORD.")
    request = Request.of(target, against=against or (), reach=Reach(offline=offline))
    heard(request)
    return request


def _copied(
    request: "Request", record: Path | None, *, quiet: bool
) -> "dict[str, bytes | Iterator[bytes]]":
    """Return the files of a copy of the release with its drafts, by name."""
    from audit.notice import draft_notice
    from audit.notice.applied import applied
    from audit.pipeline import gather

    if not request.target.own:
        raise UsageError("--apply writes beside a folder of this machine.", advice="Download it.")
    if record is not None:
        kept = read_record(record, "--from")
        return applied(_drafted(None, record, quiet=quiet), request.target, kept.subject.artifacts)
    case = gather(request, observer(quiet=quiet))
    return applied(draft_notice(case), request.target, case.subject.artifacts)


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
