# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""How the lines of evidence are weighed between the propositions.

Support for either side is printed with the same size and place: two columns stand next to every
conclusion, whichever conclusion it is.
"""

from collections.abc import Iterator

from audit.record.assurance import Covered, Detectable
from audit.record.document import AuditRecord
from audit.record.said import Said
from audit.record.weights import Comparison, Evidence, Relation
from audit.report import blocks as b
from audit.report.page import Page, part
from audit.report.words import evidence, strength
from audit.report.words.texts import NO_VALUE, clip, prose, quoted, short_name, told
from audit.report.words.wording import band, method, paragraph, wording
from audit.text.numbers import count, decimal, logarithm, share, upper_share

_ROWS, _ROLES = 60, 12
_NOTHING = Said("No test that gave a number supports this side.")


def lines(page: Page) -> b.Section:
    """Return every result of every test, per reference, with how they become one figure."""
    nothing = Said("There is nothing to weigh: no weights were compared.")
    blocks = (block for c in page.compared for block in _reference(c, page))
    combined = b.bulleted(
        Said("How lines become one figure, and what repeats what"),
        (*map(prose, wording().combination), *_repeated(page.compared)),
    )
    return part(
        "lines",
        Said("Lines of evidence"),
        b.Paragraph(paragraph("weights.lead"), "lead") if page.compared else b.Paragraph(nothing),
        *blocks,
        *(combined if page.compared else ()),
        heading=Said("lines of evidence"),
    )


def _reference(comparison: Comparison, page: Page) -> tuple[b.Block, ...]:
    title = Said("Every test, against {reference}", reference=short_name(comparison.reference))
    single = [e for e in evidence.computed(comparison) if evidence.is_single_role(e)]
    return b.present(
        b.Heading(title),
        results(comparison, page),
        b.note(_roles(single)),
        *controls(comparison),
        *absent(comparison),
    )


def results(comparison: Comparison, page: Page) -> b.Table:
    """Return one row per test and part, the strongest test first; exponents stand here."""
    columns = {
        "Test": "name",
        "Part": "kind",
        "n": "n num any",
        "Statistic": "stat num",
        "log₁₀ p": "log num",
        "Size": "log num",
        "At most": "log num",
        "Evidence": "",
    }
    found = [e for e in evidence.computed(comparison) if not evidence.is_single_role(e)]
    order = list(dict.fromkeys(e.test for e in found))
    found.sort(key=lambda e: order.index(e.test))
    seen: set[str] = set()
    rows: list[tuple[b.Cell, ...]] = []
    for row in found[:_ROWS]:
        name = "" if row.test in seen else b.Link(evidence.test_name(row), "methods")
        seen.add(row.test)
        kind = prose(wording().warrants[row.p_kind.value].label)
        read = evidence.reading(row, comparison, page.texts.populations)
        graded = evidence.is_graded(row)
        rows.append(
            (
                name,
                evidence.part(row),
                NO_VALUE if row.n is None else count(row.n),
                evidence.number(row.statistic, decimal),
                evidence.number(evidence.capped(row), logarithm),
                evidence.number(row.effect, share),
                evidence.number(row.effect_upper, upper_share),
                Said("{evidence} ({kind})", evidence=read, kind=kind) if graded else read,
            )
        )
    return b.Table(columns, tuple(rows), "grid small", wide=True)


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


def conclusion(comparison: Comparison, page: Page) -> tuple[b.Block, ...]:
    """Say the probability with its grade, and once for all how often the method was wrong."""
    said = strength.chance(comparison)
    wrong = {strength.error(c, page.texts.rates): c for c in reversed(page.compared)}
    error = strength.error(comparison, page.texts.rates)
    return b.present(
        b.Paragraph((*said, strength.grade(comparison, page.texts))),
        b.Paragraph(error if wrong[error] is comparison else ""),
    )


def weighed(comparison: Comparison) -> tuple[b.Block, ...]:
    """Return what supports either side, at one size and side by side."""
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
    """List what stayed within chance, then what bounds the agreement: it supports H3.

    Where one test found dependence in a part, the silence of another there supports nothing: one
    step of training ends equality of values, and leaves all else.
    """
    spoken = {_part(row) for row in _graded(comparison, silent=False)}
    chosen = [row for row in _graded(comparison, silent=True) if _part(row) not in spoken]
    bounds: dict[str, float] = {}
    for row in chosen:
        if row.effect_upper is not None and not evidence.is_single_role(row):
            bounds[row.scope] = max(row.effect_upper, bounds.get(row.scope, 0.0))
    said = _per_test(chosen)
    if bounds and comparison.relation is Relation.NO_SHARED_WEIGHTS:
        parts = tuple(
            Said("{part} {bound:upper-share}", part=evidence.part_name(scope), bound=bound)
            for scope, bound in sorted(bounds.items())
        )
        said = (*said, Said("The agreement is at most: {parts:commas}.", parts=parts))
    return said or (_NOTHING,)


def _part(row: Evidence) -> str:
    return row.scope.partition("/")[0]


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
        if _part(row) not in listed:
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


def _repeated(compared: tuple[Comparison, ...]) -> Iterator[Said]:
    """Name the tests that read the same tensors."""
    reading_same: dict[str, dict[str, None]] = {}
    for row in (e for c in compared for e in evidence.computed(c)):
        text = method(row.test)
        reading_same.setdefault(text.reads, {})[text.name] = None
    for reads, names in reading_same.items():
        if len(names) > 1:
            yield Said(
                "These lines read the same tensors ({reads}) and repeat each other: "
                "{names:semicolons}.",
                reads=prose(reads),
                names=tuple(map(prose, names)),
            )


def assurance(comparison: Comparison) -> tuple[b.Block, ...]:
    """Return the positive control and the certificate, where the comparison has them."""
    return (*controls(comparison), *covered(comparison))


def covered(comparison: Comparison) -> tuple[b.Block, ...]:
    """Return what a negative covers, where there is one."""
    return b.bulleted(Said("What this negative covers"), _covers(comparison))


def controls(comparison: Comparison) -> tuple[b.Block, ...]:
    """Return the positive control, where the comparison has one."""
    columns = {
        "Test": "name",
        "Where": "mid",
        "Planted child": "",
        "Found from": "num num any",
        "On all that was read": "num num any",
    }
    if not comparison.power:
        return ()
    return (
        b.Heading(Said("Would a child of this reference have been seen?"), 4),
        b.Paragraph(paragraph("weighing.controls_lead")),
        b.Table(columns, tuple(map(_control, comparison.power)), "grid small stack"),
    )


def _control(control: Detectable) -> tuple[b.Text, ...]:
    reason = told(control.reason, 120) if control.reason else ""
    return (
        prose(method(control.test).name),
        evidence.part_name(control.scope),
        (told(control.how, 120), "" if not reason else Said("({reason})", reason=reason)),
        evidence.number(control.planted, decimal),
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


def relatives(record: AuditRecord) -> tuple[str, ...]:
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
