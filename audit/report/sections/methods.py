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
from audit.report.words.wording import AlternativeWords, method, paragraph, wording
from audit.text.numbers import share, upper_share

_NOT_PRINTED = Said("Not printed: the record does not hold them.")


def methods(page: Page) -> b.Section:
    """Describe the tests that gave a number, once, and how often the method was wrong."""
    record, texts = page.record, page.texts
    computed = _computed(record)
    read = tuple(p for p in texts.populations if p.test in computed)
    warrants: tuple[tuple[b.Text, b.Cell], ...] = tuple(
        (prose(w.label), prose(w.meaning)) for w in wording().warrants.values()
    )
    seed = Said("The random seed is {seed}.", seed=str(record.options.seed))
    columns = {
        "Test": "owner",
        "Measures; its size": "explain",
        "Null hypothesis": "mid",
        "Survives; misled by, or blind to": "",
    }
    explanations = {"Explanation": "explain", "Examined": "sev", "How far": ""}
    explained = tuple(_alternative(a, record) for a in wording().alternatives)
    used = tuple(_test(test, version) for test, version in _used(record))
    return part(
        "methods",
        Said("Tests and error rates"),
        b.Paragraph((paragraph("methods.lead"), seed, _unused(record))),
        b.Table(columns, used, "grid stack small"),
        b.Heading(Said("How often the method was wrong")),
        *(_rates(texts.rates, read) if texts.rates else (b.Paragraph(_NOT_PRINTED),)),
        b.Heading(Said("What each kind of probability is worth")),
        b.Facts(warrants),
        b.Heading(Said("Other explanations, and whether they were examined")),
        b.Table(explanations, explained, "grid stack small"),
        heading=Said("tests and error rates"),
    )


def _test(test: str, version: int) -> tuple[b.Cell, ...]:
    text = method(test)
    effect = Said("The {what}.", what=prose(text.effect))
    blind = Said("Misled by, or blind to: {what}", what=prose(text.blind_to))
    return (
        b.Lines((b.Strong(prose(text.name)), b.Code(f"{test} {version}"))),
        (prose(text.statistic), Said("Size: {what}", what=effect)),
        prose(text.null),
        b.Lines((prose(text.survives), blind)),
    )


def _computed(record: AuditRecord) -> set[str]:
    rows = (e for c in record.comparisons for e in c.evidence)
    return {e.test for e in rows if e.outcome is Outcome.COMPUTED}


def _used(record: AuditRecord) -> tuple[tuple[str, int], ...]:
    """Return the tests with a result, and their versions."""
    computed = _computed(record)
    return tuple(item for item in sorted(record.tool.battery.items()) if item[0] in computed)


def _unused(record: AuditRecord) -> str:
    """Count the tests of the battery that had no part."""
    computed = _computed(record)
    left = sum(test not in computed for test in record.tool.battery)
    if left == len(record.tool.battery):
        return Said("No weight test gave a result in this audit.")
    if not left:
        return ""
    return Said("{tests} had nothing to decide here.", tests=amount(left, "other test"))


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
        b.note(_versions(rates)),
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


def _versions(rates: tuple[ErrorRate, ...]) -> tuple[b.Text, ...]:
    """Say by which version of the decision rule each was counted, those of one together."""
    counted: dict[Said, dict[Said, None]] = {}
    for rate in rates:
        if rate.counted is not None:
            counted.setdefault(rate.counted, {})[rate.what] = None
    return tuple(
        Said("Counted {how}: {what:semicolons}.", how=how, what=tuple(what))
        for how, what in counted.items()
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


def limits(page: Page) -> b.Section:
    """Return every limit once, with those on any direction first, and what else could explain."""
    directed = (strength.main_limit(c) for c in page.compared if c.direction)
    held = page.record.limits
    said = {one for limit in held for one in (limit, prose(limit).arguments.get("limit"))}
    own = (told(limit, 600) for limit in held)
    more = (told(limit, 600) for c in page.compared for limit in c.limits if limit not in said)
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
    return part(
        "limits",
        Said("Limits"),
        b.Bullets(tuple(dict.fromkeys((*directed, *own, *more, *standing)))),
        b.Heading(Said("Not asked")),
        b.Bullets(tuple(refer(line) for line in wording().out_of_scope)),
        b.Heading(Said("What would change it")),
        b.Bullets(tuple(refer(change) for change in wording().change)),
        heading=Said("Limits, and what would change this conclusion"),
    )


def _alternative(words: AlternativeWords, record: AuditRecord) -> tuple[b.Text, ...]:
    wanted, total = set(words.tested_by), len(record.comparisons)
    done = sum(
        any(e.test in wanted and e.outcome is Outcome.COMPUTED for e in c.evidence)
        for c in record.comparisons
    )
    status = Said("Not tested")
    remark = Said("No test that speaks to this gave a result in this audit.")
    if not wanted:
        status, remark = Said("Not testable from weights"), prose(words.untestable)
    elif done:
        status, remark = prose(words.examined), prose(words.tested)
        if done < total:
            status = Said(
                "{examined} for {done} of {total} references",
                examined=status,
                done=done,
                total=total,
            )
    explained = (b.Strong(Said("{name}.", name=prose(words.name))), prose(words.text))
    return explained, status, remark
