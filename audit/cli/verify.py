# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit verify``: whether what was signed still holds and belongs together."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from audit.cli import options
from audit.cli.common import plain, show, show_json
from audit.errors import ExitCode

if TYPE_CHECKING:
    from audit.verification.step import Step

EXAMPLES = (
    "audit verify ./report",
    "audit verify ./report --model ./model --key signer.pem",
    "audit verify report.pdf --json",
    "audit verify ./report --rebuild",
)
_ANYONE = (
    "Who signed is not known: anyone could have made and signed this. Pass the certificate that the"
    " signer published with --key."
)
_WORDS = {"pass": "ok", "fail": "FAILED", "not-checked": "not checked"}


def verify_command(
    *,
    target: Annotated[
        Path,
        typer.Argument(
            metavar="DIR|FILE", help="What `audit model-repo` wrote, or one file of it."
        ),
    ],
    subject: Annotated[
        Path | None,
        typer.Option(
            "--model",
            "--subject",
            metavar="FOLDER",
            help="Compare this folder with the audited files.",
        ),
    ] = None,
    key: Annotated[
        Path | None,
        typer.Option(metavar="PUB", help="The expected signer: PEM certificate or public key."),
    ] = None,
    model_key: Annotated[
        Path | None,
        typer.Option("--model-key", metavar="PUB", help="The expected signer of a model.sig."),
    ] = None,
    timestamp_key: Annotated[
        Path | None,
        typer.Option(
            "--timestamp-key", metavar="PUB", help="The expected authority of the time stamp."
        ),
    ] = None,
    require_signer: Annotated[
        bool,
        typer.Option("--require-signer", help="Fail unless the signer is the one given by --key."),
    ] = False,
    rebuild: Annotated[
        bool,
        typer.Option("--rebuild", help="Render page and PDF again from the record, and compare."),
    ] = False,
    steps: Annotated[
        bool, typer.Option("--steps", help="List every step, those that hold as well.")
    ] = False,
    json: options.Json = False,
) -> None:
    """Check signatures, that the files belong together, and that they are unchanged.

    Begins with one sentence. Exits 0 if no step failed, 1 if any did. Steps that were not
    checked are listed with the reason; without --key, nothing is said about who signed: a
    pipeline needs --require-signer as well.
    """
    from audit.cli.drawing import observer
    from audit.verification.step import Outcome, required, verdict
    from audit.verification.verify import verify

    made = verify(
        target,
        subject=subject,
        key=key,
        model_key=model_key,
        timestamp_key=timestamp_key,
        rebuild=rebuild,
        progress=observer(quiet=json),
    )
    if require_signer:
        made = required("signer", made)
    outcome = verdict(made)
    known = any(step.name == "signer" and step.outcome is Outcome.PASS for step in made)
    if json:
        show_json(_machine_form(outcome.value, made) | {"signer_known": known})
    else:
        what = "report" if target.is_dir() else "file"
        numbered = [f"{n:>2}. {_line(step)}" for n, step in enumerate(made, start=1)]
        lines = numbered if steps else _folded(made, numbered)
        begin = f"{_sentence(made, what, known=known)}\n"
        show("\n".join([begin, *lines, _summary(made), *(() if known else (_ANYONE,))]))
    if outcome is Outcome.FAIL:
        raise typer.Exit(int(ExitCode.FAIL))


def _machine_form(outcome: str, steps: "tuple[Step, ...]") -> dict[str, object]:
    rows = [
        {"name": plain(s.name), "outcome": s.outcome.value, "detail": plain(s.detail)}
        for s in steps
    ]
    return {"outcome": outcome, "steps": rows}


def _sentence(steps: "tuple[Step, ...]", what: str, *, known: bool) -> str:
    """Say in one sentence what a reader wants to know first."""
    wrong = sum(step.outcome.value == "fail" for step in steps)
    if wrong:
        return (
            f"This {what} does not hold: {wrong} of {len(steps)} checks failed. Do not rely on it."
        )
    signed = any(s.name.endswith("signature") and s.outcome.value == "pass" for s in steps)
    if not signed:
        return f"Nothing is known of this {what}: no signature that covers it was given."
    who = "the signer that you expect signed it" if known else "it was signed"
    unknown = "" if known else "; who signed it is not known"
    return f"This {what} is unchanged since {who}{unknown}."


def _folded(steps: "tuple[Step, ...]", numbered: list[str]) -> list[str]:
    """Return failed steps as they are; of the others those with one reason in one line."""
    lines = [n for n, s in zip(numbered, steps, strict=True) if s.outcome.value == "fail"]
    holds = sum(step.outcome.value == "pass" for step in steps)
    lines += [f"    {_WORDS['pass']:<11}  {holds} steps hold (--steps lists them)"] if holds else []
    reasons: dict[str, list[str]] = {}
    for step in steps:
        if step.outcome.value == "not-checked":
            reason = plain(step.detail).rpartition(": ")[2]
            reasons.setdefault(reason, []).append(plain(step.name))
    word = _WORDS["not-checked"]
    return [*lines, *(f"    {word:<11}  {', '.join(n)}: {why}" for why, n in reasons.items())]


def _line(step: "Step") -> str:
    return f"{_WORDS[step.outcome.value]:<11}  {plain(step.name)}: {plain(step.detail)}"


def _summary(steps: "tuple[Step, ...]") -> str:
    wrong = [step.name for step in steps if step.outcome.value == "fail"]
    if wrong:
        return f"\nDoes NOT verify: {', '.join(wrong)}."
    unknown = [step.name for step in steps if step.outcome.value == "not-checked"]
    return f"\nNo step failed. Not checked: {', '.join(unknown) or 'nothing'}."
