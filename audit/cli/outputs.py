# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``--output FORMAT=PATH``: further views of a record, unsigned, for the tools around a run."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from audit.errors import UsageError
from audit.languages import Language

if TYPE_CHECKING:
    from audit.record.document import AuditRecord

STDOUT = "-"
EXAMPLE = "--output sarif=audit.sarif"


@dataclass(frozen=True, slots=True)
class Output:
    """One file to write; ``path`` is ``None`` for stdout."""

    name: str
    path: Path | None


def asked(given: Sequence[str] | None) -> tuple[Output, ...]:
    """Read the options before anything is audited.

    Raises
    ------
    UsageError
        If there is no such format, or something stands where a file is to be written. A file that
        is there and empty, as CI hosts prepare them, is filled.
    """
    if not given:
        return ()
    from audit.output import check_fillable
    from audit.report.formats.registry import named

    found = []
    for one in given:
        name, equals, where = one.partition("=")
        if not equals or not where:
            raise UsageError(
                f"--output {one} names no file.", advice=f"Write it as {EXAMPLE}, or =- for stdout."
            )
        path = None if where == STDOUT else Path(where).expanduser()
        found.append(Output(named(name).name, path))
        if path is not None:
            check_fillable(path)
    if sum(output.path is None for output in found) > 1:
        raise UsageError("Two --output options ask for stdout.", advice="Give one of them a file.")
    return tuple(found)


def deliver(record: "AuditRecord", outputs: Sequence[Output], language: Language) -> bool:
    """Write what was asked for; whether stdout was among it, so that nothing else goes there."""
    from audit.custody import custody_dated
    from audit.output import fill_file
    from audit.report import render_as

    for output in outputs:
        content = render_as(output.name, record, language, custody_dated())
        if output.path is None:
            sys.stdout.flush()
            sys.stdout.buffer.write(content)
        else:
            fill_file(output.path, content)
    return any(output.path is None for output in outputs)


def tell_the_host(record: "AuditRecord", language: Language) -> None:
    """In GitHub Actions, annotate the lines of findings and add to the summary of the step."""
    from audit.output import add_to_file
    from audit.report import render_as

    if os.environ.get("GITHUB_ACTIONS") != "true":
        return
    typer.echo(render_as("github", record, language), nl=False)
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary and Path(summary).is_file():
        add_to_file(Path(summary), render_as("markdown", record, language))
