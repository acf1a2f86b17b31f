# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Whether a folder is a report of this tool's and nothing else, so that another may replace it."""

from pathlib import Path

from audit.errors import UsageError
from audit.record.absent import Absent
from audit.signing.attestation.names import ATTESTATION, BUNDLE
from audit.signing.attestation.statement import read_unverified
from audit.signing.unsound import UnsoundError
from audit.verification.file import read_file
from audit.verification.step import Outcome, verdict
from audit.verification.verify import verify

_ADVICE = "Name another folder with --out, or move this one away first."


def check_own_report(folder: Path) -> None:
    """Demand that ``folder`` is absent, empty, or holds one unchanged report and nothing beside it.

    What others signed on a report, later editions and files of the user are no part of it: a
    folder that holds them is not replaced. Nor is a report that does not verify, because somebody
    changed it.

    Raises
    ------
    UsageError
        If something stands there that a new report must not replace.
    """
    if not folder.exists() or not any(folder.iterdir()):
        return
    attestation = read_file(folder / ATTESTATION)
    try:
        listed = {} if isinstance(attestation, Absent) else read_unverified(attestation).report
    except UnsoundError:
        listed = {}
    if not listed:
        raise UsageError(
            f"--out {folder.name} is no report of audit, and --force replaces nothing else.",
            advice=_ADVICE,
        )
    foreign = {path.name for path in folder.iterdir()} - {*listed, ATTESTATION, BUNDLE}
    if foreign:
        raise UsageError(
            f"--out {folder.name} also holds {min(foreign)}, which --force would destroy.",
            advice=_ADVICE,
        )
    if verdict(verify(folder)) is Outcome.FAIL:
        raise UsageError(
            f"--out {folder.name} holds a report that somebody changed; --force leaves it.",
            advice=_ADVICE,
        )
