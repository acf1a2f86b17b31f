# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit identify``: which models of a library a model shares weights with."""

from typing import TYPE_CHECKING, Annotated

import typer

from audit.cli import options
from audit.cli.common import show_blocks, show_json
from audit.cli.drawing import observer
from audit.cli.parents.taken import MODEL, Where, fingerprint_of, library
from audit.errors import ExitCode, UsageError
from audit.languages import Languages

if TYPE_CHECKING:
    from audit.fingerprints.document import Fingerprint
    from audit.fingerprints.identify import Answer
    from audit.progress import Progress

EXAMPLES = (
    "audit identify ./model",
    "audit identify model.fingerprint --library ./bases --json",
    "audit identify ./model --among base.fingerprint --among owner/name",
)


def identify_command(
    *,
    model: Annotated[str, typer.Argument(metavar="MODEL", help=MODEL)],
    where: Where = None,
    among: Annotated[
        list[str] | None,
        typer.Option("--among", metavar="REF", help="Ask this one, no library; repeatable."),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Test every member in full, not only the nearest.")
    ] = False,
    offline: options.Offline = False,
    json: options.Json = False,
    lang: options.Lang = Languages.EN,
    quiet: options.Quiet = False,
) -> None:
    """Say which models of a library a model shares weights with.

    Exits 0 when relatives were found, or none among those that could be asked; 3 when none could
    be asked, or some were left undecided or untested.
    """
    from audit.cli.parents import shown

    progress = observer(quiet=quiet)
    subject = fingerprint_of(model, offline=offline, progress=progress)
    if among:
        others = {
            str(place): fingerprint_of(one, offline=offline, progress=progress)
            for place, one in enumerate(among)
        }
        answer = _among(subject, others)
    else:
        answer = _in_library(subject, where, every=every, progress=progress)
    if json:
        show_json(shown.answer_told(answer))
    else:
        show_blocks(shown.answered(answer), lang.first)
    raise typer.Exit(ExitCode.PASS if answer.is_decided else ExitCode.INDETERMINATE)


def _among(subject: "Fingerprint", others: "dict[str, Fingerprint]") -> "Answer":
    from audit.fingerprints.identify import identify

    return identify(subject, list(others), others.__getitem__, among=len(others))


def _in_library(
    subject: "Fingerprint", where: "Where", *, every: bool, progress: "Progress"
) -> "Answer":
    from audit.fingerprints.asking import in_library

    shelf = library(where)
    if not shelf.members():
        raise UsageError(
            "The library is empty.", advice="Add models to it first: audit library add MODEL."
        )
    return in_library(subject, shelf, every=every, progress=progress)
