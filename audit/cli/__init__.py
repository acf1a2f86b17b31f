# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Assembles the command line; one file per command."""

from pathlib import Path
from typing import Annotated

import typer

import audit
from audit.cli import (
    compare,
    diff,
    key,
    licenses,
    model_repo,
    notice,
    refs,
    report,
    rules,
    sign,
    verify,
)
from audit.cli.common import EXIT_CODES, AuditGroup, examples
from audit.cli.parents import fingerprint, fleet, identify, library, tree
from audit.cli.setup import cache, config, doctor, lock
from audit.cli.setup.settings import Configured, config_option

EXAMPLES = (
    "audit model-repo owner/name --out ./report",
    "audit model-repo ./model --against ./base --out ./report",
    "audit compare ./model ./base",
    "audit verify ./report --model ./model",
)

app = typer.Typer(
    cls=AuditGroup,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples(*EXAMPLES) + EXIT_CODES,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"audit {audit.__version__}")
        raise typer.Exit


@app.callback()
def _audit(
    version: Annotated[
        bool,
        typer.Option(
            "--version", "-V", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
    config: Annotated[Path | None, config_option()] = None,  # read by audit.cli.setup.settings
) -> None:
    """Say where an open-weight model's weights come from, and what its release owes."""


app.command("model-repo", cls=Configured, epilog=examples(*model_repo.EXAMPLES))(
    model_repo.model_repo_command
)
app.command("compare", cls=Configured, epilog=examples(*compare.EXAMPLES))(compare.compare_command)
app.command("identify", epilog=examples(*identify.EXAMPLES))(identify.identify_command)
app.command("fingerprint", epilog=examples(*fingerprint.EXAMPLES))(fingerprint.fingerprint_command)
app.command("tree", epilog=examples(*tree.EXAMPLES))(tree.tree_command)
app.command("fleet", epilog=examples(*fleet.EXAMPLES))(fleet.fleet_command)
app.command("licenses", cls=Configured, epilog=examples(*licenses.EXAMPLES))(
    licenses.licenses_command
)
app.command("notice", cls=Configured, epilog=examples(*notice.EXAMPLES))(notice.notice_command)
app.command("report", cls=Configured, epilog=examples(*report.EXAMPLES))(report.report_command)
app.command("diff", epilog=examples(*diff.EXAMPLES))(diff.diff_command)
app.command("lock", cls=Configured, epilog=examples(*lock.EXAMPLES))(lock.lock_command)
app.command("verify", cls=Configured, epilog=examples(*verify.EXAMPLES))(verify.verify_command)
app.command("sign", cls=Configured, epilog=examples(*sign.EXAMPLES))(sign.sign_command)
app.command("init", epilog=examples(*config.INIT_EXAMPLES))(config.init_command)
app.command("doctor", epilog=examples(*doctor.EXAMPLES))(doctor.doctor_command)
app.add_typer(config.app, name="config")
app.add_typer(cache.app, name="cache")
app.add_typer(key.app, name="key")
app.add_typer(rules.app, name="rules")
app.add_typer(refs.app, name="refs")
app.add_typer(library.app, name="library")
