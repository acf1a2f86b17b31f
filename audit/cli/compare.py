# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit compare``: the weights of two folders, and nothing else."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from audit.cli.common import show_blocks, show_json
from audit.cli.drawing import observer
from audit.errors import ExitCode, UsageError
from audit.text.file_names import shortened

if TYPE_CHECKING:
    from audit.record.weights import Comparison, Relation


class FailOn(StrEnum):
    """What ``--fail-on`` takes."""

    DERIVED = "derived"


class Device(StrEnum):
    """What ``--device`` takes."""

    CPU = "cpu"
    CUDA = "cuda"


EXAMPLES = (
    "audit compare ./model ./base",
    "audit compare ./model ./base --control ./unrelated --control ./another",
    "audit compare ./model ./base --fail-on derived --json",
)


def compare_command(  # noqa: PLR0917 - one parameter for each option
    suspect: Annotated[str, typer.Argument(metavar="SUSPECT", help="The folder in question.")],
    reference: Annotated[str, typer.Argument(metavar="REFERENCE", help="A possible origin.")],
    json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    fail_on: Annotated[
        FailOn | None,
        typer.Option("--fail-on", help="Exit 1 if the suspect's weights come from REFERENCE."),
    ] = None,
    control: Annotated[
        list[str] | None,
        typer.Option(
            "--control",
            metavar="DIR",
            help="A model known to be independent of both; repeatable. Only scores without an "
            "exact p-value are read against it.",
        ),
    ] = None,
    device: Annotated[
        Device, typer.Option("--device", help="Where tensors are computed on.")
    ] = Device.CPU,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
) -> None:
    """Compare the weights of two folders.

    Exits 0 when the question was decided, either way; 3 when it could not be. With
    --fail-on derived, exits 1 when the relation is copy, derived, component-reuse or
    disguised.
    """
    comparison = compare_folders(
        suspect, reference, controls=tuple(control or ()), device=device, quiet=quiet
    )
    if json:
        show_json(comparison)
    else:
        from audit.report.sections.summary import compared
        from audit.rules.quoted import quoted

        show_blocks(compared(comparison, quoted((), ())))
    raise typer.Exit(exit_code(comparison.relation, fail_on))


def compare_folders(
    suspect: str,
    reference: str,
    *,
    quiet: bool,
    controls: tuple[str, ...] = (),
    device: Device = Device.CPU,
) -> "Comparison":
    """Return the comparison of two folders by name."""
    from audit.inventory import take_inventory
    from audit.provenance.references import require_apart
    from audit.sources.names import resolve
    from audit.weights.comparison import compare
    from audit.weights.model import devices

    devices.require(device)
    folders = resolve(suspect), resolve(reference)
    if folders[0].root.samefile(folders[1].root):
        raise UsageError(
            f"{shortened(suspect)} and {shortened(reference)} are the same folder.",
            advice="Name another reference: a folder is always a copy of itself.",
        )
    progress = observer(quiet=quiet)
    others = [resolve(spec) for spec in controls]
    require_apart(others, folders)
    left, right, *known = (
        take_inventory(folder, progress=progress, digest_weights=False)
        for folder in (*folders, *others)
    )
    return compare(
        left, right, references=1, device=device, controls=tuple(known), progress=progress
    )


def exit_code(relation: "Relation", fail_on: FailOn | None) -> ExitCode:
    """Return the exit code that stands for a relation."""
    from audit.record.weights import Relation

    if relation is Relation.INCONCLUSIVE:
        return ExitCode.INDETERMINATE
    return ExitCode.FAIL if fail_on is not None and relation.is_lineage else ExitCode.PASS
