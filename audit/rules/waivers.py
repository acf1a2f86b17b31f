# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a named person answers for, until a day: waivers, corrections and attestations.

One TOML file of the user's, given with ``--waivers``. It is never taken from the audited
folder by itself: a release must not be able to excuse itself.
"""

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from audit.rules.loading import Strict, Words, load_toml

WaiverReason = Literal[
    "license-acquired",
    "permission-by-mail",
    "false-positive",
    "fix-scheduled",
    "not-distributed",
    "legal-opinion",
]
CorrectionReason = Literal[
    "code", "data-of", "documentation-of", "incorrect", "not-detected", "reference"
]
_BOT = re.compile(r"\[bot\]|\bbot@|-bot\b", re.I)


class Answered(Strict):
    """Who answers for it, since when, until when, and in which words."""

    by: Words
    on: date
    expires: date
    note: Words

    @model_validator(mode="after")
    def _a_person_for_a_time(self) -> Self:
        if _BOT.search(self.by):
            raise ValueError("`by` names a bot, and only a person can answer for it")
        if self.expires <= self.on:
            raise ValueError("`expires` is not after `on`")
        return self


class Waiver(Answered):
    """One finding, by its id, that is accepted; ``paths`` limits it to these files."""

    finding: Annotated[str, Field(pattern=r"^[A-Z]{3,4}\d{3}:[0-9a-f]{8}$")]
    reason: WaiverReason
    paths: tuple[Words, ...] = ()


class Correction(Answered):
    """One licence statement that the scan got wrong.

    ``detected`` is the SPDX expression as the audit shows it, ``NONE`` where it found
    nothing; ``concluded`` what it is, ``NONE`` if it is no licence statement. ``lines`` is the
    first and last line, the whole file without it.
    """

    path: Words
    lines: tuple[int, int] | None = None
    detected: Words
    concluded: Words
    reason: CorrectionReason


class Attestation(Answered):
    """The answer to a question that no file can answer.

    ``question`` is ``<licence id>/<duty>`` as the report prints it; ``yes`` says that the duty
    is met.
    """

    question: Annotated[str, Field(pattern=r"^\S+/\S+$")]
    answer: Literal["yes", "no"]
    evidence: Words


class WaiverFile(Strict):
    """Everything that one file says; ``digest`` is its SHA-256."""

    waiver: tuple[Waiver, ...] = ()
    correction: tuple[Correction, ...] = ()
    attest: tuple[Attestation, ...] = ()
    digest: str = ""

    @model_validator(mode="after")
    def _each_thing_once(self) -> Self:
        for what, names in (
            ("waiver", [w.finding for w in self.waiver]),
            ("attest", [a.question for a in self.attest]),
        ):
            twice = next((name for name in names if names.count(name) > 1), None)
            if twice is not None:
                raise ValueError(f"{what}: {twice} stands there twice")
        return self


def waiver_file(path: Path) -> WaiverFile:
    """Load a file of waivers.

    Raises
    ------
    UsageError
        If it cannot be read.
    RulesError
        If it is not TOML, or has an unknown, missing or wrong field.
    """
    return load_toml(path, WaiverFile, option="--waivers")
