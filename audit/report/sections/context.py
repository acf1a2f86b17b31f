# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The statistic of the dispute: shown beside unrelated models, never part of the verdict."""

from audit.record.agreement_map import AgreementMap, MapControl, MapKind
from audit.record.said import Said
from audit.record.weights import Comparison, SpreadContext
from audit.report import blocks as b
from audit.report.figures.curves import CONTROLS, curves
from audit.report.figures.heat import heat, partners_of
from audit.report.figures.strip import STATISTICS, observed_samples, strips
from audit.report.page import Page, part
from audit.report.words.texts import amount, clip, short_name, told
from audit.report.words.wording import paragraph
from audit.text.numbers import decimal

_ONE_DRAWN = Said(
    "Charts and maps are drawn of the reference with the strongest evidence; the numbers of the"
    " others are in record.json."
)


def context(page: Page) -> b.Section:
    """Return the spread of the weights beside each reference, or why it is not drawn."""
    nothing = Said("No weights were compared.")
    return part(
        "context",
        Said("Context, not evidence"),
        b.Paragraph(paragraph("context.warning") if page.compared else nothing, "lead"),
        *(_beside(c, drawn=c is page.compared[0]) for c in page.compared),
        b.note(_ONE_DRAWN) if len(page.compared) > 1 else None,
        heading=Said("context, not evidence: the spread of the weights"),
    )


def _beside(comparison: Comparison, *, drawn: bool = True) -> b.Section:
    spread, reference = comparison.spread, short_name(comparison.reference)
    strip, curve = (strips(spread, reference), curves(spread, reference)) if drawn else (None, None)
    return b.Section(
        b.present(
            b.Heading(Said("Per layer, beside {reference}", reference=reference)),
            b.Paragraph(_note(spread), "lead"),
            None if strip is None else b.Figure(strip, _strips_caption(spread)),
            *(maps(comparison, MapKind.EXPERTS) if drawn else ()),
            None if curve is None else b.Figure(curve, _curves_caption(spread)),
            b.note(_reason(spread)) if drawn and curve is None and spread.curves else None,
        ),
        kind="context",
    )


def maps(comparison: Comparison, kind: MapKind) -> tuple[b.Block, ...]:
    """Return the maps of one kind, each beside its control."""
    drawn = (m for m in comparison.maps if m.values and m.control and m.kind is kind)
    figures = tuple(_map(found, short_name(comparison.reference)) for found in drawn)
    if not comparison.maps_reason or kind is not MapKind.LAYERS:
        return figures
    reason = told(comparison.maps_reason, 200)
    return (*figures, b.note(Said("No map of the layers is drawn: {reason}.", reason=reason)))


def _map(found: AgreementMap, reference: str) -> b.Block:
    """Return a map; one on which nothing stands out is a sentence and no white picture."""
    if any(j >= 0 for j in partners_of(found)):
        return b.Figure(heat(found, reference), _map_caption(found))
    what = Said("experts" if found.kind is MapKind.EXPERTS else "layers")
    return b.note(
        Said(
            "No map of {what} is drawn: none of {all:count} agrees with any of {reference} more"
            " than {draws:count} random relabellings do.",
            what=what,
            all=len(found.rows),
            reference=reference,
            draws=found.draws,
        )
    )


def _map_caption(found: AgreementMap) -> b.Text:
    known = sum(j >= 0 for j in partners_of(found))
    what = Said("experts" if found.kind is MapKind.EXPERTS else "layers")
    how = (
        Said("an unrelated model, {name}", name=clip(found.control_name, 60))
        if found.control_kind is MapControl.UNRELATED
        else Said("the same two models under the first of these relabellings")
    )
    return (
        Said(
            "Agreement of the first rows of each matrix (roles: {roles:commas}).",
            roles=found.roles or ("–",),
        ),
        Said(
            "{known:count} of {all:count} {what} of the audited model have a partner that agrees "
            "more than anything in {draws:count} random relabellings of the reference’s internal "
            "dimensions, which reach {noise} %; the largest agreement is {best} %.",
            known=known,
            all=len(found.rows),
            what=what,
            draws=found.draws,
            noise=found.noise,
            best=max((v for row in found.values for v in row), default=0),
        ),
        Said("Right: the control, {how}.", how=how),
        Said("A relabelling of the internal dimensions was undone first.") if found.undone else "",
        Said("Evenly spread {what} are shown; there are more.", what=what) if found.thinned else "",
        Said(
            "A picture, not a test: rotated dimensions, reordered neurons and slices of a layer do "
            "not show in it."
        ),
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
