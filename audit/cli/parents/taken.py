# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What these commands take: a fingerprint's file, or anything that names a model."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from audit.cli.common import say
from audit.errors import UsageError

if TYPE_CHECKING:
    from audit.fingerprints.document import Fingerprint
    from audit.fingerprints.shelf import Library
    from audit.progress import Progress

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
MODEL = "A fingerprint, or a model: a folder, a weight file, or OWNER/NAME[@REVISION] on the hub."
Where = Annotated[
    Path | None,
    typer.Option(
        "--library",
        metavar="DIR",
        envvar="AUDIT_LIBRARY",
        show_envvar=False,
        help="The library's folder; yours otherwise.",
        show_default=False,
    ),
]
Released = Annotated[
    str | None,
    typer.Option(
        "--released",
        metavar="DAY",
        help="When the model is said to be from (YYYY-MM-DD); kept as a claim, unchecked.",
    ),
]


def library(where: Path | None) -> "Library":
    """Return the library that the caller means."""
    from audit.fingerprints.shelf import Library, default_folder

    return Library(where or default_folder())


def fingerprint_of(
    spec: str, *, offline: bool, progress: "Progress", released: str | None = None
) -> "Fingerprint":
    """Read a fingerprint's file, or make the fingerprint of a model, which may be empty.

    Raises
    ------
    UsageError
        If the file is none, or there is no such model.
    """
    from audit.fingerprints import given
    from audit.inventory import take_inventory
    from audit.sources.names import Reach, named

    source = named(spec, Reach(offline=offline))
    for note in source.notes:
        say(note)
    inventory = take_inventory(source, progress=progress, digest_weights=False)
    return given.fingerprint_of(inventory, released=day(released), progress=progress)


def day(text: str | None) -> str | None:
    """Return a day that the caller claims, if it is written as one."""
    from datetime import date

    if text is None:
        return None
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    raise UsageError(f"{text} is no day.", advice="Write it as 2026-11-29.")
