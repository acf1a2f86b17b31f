# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""How much was paired, and how much was read: two figures that are never one."""

from audit.record.files import Kind
from audit.record.said import Said
from audit.record.weights import Comparison
from audit.report import blocks as b
from audit.report.outline import refer
from audit.report.page import Page
from audit.report.words.texts import amount, quoted

_WEIGHTS = (Kind.WEIGHTS, Kind.WEIGHTS_DATA)


def coverage(page: Page) -> b.Text:
    """Say how much was paired, which is not how much was read, and how much was read."""
    compared = page.compared[:2]
    if not compared:
        return Said("No weights were compared.")
    left = len(page.compared) - len(compared)
    more = refer("{references} in section {weights}", references=amount(left, "more reference"))
    paired = (*map(_share, compared), *((more,) if left > 0 else ()))
    return (Said("Paired: {shares:semicolons}.", shares=paired), _read(page))


def _read(page: Page) -> Said:
    """Say how many bytes the tests read, against what the files of weights hold."""
    record = page.record
    names = {c.reference for c in page.compared}
    others = [r.artifacts for r in record.references if r.name in names]
    files = (record.subject.artifacts, *others)
    held = sum(a.size for of in files for a in of if a.kind in _WEIGHTS)
    read = sum(c.bytes_read for c in page.compared)
    if read < held:
        return Said(
            "Read: {read:size} of {held:size} of weights, at most {part:upper-share}.",
            read=read,
            held=held,
            part=read / held,
        )
    return Said(
        "Read: {read:size}; the weights of all are {held:size}, and what several tests read counts"
        " each time.",
        read=read,
        held=held,
    )


def _share(comparison: Comparison) -> Said:
    paired, reference = comparison.tensors_paired, quoted(comparison.reference, 40)
    share = comparison.coverage
    if not paired:
        return Said(
            "{share:share} of the parameters with {reference}", share=share, reference=reference
        )
    return Said(
        "{paired:count} of {tensors}, {share:share} of the parameters with {reference}",
        paired=paired,
        tensors=amount(paired + len(comparison.tensors_unpaired), "tensor"),
        share=share,
        reference=reference,
    )
