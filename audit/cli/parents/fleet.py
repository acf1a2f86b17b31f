# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit fleet``: thousands of models, fingerprinted into one library or audited."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from audit.cli import options
from audit.cli.common import plain, say, show, show_json, speaker
from audit.cli.drawing import observer
from audit.cli.parents.taken import Where, library
from audit.errors import ExitCode, UsageError
from audit.languages import Languages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from audit.fleets.fleet import Do
    from audit.fleets.manifest import Line

EXAMPLES = (
    "audit fleet models.txt -o ./bases",
    "audit fleet models.jsonl -o ./audits --audit --workers 8",
    "audit fleet models.csv -o ./bases --ray auto",
)


def fleet_command(
    *,
    models: Annotated[
        Path,
        typer.Argument(
            metavar="LIST", help="Models, one to a line: text, .csv or .jsonl (docs/library.md)."
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(
            "-o", "--out", metavar="DIR", help="The run's folder; the same one goes on with a run."
        ),
    ],
    where: Where = None,
    audits: Annotated[
        bool, typer.Option("--audit", help="Audit each, into a record; else fingerprint each.")
    ] = False,
    policy: options.Policy = "default",
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers", metavar="N", min=1, help="Models at once.", show_default="processors"
        ),
    ] = None,
    seconds: Annotated[
        float, typer.Option("--seconds", metavar="S", min=1, help="The most that one may take.")
    ] = 3600,
    ray: Annotated[
        str | None,
        typer.Option(
            "--ray", metavar="ADDRESS", help="Work on this Ray cluster; `local` starts one here."
        ),
    ] = None,
    offline: options.Offline = False,
    json: options.Json = False,
    lang: options.Lang = Languages.EN,
    quiet: options.Quiet = False,
) -> None:
    """Fingerprint a list of models into the library, or audit each.

    A run that was ended goes on when it is started again. Exits 0 when every model gave a
    result; with --audit 1 if one fails the gate; 3 if one gave nothing, or could not be decided.
    """
    from audit.fleets import overview
    from audit.fleets.fleet import Fleet, run
    from audit.fleets.targets import read_targets
    from audit.output import replace_file

    fleet = Fleet(
        targets=read_targets(models),
        folder=out.expanduser(),
        shelf=library(where),
        doing="audit" if audits else "fingerprint",
        policy=policy,
        offline=offline,
        seconds=seconds,
    )
    if fleet.folder.exists() and not fleet.folder.is_dir():
        raise UsageError(f"--out {out} is a file.", advice="Name a folder.")
    lines = run(
        fleet,
        _doing(ray, workers),
        progress=observer(quiet=quiet),
        failed=lambda line: say(f"{line.target}: {line.reason}"),
    )
    for language in lang.editions.values():
        name = overview.NAME if language is lang.first else f"overview.{language.tag}.html"
        replace_file(fleet.folder / name, overview.page(fleet, lines, language))
    if json:
        show_json([line.model_dump(mode="json") for line in lines])
    else:
        show(speaker(lang.first)(overview.summary(lines)))
        show(plain(fleet.folder / overview.NAME))
    raise typer.Exit(_code(lines))


def _doing(ray: str | None, workers: int | None) -> "Do":
    """Return who does the jobs: processes here, or a cluster."""
    if ray is not None:
        from audit.fleets.cluster import clustered

        return lambda jobs: clustered(jobs, ray, workers)
    from audit.fleets.pool import pooled

    most = workers or os.cpu_count() or 1
    return lambda jobs: pooled(jobs, most)


def _code(lines: "Sequence[Line]") -> ExitCode:
    from audit.fleets.overview import state

    states = set(map(state, lines))
    if "FAIL" in states:
        return ExitCode.FAIL
    return ExitCode.INDETERMINATE if states - {"done", "PASS"} else ExitCode.PASS
