# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""How the lines of evidence are weighed between the propositions.

Support for either side is printed with the same size and place: two columns stand next to every
conclusion, whichever conclusion it is.
"""

from audit.record.assurance import Covered, Detectable
from audit.record.document import AuditRecord
from audit.record.said import Said
from audit.record.weights import Comparison, Evidence, Relation
from audit.report import blocks as b
from audit.report.figures.forest import forest
from audit.report.figures.strip import standings
from audit.report.page import Page, part
from audit.report.words import evidence, strength
from audit.report.words.texts import NO_VALUE, clip, prose, quoted, short_name, told
from audit.report.words.wording import band, method, paragraph, wording
from audit.text.numbers import decimal, logarithm, share

_NOTHING = Said("No test that gave a number supports this side.")


def weighing(page: Page) -> b.Section:
    """Return one part per reference, then what several references show together."""
    nothing = Said("There is nothing to weigh: no weights were compared.")
    together = Said("Several references together")
    return part(
        "weighing",
        Said("Weighing the evidence"),
        None if page.compared else b.Paragraph(nothing),
        *(_reference(c, i, page) for i, c in enumerate(page.compared, start=1)),
        *b.bulleted(together, _relatives(page.record), level=3),
    )


def _reference(comparison: Comparison, index: int, page: Page) -> b.Section:
    title = Said(
        "Between H1, H2 and H3, for {reference}", reference=short_name(comparison.reference)
    )
    return b.Section(
        b.present(
            b.Heading(title),
            *conclusion(comparison, page),
            lines(comparison, page),
            *_figures(comparison, page),
            b.Section(_sides(comparison), kind="pair sides", tag="div"),
            *_dependence(comparison),
            *assurance(comparison),
            *absent(comparison),
            *b.bulleted(Said("Limits of this comparison"), strength.limits(comparison)),
        ),
        id=f"reference-{index}",
        kind="reference",
    )


def conclusion(comparison: Comparison, page: Page) -> tuple[b.Block, ...]:
    """Say the probability with its grade, and how often the method was wrong."""
    said = strength.probability(comparison.log10_p, comparison.p_kind)
    return (
        b.Paragraph((*said, strength.grade(comparison, page.texts))),
        b.Paragraph(strength.error(comparison, page.texts.rates)),
    )


def lines(comparison: Comparison, page: Page) -> b.Table:
    """Return one row per line: its strongest result, parts before single kinds of tensor."""
    first: dict[str, Evidence] = {}
    for row in evidence.computed(comparison):
        first.setdefault(row.test, row)
    columns = {
        "Line": "test",
        "Strongest in": "kind",
        "log₁₀ p": "log num",
        "Size": "log num",
        "Probability": "kind",
        "Evidence": "sev",
        "Reads": "",
    }
    rows = tuple(
        (
            b.Link(evidence.test_name(e), f"line-{e.test}"),
            evidence.part(e),
            evidence.number(evidence.capped(e), logarithm),
            evidence.number(e.effect, share),
            prose(wording().warrants[e.p_kind.value].label),
            evidence.reading(e, comparison, page.texts.populations),
            prose(method(e.test).reads),
        )
        for e in first.values()
    )
    return b.Table(columns, rows, "grid small", wide=True)


def _figures(comparison: Comparison, page: Page) -> tuple[b.Block, ...]:
    reference, thresholds = short_name(comparison.reference), page.thresholds
    drawn = forest(comparison, reference, thresholds)
    standing = standings(comparison, reference, page.texts.nulls)
    band_words = paragraph("weighing.band") if thresholds else ""
    return b.present(
        b.Figure(drawn, (paragraph("weighing.forest"), band_words)) if drawn else None,
        b.Figure(standing, paragraph("weighing.standings")) if standing else None,
    )


def _sides(comparison: Comparison) -> tuple[b.Block, ...]:
    sides = (
        (Said("What supports H1 or H2 (dependent)"), speaking(comparison)),
        (Said("What supports H3 (independent)"), silent(comparison)),
    )
    return tuple(
        b.Section((b.Heading(heading, 4), b.Bullets(items)), kind="box", tag="div")
        for heading, items in sides
    )


def speaking(comparison: Comparison) -> tuple[Said, ...]:
    """List what is improbable under H3: it supports H1 or H2, and does not tell them apart."""
    return _per_test(_graded(comparison, silent=False)) or (_NOTHING,)


def silent(comparison: Comparison) -> tuple[Said, ...]:
    """List what stayed within chance, then what bounds the agreement: it supports H3."""
    chosen = _graded(comparison, silent=True)
    parts = (e for e in chosen if not evidence.is_single_role(e))
    bounds = [e.effect_upper for e in parts if e.effect_upper is not None]
    said = _per_test(chosen)
    if bounds and comparison.relation is Relation.NO_SHARED_WEIGHTS:
        bound = Said(
            "Where a test bounds the agreement, it is at most {bound:upper-share}.",
            bound=max(bounds),
        )
        said = (*said, bound)
    return said or (_NOTHING,)


def _graded(comparison: Comparison, *, silent: bool) -> list[Evidence]:
    graded = filter(evidence.is_graded, evidence.computed(comparison))
    return [e for e in graded if band(e.log10_p or 0.0).silent is silent]


def _per_test(chosen: list[Evidence]) -> tuple[Said, ...]:
    """Say in one line per test and grade where it gave that grade.

    A part speaks for its own kinds of tensor where they gave the same grade.
    """
    places: dict[tuple[str, str], dict[str, str]] = {}
    for row in chosen:
        key = (method(row.test).name, band(row.log10_p or 0.0).grade)
        listed = places.setdefault(key, {})
        if row.scope.partition("/")[0] not in listed:
            listed[row.scope] = evidence.part(row)
    return tuple(
        Said(
            "{test} ({places:commas}): {grade}.",
            test=prose(name),
            places=tuple(where.values()),
            grade=prose(grade),
        )
        for (name, grade), where in places.items()
    )


def _dependence(comparison: Comparison) -> tuple[b.Block, ...]:
    """Say how lines become one figure, and name those that read the same tensors."""
    reading_same: dict[str, dict[str, None]] = {}
    for row in evidence.computed(comparison):
        text = method(row.test)
        reading_same.setdefault(text.reads, {})[text.name] = None
    if not reading_same:
        return ()
    repeated = (
        Said(
            "These lines read the same tensors ({reads}) and repeat each other: "
            "{names:semicolons}.",
            reads=prose(reads),
            names=tuple(map(prose, names)),
        )
        for reads, names in reading_same.items()
        if len(names) > 1
    )
    heading = Said("How lines become one figure, and what repeats what")
    return b.bulleted(heading, (*map(prose, wording().combination), *repeated))


def assurance(comparison: Comparison) -> tuple[b.Block, ...]:
    """Return the positive control and the certificate, where the comparison has them."""
    columns = {
        "Test": "name",
        "Where": "mid",
        "Planted child": "",
        "Found from": "num num any",
        "On all that was read": "num num",
    }
    table = b.Table(columns, tuple(map(_control, comparison.power)), "grid small stack")
    seen = Said("Would a child of this reference have been seen?")
    controls = (
        (b.Heading(seen, 4), b.Paragraph(paragraph("weighing.controls_lead")), table)
        if comparison.power
        else ()
    )
    return (*controls, *b.bulleted(Said("What this negative covers"), _covers(comparison)))


def _control(control: Detectable) -> tuple[b.Text, ...]:
    reason = told(control.reason, 120) if control.reason else NO_VALUE
    return (
        prose(method(control.test).name),
        evidence.part_name(control.scope),
        told(control.how, 120),
        reason if control.planted is None else decimal(control.planted),
        evidence.number(control.smallest, decimal),
    )


def _covers(comparison: Comparison) -> tuple[Said, ...]:
    """Return the certificate in sentences; nothing where there is none."""
    found = comparison.certificate
    if found is None:
        return ()
    said = []
    if found.bounds:
        bounds = tuple(
            Said("{role} {upper:upper-share}", role=clip(bound.role, 40), upper=bound.upper)
            for bound in found.bounds
        )
        said.append(
            Said(
                "With 99 % confidence the weights, as stored, correlate with the reference’s by no "
                "more than, role by role: {bounds:commas}.",
                bounds=bounds,
            )
        )
    if found.covered:
        said.append(
            Said(
                "Changes that a test of this run sees through, with the correlation from which on: "
                "{changes:semicolons}.",
                changes=tuple(map(_change, found.covered)),
            )
        )
    if found.open:
        said.append(
            Said(
                "Changes that no test of this run sees through: {changes:semicolons}.",
                changes=tuple(map(_change, found.open)),
            )
        )
    names = tuple(map(quoted, found.references)) or (NO_VALUE,)
    about = Said("The statement is about {names:commas} and no other model.", names=names)
    return (*said, about)


def _change(change: Covered) -> str:
    what = told(change.what, 80)
    if change.found_from is None:
        return what
    return Said("{what} ({least:decimal})", what=what, least=change.found_from)


def absent(comparison: Comparison) -> tuple[b.Block, ...]:
    """Return the tests without a result, and why."""
    columns = {"Test and place": "half", "Outcome": "mid", "Reason": ""}
    rows = tuple(
        (
            Said("{test}, {place}", test=evidence.test_name(e), place=evidence.scope(e)),
            evidence.OUTCOMES[e.outcome],
            told(e.reason or "", 300),
        )
        for e in comparison.evidence
        if e.outcome in evidence.OUTCOMES
    )
    if not rows:
        return ()
    return b.Heading(Said("Tests without a result"), 4), b.Table(columns, rows, "grid small stack")


def _relatives(record: AuditRecord) -> tuple[str, ...]:
    """Say what several related references show together; nothing where there are not two."""
    found = record.relatives
    if found is None:
        return ()
    if found.reason is not None:
        reason = told(found.reason, 300)
        return (Said("They were not looked at together: {reason}.", reason=reason),)
    return tuple(told(sentence, 500) for sentence in found.sentences) or (
        paragraph("weighing.nothing"),
    )
