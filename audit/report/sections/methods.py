# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""How often the method was wrong, what it rests on, which tests had no part, and the limits."""

from audit.record.document import AuditRecord
from audit.record.said import Said
from audit.record.texts import ErrorRate, Population
from audit.record.weights import Outcome
from audit.report import blocks as b
from audit.report.outline import refer
from audit.report.page import Page, part
from audit.report.words import strength
from audit.report.words.intervals import clopper_pearson
from audit.report.words.texts import amount, prose, sentence, told
from audit.report.words.wording import method, paragraph, wording
from audit.text.numbers import as_it_stands, share, upper_share

_NOT_PRINTED = Said("Not printed: the record does not hold them.")
_UNUSED_LEAD = Said(
    "A test is not called for where others have decided, or where what it works on is not there."
)


def methods(page: Page) -> b.Section:
    """Describe the battery, its parameters, and how often it was wrong."""
    record, texts = page.record, page.texts
    warrants: tuple[tuple[b.Text, b.Cell], ...] = tuple(
        (prose(w.label), prose(w.meaning)) for w in wording().warrants.values()
    )
    seed = Said("The random seed is {seed}.", seed=str(record.options.seed))
    return part(
        "methods",
        Said("Methods"),
        b.Paragraph((paragraph("methods.lead"), seed, _used(record), paragraph("methods.shipped"))),
        b.Heading(Said("How often the method was wrong")),
        *(_rates(texts.rates, texts.populations) if texts.rates else (b.Paragraph(_NOT_PRINTED),)),
        b.Heading(Said("What each kind of probability is worth")),
        b.Facts(warrants),
        b.Heading(Said("Thresholds of the decision rule")),
        *_thresholds(page.thresholds),
        *_unused(record),
    )


def _computed(record: AuditRecord) -> set[str]:
    rows = (e for c in record.comparisons for e in c.evidence)
    return {e.test for e in rows if e.outcome is Outcome.COMPUTED}


def _used(record: AuditRecord) -> Said:
    computed, battery = _computed(record), sorted(record.tool.battery.items())
    named = tuple(f"{test} {version}" for test, version in battery if test in computed)
    if not named:
        return Said("No weight test gave a result in this audit.")
    return refer(
        "Tests with a result, by name and version, explained in section {weights}: {tests:commas}.",
        tests=named,
    )


def _rates(
    rates: tuple[ErrorRate, ...], populations: tuple[Population, ...]
) -> tuple[b.Block, ...]:
    columns = {
        "What went wrong": "",
        "Counted": "num num",
        "Rate, 95 % interval": "mid",
        "Of": "half",
    }
    controls: tuple[tuple[b.Text, b.Cell], ...] = tuple(map(_population, populations))
    title = Said("Controls of the tests without an exact null:") if controls else ""
    return (
        b.Paragraph(paragraph("methods.rates_lead"), "lead"),
        b.Table(columns, tuple(map(_rate, rates)), "grid stack small"),
        b.note(title, "note lead"),
        b.Facts(controls),
    )


def _rate(rate: ErrorRate) -> tuple[b.Text, ...]:
    lower, upper = clopper_pearson(rate.errors, rate.of)
    return (
        Said("{what:sentence}", what=rate.what),
        Said("{errors} of {trials}", errors=rate.errors, trials=rate.of),
        Said("{lower} to {upper}", lower=share(lower), upper=upper_share(upper)),
        sentence(rate.population),
    )


def _population(population: Population) -> tuple[b.Text, b.Text]:
    return prose(method(population.test).name), (
        Said(
            "{comparisons} of controls: {models}.",
            comparisons=amount(population.controls, "comparison"),
            models=prose(population.models),
        ),
        Said("Architectures: {families:commas}.", families=population.families or ("–",)),
        Said("A model of another architecture is marked as not calibrated."),
    )


def _thresholds(found: dict[str, float]) -> tuple[b.Block, ...]:
    if not found:
        return (b.Paragraph(_NOT_PRINTED),)
    items: tuple[b.Text, ...] = tuple(
        (name.replace("_", " "), b.Code(as_it_stands(value))) for name, value in found.items()
    )
    return (
        b.Bullets(items, "columns"),
        b.note(Said("“alpha” values are log₁₀ of a corrected probability.")),
    )


def _unused(record: AuditRecord) -> tuple[b.Block, ...]:
    computed = _computed(record)
    rows = tuple(
        _unused_test(test, version, record)
        for test, version in sorted(record.tool.battery.items())
        if test not in computed
    )
    if not rows:
        return ()
    columns = {"Test": "name", "Why it gave no number": "name", "What it could not have seen": ""}
    return (
        b.Heading(Said("Tests that had no part")),
        b.Paragraph(_UNUSED_LEAD, "note lead"),
        b.Table(columns, rows, "grid stack small"),
    )


def _unused_test(test: str, version: int, record: AuditRecord) -> tuple[b.Cell, ...]:
    rows = (e for c in record.comparisons for e in c.evidence if e.test == test)
    reasons = list(dict.fromkeys(e.reason for e in rows if e.reason))
    said = tuple(sentence(told(reason, 160)) for reason in reasons[:2])
    name = b.Lines((prose(method(test).name), b.Code(f"{test} {version}")))
    return name, said or Said("Not called for."), prose(method(test).blind_to)


def limits(page: Page) -> b.Section:
    """Return the limits of the whole audit, with those on any direction first."""
    directed = dict.fromkeys(strength.main_limit(c) for c in page.compared if c.direction)
    standing = (
        Said(
            "Agreement between weights says that values are shared. By itself it does not say "
            "which model came first, and it never says who did what, under which agreement, or "
            "with what intention."
        ),
        Said(
            "Absence of agreement is not independence: training on another model’s outputs, "
            "training on the same data, and full re-initialisation leave no trace in weights."
        ),
    )
    own = (told(limit, 600) for limit in page.record.limits)
    return part(
        "limits",
        Said("Limits"),
        b.Bullets((*directed, *own, *standing)),
        b.Heading(Said("What would change it")),
        b.Bullets(tuple(refer(change) for change in wording().change)),
        b.Paragraph(paragraph("methods.answer"), "standing"),
        heading=Said("Limits, and what would change this conclusion"),
    )
