# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit verify``: whether what was signed still holds and belongs together."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from audit.cli import options
from audit.cli.common import padded, plain, show_folded, show_json, speaker
from audit.errors import ExitCode
from audit.languages import Languages
from audit.record.said import Said, Say

if TYPE_CHECKING:
    from audit.verification.step import Step

EXAMPLES = (
    "audit verify ./report",
    "audit verify ./report --model ./model --key signer.pem",
    "audit verify report.pdf --json",
    "audit verify ./report --rebuild",
)
_ANYONE = Said(
    "Who signed is not known: anyone could have made and signed this. Pass the certificate that the"
    " signer published with --key."
)
_COLON, _COLUMN = Said(": "), 11
_WORDS = {"pass": Said("ok"), "fail": Said("FAILED"), "not-checked": Said("not checked")}


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
    lang: options.Lang = Languages.EN,
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
        what = Said("report") if target.is_dir() else Said("file")
        lines = _told(made, what, speaker(lang.first), known=known, steps_too=steps)
        show_folded("\n".join(lines))
    if outcome is Outcome.FAIL:
        raise typer.Exit(int(ExitCode.FAIL))


def _machine_form(outcome: str, steps: "tuple[Step, ...]") -> dict[str, object]:
    rows = [
        {"name": plain(s.name), "outcome": s.outcome.value, "detail": plain(s.detail)}
        for s in steps
    ]
    return {"outcome": outcome, "steps": rows}


def _told(
    steps: "tuple[Step, ...]", what: Said, say: Say, *, known: bool, steps_too: bool
) -> list[str]:
    """Say first what a reader wants to know, then the steps, what failed, and who signed."""
    numbered = [f"{n:>2}. {_line(step, say)}" for n, step in enumerate(steps, start=1)]
    lines = numbered if steps_too else _folded(steps, numbered, say)
    begin = say(_sentence(steps, what, known=known))
    ends = (_summary(steps), *(() if known else (_ANYONE,)))
    return [begin, "", *lines, "", *map(say, ends)]


def _sentence(steps: "tuple[Step, ...]", what: Said, *, known: bool) -> Said:
    wrong = sum(step.outcome.value == "fail" for step in steps)
    if wrong:
        return Said(
            "This {what} does not hold: {wrong:count} of {all:count} checks failed. Do not rely on"
            " it.",
            what=what,
            wrong=wrong,
            all=len(steps),
        )
    signed = any(s.name.endswith("signature") and s.outcome.value == "pass" for s in steps)
    if not signed:
        return Said(
            "Nothing is known of this {what}: no signature that covers it was given.", what=what
        )
    if known:
        return Said(
            "This {what} is unchanged since the signer that you expect signed it.", what=what
        )
    return Said(
        "This {what} is unchanged since it was signed; who signed it is not known.", what=what
    )


def _folded(steps: "tuple[Step, ...]", numbered: list[str], say: Say) -> list[str]:
    """Return failed steps as they are; of the others those with one reason in one line."""
    lines = [n for n, s in zip(numbered, steps, strict=True) if s.outcome.value == "fail"]
    holds = sum(step.outcome.value == "pass" for step in steps)
    if holds:
        many = say(Said("{n:count} steps hold (--steps lists them)", n=holds))
        lines.append(f"    {_word('pass', say)}  {many}")
    reasons: dict[str, list[str]] = {}
    for step in steps:
        if step.outcome.value == "not-checked":
            reason = re.split(": |：", plain(say(step.detail)))[-1]
            reasons.setdefault(reason, []).append(plain(say(step.name)))
    word = _word("not-checked", say)
    named = ((say(Said("{names:commas}", names=tuple(n))), why) for why, n in reasons.items())
    return [*lines, *(f"    {word}  {names}{say(_COLON)}{why}" for names, why in named)]


def _line(step: "Step", say: Say) -> str:
    name, detail = plain(say(step.name)), plain(say(step.detail))
    return f"{_word(step.outcome.value, say)}  {name}{say(_COLON)}{detail}"


def _word(outcome: str, say: Say) -> str:
    """Return the word for an outcome in the width of a column."""
    return padded(say(_WORDS[outcome]), _COLUMN)


def _summary(steps: "tuple[Step, ...]") -> Said:
    wrong = tuple(step.name for step in steps if step.outcome.value == "fail")
    if wrong:
        return Said("Does NOT verify: {names:commas}.", names=wrong)
    unknown = tuple(step.name for step in steps if step.outcome.value == "not-checked")
    return Said("No step failed. Not checked: {names:commas}.", names=unknown or (Said("nothing"),))
