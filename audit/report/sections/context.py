# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The statistic of the dispute: shown beside unrelated models, never part of the verdict."""

from audit.record.said import Said
from audit.record.weights import Comparison, SpreadContext
from audit.report import blocks as b
from audit.report.figures.curves import CONTROLS, curves
from audit.report.figures.strip import STATISTICS, observed_samples, strips
from audit.report.words.texts import amount, clip, short_name, told
from audit.report.words.wording import paragraph
from audit.text.numbers import decimal


def context(comparison: Comparison) -> b.Section:
    """Return the spread of the weights: strips and curves, or why one of them is not drawn."""
    spread, reference = comparison.spread, short_name(comparison.reference)
    strip, curve = strips(spread, reference), curves(spread, reference)
    title = Said(
        "Context, not evidence: the spread of the weights per layer, beside {reference}",
        reference=reference,
    )
    return b.Section(
        b.present(
            b.Heading(title),
            b.Paragraph((_note(spread), paragraph("context.warning")), "lead"),
            None if strip is None else b.Figure(strip, _strips_caption(spread)),
            None if curve is None else b.Figure(curve, _curves_caption(spread)),
            b.note(_reason(spread)) if curve is None and spread.curves else None,
        ),
        kind="context",
    )


def _note(spread: SpreadContext) -> Said:
    parts: list[str] = []
    if spread.per_layer is not None:
        parts.append(
            Said(
                "{value:decimal} per layer (mean over roles, {layers} layers)",
                value=spread.per_layer,
                layers=spread.layers,
            )
        )
    if spread.per_tensor is not None:
        parts.append(
            Said(
                "{value:decimal} over {tensors:count} paired tensors",
                value=spread.per_tensor,
                tensors=spread.tensors,
            )
        )
    if not parts:
        reason = told(spread.reason, 300) if spread.reason else Said("no reason given")
        return Said("The statistic was not computed: {reason}.", reason=reason)
    return Said("Correlation of standard deviations: {parts:semicolons}.", parts=tuple(parts))


def _reason(spread: SpreadContext) -> b.Text:
    controls = len(spread.controls[:CONTROLS])
    return (
        Said(
            "The curves are not drawn: they would need at least two unrelated models in the same "
            "axes, and there are {controls}.",
            controls=controls,
        ),
        *(told(sentence, 200) for sentence in spread.controls_left_out),
    )


def _curves_caption(spread: SpreadContext) -> b.Text:
    said = tuple(
        f"{clip(c.name, 60)} {decimal(c.correlation)}"
        for c in spread.controls[:CONTROLS]
        if c.correlation is not None
    )
    beside: b.Text = ""
    if spread.per_layer is not None and said:
        beside = Said(
            "Correlation with the audited model’s curves, mean over the roles: reference "
            "{value:decimal}; unrelated models: {models:commas}.",
            value=spread.per_layer,
            models=said,
        )
    return (
        Said(
            "Standard deviation of the attention weights by relative depth; every curve is brought "
            "to mean 0 and standard deviation 1, the raw values are in record.json."
        ),
        Said(
            "Solid: the audited model. Dashed: the reference. Dotted with marks: unrelated models."
        ),
        beside,
        Said("Likeness of curves alone shows nothing about lineage."),
    )


def _strips_caption(spread: SpreadContext) -> b.Text:
    parts = (
        Said(
            "{statistic}: {above:count} of {pairs} reach the value of this comparison; they are "
            "made of {models:count} models, so they share some.",
            statistic=STATISTICS[sample.statistic],
            above=sum(v >= observed for v in sample.values),
            pairs=amount(len(sample.values), "pair"),
            models=sample.models,
        )
        for sample, observed in observed_samples(spread)
    )
    return (
        Said("What unrelated models give on the same statistic."),
        *parts,
        Said(
            "The value depends on depth and recipe, so a place outside the bars shows nothing "
            "either."
        ),
    )
