# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit compare``: the weights of two models, and nothing else."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from audit.cli import options
from audit.cli.common import show, show_blocks, show_json
from audit.cli.drawing import observer
from audit.cli.plan import heard, planned, warn_of_pointers
from audit.errors import ExitCode
from audit.languages import Languages

if TYPE_CHECKING:
    from audit.record.weights import Relation


class FailOn(StrEnum):
    """What ``--fail-on`` takes."""

    DERIVED = "derived"


class Device(StrEnum):
    """What ``--device`` takes."""

    CPU = "cpu"
    CUDA = "cuda"


EXAMPLES = (
    "audit compare ./model ./base",
    "audit compare ./model.gguf owner/name@main",
    "audit compare ./model ./base --control ./unrelated --control ./another",
    "audit compare ./model ./base --fail-on derived --json",
)


def compare_command(  # noqa: PLR0917 - one parameter for each option
    suspect: Annotated[str, typer.Argument(metavar="SUSPECT", help="The model in question.")],
    reference: Annotated[str, typer.Argument(metavar="REFERENCE", help="A possible origin.")],
    json: options.Json = False,
    fail_on: Annotated[
        FailOn | None,
        typer.Option("--fail-on", help="Exit 1 if the suspect's weights come from REFERENCE."),
    ] = None,
    control: options.Control = None,
    salt: options.Salt = "",
    offline: options.Offline = False,
    dry_run: options.DryRun = False,
    device: Annotated[
        Device, typer.Option("--device", help="Where tensors are computed on.")
    ] = Device.CPU,
    lang: options.Lang = Languages.EN,
    quiet: options.Quiet = False,
) -> None:
    """Compare the weights of two models.

    Exits 0 when the question was decided, either way; 3 when it could not be. With
    --fail-on derived, exits 1 when the relation is copy, derived, component-reuse or
    disguised.
    """
    from audit.pipeline import look
    from audit.request import Request, Stage
    from audit.sources.names import Reach

    request = Request.of(
        suspect,
        against=[reference],
        controls=control or (),
        stages=Stage(0),
        salt=salt,
        device=device,
        reach=Reach(offline=offline),
    )
    heard(request)
    if dry_run:
        show(planned(request))
        raise typer.Exit
    looked = look(request, observer(quiet=quiet))
    (comparison,) = looked.comparisons
    if json:
        show_json(comparison)
    else:
        from audit.report.sections.summary import compared
        from audit.rules.quoted import quoted

        for one in (looked.subject, *looked.inventories):
            warn_of_pointers(one.unread)
        show_blocks(compared(comparison, quoted((), ())), lang.first)
    raise typer.Exit(exit_code(comparison.relation, fail_on))


def exit_code(relation: "Relation", fail_on: FailOn | None) -> ExitCode:
    """Return the exit code that stands for a relation."""
    from audit.record.weights import Relation

    if relation is Relation.INCONCLUSIVE:
        return ExitCode.INDETERMINATE
    return ExitCode.FAIL if fail_on is not None and relation.is_lineage else ExitCode.PASS
