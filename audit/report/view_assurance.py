# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a negative is worth, for the report: its positive control and what it covers."""

from dataclasses import dataclass

from audit.record.assurance import Covered, Detectable
from audit.record.document import AuditRecord
from audit.record.weights import Comparison
from audit.report.wording import clip, method, quoted
from audit.text.numbers import decimal, upper_share

_NO_VALUE = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlRow:
    """One test's positive control."""

    test: str
    scope: str
    how: str
    planted: str
    smallest: str


def control_rows(comparison: Comparison) -> tuple[ControlRow, ...]:
    """Return the positive control, one row per test and place."""
    return tuple(_row(control) for control in comparison.power)


def _row(control: Detectable) -> ControlRow:
    found = clip(control.reason or _NO_VALUE, 120)
    return ControlRow(
        test=method(control.test).name,
        scope=clip(control.scope, 60),
        how=clip(control.how, 120),
        planted=found if control.planted is None else decimal(control.planted),
        smallest=_NO_VALUE if control.smallest is None else decimal(control.smallest),
    )


def covers(comparison: Comparison) -> tuple[str, ...]:
    """Return the certificate in sentences; nothing where there is none."""
    found = comparison.certificate
    if found is None:
        return ()
    lines = []
    if found.bounds:
        bounds = ", ".join(f"{clip(b.role, 40)} {upper_share(b.upper)}" for b in found.bounds)
        lines.append(
            "With 99 % confidence the weights, as stored, correlate with the reference’s by no "
            f"more than, role by role: {bounds}."
        )
    if found.covered:
        lines.append(
            "Changes that a test of this run sees through, with the correlation from which on: "
            f"{_listed(found.covered)}."
        )
    if found.open:
        lines.append(f"Changes that no test of this run sees through: {_listed(found.open)}.")
    names = ", ".join(quoted(name) for name in found.references)
    lines.append(f"The statement is about {names} and no other model.")
    return tuple(lines)


def _listed(changes: tuple[Covered, ...]) -> str:
    return "; ".join(
        f"{clip(c.what, 80)}" + (f" ({decimal(c.found_from)})" if c.found_from is not None else "")
        for c in changes
    )


def relatives(record: AuditRecord) -> tuple[str, ...]:
    """Say what several related references show together; nothing where there are not two."""
    found = record.relatives
    if found is None:
        return ()
    if found.reason is not None:
        return (clip(f"They were not looked at together: {found.reason}.", 300),)
    said = tuple(clip(sentence, 500) for sentence in found.sentences)
    return said or (
        "No mixture of these references explains the audited model better than one of them, and "
        "none of the models visibly lies between two others.",
    )
