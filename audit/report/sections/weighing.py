# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""How the lines of evidence are weighed between the two propositions.

Support for either side is printed with the same size and place: two columns stand next to every
conclusion, whichever conclusion it is.
"""

from audit.record.assurance import Covered, Detectable
from audit.record.document import AuditRecord
from audit.record.said import Said
from audit.record.weights import Comparison, Evidence, Relation
from audit.report.blocks import (
    Block,
    Bullets,
    Column,
    Figure,
    Heading,
    Link,
    Paragraph,
    Section,
    Table,
    Text,
    bulleted,
    present,
)
from audit.report.figures.forest import forest
from audit.report.figures.strip import standings
from audit.report.outline import refer
from audit.report.page import Page, part
from audit.report.words import evidence, strength
from audit.report.words.texts import NO_VALUE, clip, prose, quoted, short_name, told
from audit.report.words.wording import band, method, wording
from audit.text.numbers import decimal, logarithm, share

_NOTHING = Said("No test that gave a number supports this side.")
_CONTROLS_LEAD = Said(
    "Children were planted in a part of the weights that were read, weaker and weaker. A test "
    "finds them from the correlation given here; “on all that was read” is the same by the test’s "
    "closed form, where it has one."
)
_FOREST = (
    "Left: how large the agreement is; the whisker ends at the 99 % upper bound. Right: how many "
    "orders of magnitude below one the probability by chance is, before correction; the scale "
    "grows closer to the right. Filled: at least very strong evidence on the scale of Annex "
    "{glossary}. Open: less. Triangle: the best of the control models, where a test is read "
    "against some. Grey: not used, and why. Parts only; the numbers stand in section {weights}."
)
_BAND = Said(
    "The grey band holds probabilities that settle nothing after correction for everything that "
    "was tried."
)
_STANDINGS = Said(
    "The tests that compare with a random relabelling of the internal dimensions. The grey curve "
    "is what chance gives; triangles are the largest values among pairs of models that were "
    "trained independently (docs/benchmark.md, calibration). An arrow leaves the axis."
)


def weighing(page: Page) -> Section:
    """Return one part per reference, then what several references show together."""
    nothing = Said("There is nothing to weigh: no weights were compared.")
    together = Said("Several references together")
    return part(
        "weighing",
        Said("Weighing the evidence"),
        None if page.compared else Paragraph(nothing),
        *(_reference(c, i, page) for i, c in enumerate(page.compared, start=1)),
        *bulleted(together, _relatives(page.record), level=3),
    )


def _reference(comparison: Comparison, index: int, page: Page) -> Section:
    title = Said("Between H1 and H2, for {reference}", reference=short_name(comparison.reference))
    return Section(
        present(
            Heading(title),
            *conclusion(comparison, page),
            lines(comparison, page),
            *_figures(comparison, page),
            Section(_sides(comparison), kind="pair sides", tag="div"),
            *_dependence(comparison),
            *assurance(comparison),
            *absent(comparison),
            *bulleted(Said("Limits of this comparison"), strength.limits(comparison)),
        ),
        id=f"reference-{index}",
        kind="reference",
    )


def conclusion(comparison: Comparison, page: Page) -> tuple[Block, ...]:
    """Say the probability with its grade, and how often the method was wrong."""
    said = strength.probability(comparison.log10_p, comparison.p_kind)
    return (
        Paragraph((*said, strength.grade(comparison, page.texts))),
        Paragraph(strength.error(comparison, page.texts.rates)),
    )


def lines(comparison: Comparison, page: Page) -> Table:
    """Return one row per line: its strongest result, parts before single kinds of tensor."""
    first: dict[str, Evidence] = {}
    for row in evidence.computed(comparison):
        first.setdefault(row.test, row)
    columns = (
        Column(Said("Line"), "test"),
        Column(Said("Strongest in"), "kind"),
        Column("log₁₀ p", "log", number=True),
        Column(Said("Size"), "log", number=True),
        Column(Said("Probability"), "kind"),
        Column(Said("Evidence"), "sev"),
        Column(Said("Reads")),
    )
    rows = tuple(
        (
            Link(evidence.test_name(e), f"line-{e.test}"),
            evidence.part(e),
            evidence.number(evidence.capped(e), logarithm),
            evidence.number(e.effect, share),
            prose(wording().warrants[e.p_kind.value].label),
            evidence.reading(e, comparison, page.texts.populations),
            prose(method(e.test).reads),
        )
        for e in first.values()
    )
    return Table(columns, rows, "grid small", wide=True)


def _figures(comparison: Comparison, page: Page) -> tuple[Block, ...]:
    reference, thresholds = short_name(comparison.reference), page.thresholds
    drawn = forest(comparison, reference, thresholds)
    standing = standings(comparison, reference, page.texts.nulls)
    return present(
        Figure(drawn, (refer(_FOREST), _BAND if thresholds else "")) if drawn else None,
        Figure(standing, _STANDINGS) if standing else None,
    )


def _sides(comparison: Comparison) -> tuple[Block, ...]:
    sides = (
        (Said("What supports H1 (not independent)"), speaking(comparison)),
        (Said("What supports H2 (independent)"), silent(comparison)),
    )
    return tuple(
        Section((Heading(heading, 4), Bullets(items)), kind="box", tag="div")
        for heading, items in sides
    )


def speaking(comparison: Comparison) -> tuple[Said, ...]:
    """List what is improbable under H2: it supports H1."""
    return _per_test(_graded(comparison, silent=False)) or (_NOTHING,)


def silent(comparison: Comparison) -> tuple[Said, ...]:
    """List what stayed within chance, then what bounds the agreement: it supports H2."""
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


def _dependence(comparison: Comparison) -> tuple[Block, ...]:
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
    return bulleted(heading, (*map(prose, wording().combination), *repeated))


def assurance(comparison: Comparison) -> tuple[Block, ...]:
    """Return the positive control and the certificate, where the comparison has them."""
    columns = (
        Column(Said("Test"), "name"),
        Column(Said("Where"), "mid"),
        Column(Said("Planted child")),
        Column(Said("Found from"), "num", number=True, breaks=True),
        Column(Said("On all that was read"), "num", number=True),
    )
    table = Table(columns, tuple(map(_control, comparison.power)), "grid small stack")
    seen = Said("Would a child of this reference have been seen?")
    controls = (Heading(seen, 4), Paragraph(_CONTROLS_LEAD), table) if comparison.power else ()
    return (*controls, *bulleted(Said("What this negative covers"), _covers(comparison)))


def _control(control: Detectable) -> tuple[Text, ...]:
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
            Said("{role} {upper:upper-share}", role=clip(b.role, 40), upper=b.upper)
            for b in found.bounds
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


def absent(comparison: Comparison) -> tuple[Block, ...]:
    """Return the tests without a result, and why."""
    columns = (
        Column(Said("Test and place"), "half"),
        Column(Said("Outcome"), "mid"),
        Column(Said("Reason")),
    )
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
    return Heading(Said("Tests without a result"), 4), Table(columns, rows, "grid small stack")


def _relatives(record: AuditRecord) -> tuple[str, ...]:
    """Say what several related references show together; nothing where there are not two."""
    found = record.relatives
    if found is None:
        return ()
    if found.reason is not None:
        reason = told(found.reason, 300)
        return (Said("They were not looked at together: {reason}.", reason=reason),)
    nothing = Said(
        "No mixture of these references explains the audited model better than one of them, and "
        "none of the models visibly lies between two others."
    )
    return tuple(told(sentence, 500) for sentence in found.sentences) or (nothing,)
