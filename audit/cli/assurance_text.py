# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a negative is worth, for a terminal: its positive control and its certificate."""

from rich.console import RenderableType
from rich.text import Text

from audit.cli.common import plain
from audit.cli.tables import PlainTable
from audit.record.assurance import Certificate, Detectable
from audit.record.weights import Comparison

_CONTROL = (
    "A child of the reference was planted in a part of the weights that were read. Each test"
    " finds it from this correlation of its weights with the reference's:"
)


def assurance(comparison: Comparison) -> list[RenderableType]:
    """Return the positive control and the certificate, where the comparison has them."""
    parts: list[RenderableType] = []
    if comparison.power:
        parts += [Text(), Text("Would a child have been seen?", style="bold"), Text(_CONTROL)]
        parts.append(_power(comparison.power))
    if comparison.certificate is not None:
        parts += [Text(), Text("What this covers", style="bold")]
        parts += [Text(line) for line in certificate_lines(comparison.certificate)]
    return parts


def _power(found: tuple[Detectable, ...]) -> PlainTable:
    table = PlainTable("Test", "On", "Planted child", "Found from", "All read")
    for control in found:
        seen = control.reason if control.planted is None else f"{control.planted:g}"
        whole = "-" if control.smallest is None else f"{control.smallest:.3f}"
        table.add(control.test, control.scope, control.how, seen, whole)
    return table


def certificate_lines(found: Certificate) -> list[str]:
    """Return bounds, disguises and references in sentences."""
    bounds = ", ".join(f"{b.role} {b.upper:.3f}" for b in found.bounds)
    lines = (
        [f"99 % upper bound on the correlation per role, as stored: {bounds}."] if bounds else []
    )
    if found.covered:
        seen = "; ".join(f"{d.id} {d.what} ({d.found_from:g})" for d in found.covered)
        lines.append(
            "Changes that a test of this run sees through, with the correlation from which the "
            f"planted child was found: {seen}."
        )
    if found.open:
        unseen = "; ".join(f"{d.id} {d.what}" for d in found.open)
        lines.append(f"Changes that none of them sees through: {unseen}.")
    lines.append(f"References: {', '.join(found.references)}; no other model was looked at.")
    return [plain(line) for line in lines]
