# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What was found against each reference, part by part, and what each test measures and found."""

from audit.record.agreement_map import MapKind
from audit.record.document import AuditRecord
from audit.record.said import Said
from audit.record.weights import Comparison, Relation
from audit.report import blocks as b
from audit.report.page import Page, part
from audit.report.sections.context import maps
from audit.report.sections.lineage import lineage
from audit.report.sections.weighing import conclusion, covered, relatives, weighed
from audit.report.words import evidence, strength
from audit.report.words.texts import amount, clip, prose, sentence, short_name, told
from audit.report.words.wording import wording
from audit.text.numbers import share

_REASONS = 260
_DOES_NOT_APPLY = Said("Does not apply: no shared weights were found.")


def weights(page: Page) -> b.Section:
    """Return one part per reference, then what several show together, and declared parents."""
    nothing = Said(
        "No weights were compared. This report says nothing about where the weights come from."
    )
    together = Said("Several references together")
    return part(
        "weights",
        Said("Weight evidence"),
        None if page.compared else b.Paragraph(nothing),
        *(_comparison(c, page) for c in page.compared),
        *b.bulleted(together, relatives(page.record), level=3),
        *lineage(page),
        *not_run(page.record, Said("What"), Said("Comparisons and stages that did not run")),
    )


def not_run(record: AuditRecord, what: str, heading: str = "") -> tuple[b.Block, ...]:
    """Return what did not run, and why."""
    rows = tuple((told(n.what, 160), told(n.reason, 300)) for n in record.not_run)
    table = b.reasons(rows, what, Said("Reason"))
    return b.present(b.Heading(heading) if rows else None, table)


def _comparison(comparison: Comparison, page: Page) -> b.Section:
    said = (
        b.Strong(Said("{label}.", label=strength.label(comparison))),
        strength.verdict(comparison),
    )
    sides = b.Section(weighed(comparison), kind="pair sides", tag="div")
    return b.Section(
        b.present(
            b.Heading(
                Said("Compared with {reference}", reference=short_name(comparison.reference))
            ),
            b.Paragraph(said, "finding-line"),
            b.Paragraph(told(comparison.summary, 600)),
            *conclusion(comparison, page),
            facts(comparison),
            components(comparison),
            sides,
            *covered(comparison),
            *(maps(comparison, MapKind.LAYERS) if comparison is page.compared[0] else ()),
        ),
        kind="reference",
    )


def facts(comparison: Comparison) -> b.Facts:
    """Return what was compared, how the one was made from the other, and which came first."""
    names = clip(comparison.family_suspect, 60), clip(comparison.family_reference, 60)
    families: str = Said("{suspect} and {reference}", suspect=names[0], reference=names[1])
    if names[0] == names[1]:
        families = Said("{family}, both", family=names[0])
    return b.Facts(
        (
            (Said("Compared"), _coverage(comparison)),
            (Said("Architectures"), families),
            (Said("Kind of change"), _kind(comparison)),
            (Said("Direction"), _direction(comparison)),
        )
    )


def _coverage(comparison: Comparison) -> b.Text:
    """Say how much was compared, in tensors where the record counts them, and in parameters."""
    paired = comparison.tensors_paired
    tensors = amount(paired + len(comparison.tensors_unpaired), "tensor")
    return (
        Said("{paired:count} of {tensors} compared.", paired=paired, tensors=tensors)
        if paired
        else "",
        Said(
            "{share:share} of the audited model’s parameters were paired.",
            share=comparison.coverage,
        ),
        Said("{size:size} read.", size=comparison.bytes_read),
    )


def _kind(comparison: Comparison) -> b.Text:
    if comparison.kind is None:
        unrelated = comparison.relation is Relation.NO_SHARED_WEIGHTS
        return _DOES_NOT_APPLY if unrelated else Said("The weights do not say.")
    kind = comparison.kind
    if not kind.also:
        return sentence(kind.kind), told(kind.sentence, 400)
    also = Said(
        "{kind} (also {others:commas}).",
        kind=prose(kind.kind.capitalize()),
        others=tuple(map(prose, kind.also)),
    )
    return also, told(kind.sentence, 400)


def _direction(comparison: Comparison) -> b.Text:
    if comparison.direction:
        basis = strength.direction_basis(comparison)
        way = strength.direction(comparison)
        if isinstance(way, Said) and way.message[:1].islower():
            way = Said(f"{way.message[:1].upper()}{way.message[1:]}", **way.arguments)
        return Said("{way}: {basis}.", way=way, basis=basis)
    if comparison.relation is Relation.NO_SHARED_WEIGHTS:
        return _DOES_NOT_APPLY
    said = tuple(told(reason, _REASONS) for reason in comparison.direction_reasons)
    return said or Said("The weights do not say which of the two came first.")


def components(comparison: Comparison) -> b.Table:
    """Return the conclusion for each part of the model."""
    columns = {
        "Part": "name",
        "Relation": "",
        "Correlation": "num num",
        "By chance": "mid num",
        "Probability is": "mid",
    }
    rows = tuple(
        (
            evidence.part_name(c.name),
            strength.label(c),
            evidence.number(evidence.correlation(comparison, c.name), share),
            strength.odds(c),
            prose(wording().warrants[c.p_kind.value].label),
        )
        for c in comparison.components
    )
    return b.Table(columns, rows, "grid keep", wide=True)
