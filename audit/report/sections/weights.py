# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What was found against each reference, part by part, and what each test measures and found."""

from audit.record.agreement_map import AgreementMap, MapControl, MapKind
from audit.record.document import AuditRecord
from audit.record.said import Said
from audit.record.weights import Comparison, Evidence, Relation
from audit.report import blocks as b
from audit.report.figures.heat import heat, partners_of
from audit.report.page import Page, part
from audit.report.sections.context import context
from audit.report.words import evidence, strength
from audit.report.words.texts import NO_VALUE, amount, clip, prose, sentence, short_name, told
from audit.report.words.wording import method, paragraph, wording
from audit.text.numbers import count, decimal, logarithm, share, upper_share

_ROWS, _ROLES, _REASONS = 24, 12, 260
_DOES_NOT_APPLY = Said("Does not apply: no shared weights were found.")


def weights(page: Page) -> b.Section:
    """Return one part per reference, then one per line of evidence, then the context."""
    lines = _lines(page)
    nothing = Said(
        "No weights were compared. This report says nothing about where the weights come from."
    )
    compared = page.compared
    return part(
        "weights",
        Said("Weight evidence"),
        None if compared else b.Paragraph(nothing),
        *map(_comparison, compared),
        b.Heading(Said("Lines of evidence")) if lines else None,
        b.Paragraph(paragraph("weights.lead"), "lead") if lines else None,
        *lines,
        *map(context, compared),
        *not_run(page.record, Said("What"), Said("Comparisons and stages that did not run")),
    )


def not_run(record: AuditRecord, what: str, heading: str = "") -> tuple[b.Block, ...]:
    """Return what did not run, and why."""
    rows = tuple((told(n.what, 160), told(n.reason, 300)) for n in record.not_run)
    table = b.reasons(rows, what, Said("Reason"))
    return b.present(b.Heading(heading) if rows else None, table)


def _comparison(comparison: Comparison) -> b.Section:
    said = (
        b.Strong(Said("{label}.", label=strength.label(comparison))),
        strength.verdict(comparison),
    )
    return b.Section(
        b.present(
            b.Heading(
                Said("Compared with {reference}", reference=short_name(comparison.reference))
            ),
            b.Paragraph(said, "finding-line"),
            b.Paragraph(told(comparison.summary, 600)),
            facts(comparison),
            b.Heading(Said("By part of the model"), 4) if comparison.components else None,
            components(comparison),
            *_maps(comparison),
        ),
        kind="reference",
    )


def facts(comparison: Comparison) -> b.Facts:
    """Return what was compared, how the one was made from the other, and which came first."""
    families = Said(
        "{suspect} and {reference}",
        suspect=clip(comparison.family_suspect, 60),
        reference=clip(comparison.family_reference, 60),
    )
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
        "log₁₀ p": "num num",
        "Size": "num num",
        "Probability is": "mid",
    }
    rows = tuple(
        (
            evidence.part_name(c.name),
            strength.label(c),
            evidence.number(c.log10_p, logarithm),
            evidence.number(c.effect, share),
            prose(wording().warrants[c.p_kind.value].label),
        )
        for c in comparison.components
    )
    return b.Table(columns, rows, "grid keep", wide=True)


def _maps(comparison: Comparison) -> tuple[b.Block, ...]:
    reference = short_name(comparison.reference)
    figures = tuple(
        b.Figure(heat(found, reference), _map_caption(found))
        for found in comparison.maps
        if found.values and found.control
    )
    if not comparison.maps_reason:
        return figures
    reason = told(comparison.maps_reason, 200)
    return (*figures, b.note(Said("No map of the layers is drawn: {reason}.", reason=reason)))


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


def _lines(page: Page) -> tuple[b.Section, ...]:
    """Return the tests that gave a result: the strongest line of the strongest reference first.

    A test is explained once, whatever the number of references, beside its own results.
    """
    order = dict.fromkeys(e.test for c in page.compared for e in evidence.computed(c))
    return tuple(_line(test, page) for test in order)


def _line(test: str, page: Page) -> b.Section:
    text, left = method(test), 0
    blocks: list[b.Block] = []
    kinds: dict[str, None] = {}
    for comparison in page.compared:
        found = [e for e in evidence.computed(comparison) if e.test == test]
        parts = [e for e in found if not evidence.is_single_role(e)]
        single = [e for e in found if evidence.is_single_role(e)]
        kinds |= dict.fromkeys(e.p_kind.value for e in found)
        left += len(parts[_ROWS:])
        if found:
            blocks += [_results(comparison, parts[:_ROWS], single, page), b.note(_roles(single))]
    more = Said("{n:count} more rows are in record.json.", n=left) if left else ""
    version = str(page.record.tool.battery.get(test, NO_VALUE))
    warrants = (sentence(wording().warrants[kind].label) for kind in kinds)
    effect = Said("The {what}.", what=prose(text.effect))
    terms = (
        (Said("Measures"), prose(text.statistic)),
        (Said("Null hypothesis"), prose(text.null)),
        (Said("Size is"), effect),
        (Said("Survives"), prose(text.survives)),
        (Said("Misled by, or blind to"), prose(text.blind_to)),
    )
    return b.Section(
        b.present(
            b.Heading(prose(text.name), 4),
            b.Paragraph((b.Code(test), version, "·", Said("probability:"), *warrants), "meta"),
            *blocks,
            b.note(more),
            b.Definitions(terms),
        ),
        id=f"line-{test}",
        kind="line",
        tag="article",
    )


def _results(
    comparison: Comparison, rows: list[Evidence], single: list[Evidence], page: Page
) -> b.Table:
    """Return the rows of one test; a part whose roles are told apart does not list them."""
    split = {e.scope.partition("/")[0] for e in single}
    reference = short_name(comparison.reference)
    columns = {
        Said("Where, against {reference}", reference=reference): "",
        "n": "n num any",
        "Statistic": "stat num",
        "log₁₀ p": "log num",
        "Size": "log num",
        "At most": "log num",
        "Evidence": "mid",
    }
    cells = tuple(
        (
            evidence.part(e) if e.scope in split else evidence.scope(e),
            NO_VALUE if e.n is None else count(e.n),
            evidence.number(e.statistic, decimal),
            evidence.number(evidence.capped(e), logarithm),
            evidence.number(e.effect, share),
            evidence.number(e.effect_upper, upper_share),
            evidence.reading(e, comparison, page.texts.populations),
        )
        for e in rows
    )
    return b.Table(columns, cells, "grid small", wide=True)


def _roles(single: list[Evidence]) -> str:
    """Say the sizes of single kinds of tensor in one sentence, the largest first."""
    sized = sorted((-e.effect, e.scope) for e in single if e.effect is not None)
    if not sized:
        return ""
    said = tuple(
        Said("{role} {size:share}", role=clip(scope.partition("/")[2], 40), size=-size)
        for size, scope in sized
    )
    left = len(said) - _ROLES
    if left > 0:
        return Said(
            "Size by kind of tensor: {sizes:commas} and {left:count} more in record.json.",
            sizes=said[:_ROLES],
            left=left,
        )
    return Said("Size by kind of tensor: {sizes:commas}.", sizes=said)
