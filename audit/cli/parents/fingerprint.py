# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit fingerprint``: a model in a megabyte, from which tests with others still run."""

from pathlib import Path
from typing import Annotated

import typer

from audit.cli import options
from audit.cli.common import show_blocks, show_json
from audit.cli.drawing import observer
from audit.cli.parents.taken import Released, fingerprint_of
from audit.errors import ExitCode
from audit.languages import Languages

EXAMPLES = (
    "audit fingerprint ./model -o model.fingerprint",
    "audit fingerprint owner/name@main -o name.fingerprint --released 2026-01-31",
)


def fingerprint_command(
    *,
    target: options.Target,
    out: Annotated[
        Path, typer.Option("-o", "--out", metavar="FILE", help="The file to write, a new one.")
    ],
    released: Released = None,
    offline: options.Offline = False,
    json: options.Json = False,
    lang: options.Lang = Languages.EN,
    quiet: options.Quiet = False,
) -> None:
    """Write a model's fingerprint, from which exact tests with others still run.

    It can be given away without the model; docs/fingerprint.md says what it reveals of the
    weights. Exits 3 when no weights could be read.
    """
    from audit.cli.parents import shown
    from audit.fingerprints.file import SUFFIX, to_bytes
    from audit.output import add_file, check_new

    path = out.expanduser()
    path = path if path.name.endswith(SUFFIX) else path.with_name(path.name + SUFFIX)
    check_new(path)
    found = fingerprint_of(
        target, offline=offline, progress=observer(quiet=quiet), released=released
    )
    if found.is_empty:
        show_blocks(shown.nothing(found), lang.first)
        raise typer.Exit(ExitCode.INDETERMINATE)
    data = to_bytes(found)
    add_file(path, data)
    if json:
        show_json(shown.told(found, len(data)))
    else:
        show_blocks(shown.described(found, len(data)), lang.first)
