# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a report quotes from the rules: it goes into the record when that is made."""

from collections import Counter
from collections.abc import Iterable

from audit.record.said import Said
from audit.record.texts import (
    CheckText,
    ErrorRate,
    FactsRead,
    Likeness,
    NullRate,
    Population,
    RuleTexts,
    Threshold,
)
from audit.rules.calibration import calibration
from audit.rules.check_rules import checks
from audit.rules.controls import likeness, null_rates
from audit.rules.license_table import STALE_AFTER_DAYS, license_facts, licenses
from audit.rules.thresholds import weight_thresholds


def _counted(section: str) -> Said | None:
    """Say by which version of the decision rule a section of the benchmark was counted."""
    made = next((m for m in calibration().measured if section in m.sections), None)
    if made is None:
        return None
    if not made.current:
        return Said("on {day} with an earlier decision rule", day=made.day.isoformat())
    return Said("on {day} with the decision rule of this version", day=made.day.isoformat())


def quoted(found: Iterable[str], owed_to: Iterable[str]) -> RuleTexts:
    """Return the words and numbers for findings of the checks ``found``.

    ``owed_to`` are ids of licences that ask something of the release.
    """
    known = checks()
    measured = calibration()
    thresholds = weight_thresholds().model_dump(exclude={"schema_version"})
    days = Counter(facts.status.verified.isoformat() for facts in licenses().values())
    named = ((id_, license_facts(id_)) for id_ in sorted(set(owed_to)))
    return RuleTexts(
        checks=tuple(
            CheckText(
                id=rule.id,
                why=Said.plain(rule.why),
                long_term=Said.plain(rule.long_term),
                owner=Said.plain(rule.owner),
                effort=Said.plain(rule.effort),
            )
            for rule in (known[check] for check in sorted(set(found)) if check in known)
        ),
        thresholds=tuple(
            Threshold(name=name, value=float(value)) for name, value in sorted(thresholds.items())
        ),
        rates=tuple(
            ErrorRate(
                what=Said.plain(rate.what),
                population=Said.plain(rate.population),
                concerns=rate.concerns,
                errors=rate.errors,
                of=rate.of,
                counted=_counted(rate.section),
            )
            for rate in measured.rates
        ),
        populations=tuple(
            Population(
                test=p.test, families=p.families, controls=p.controls, models=Said.plain(p.models)
            )
            for p in measured.populations
        ),
        nulls=tuple(
            NullRate(test=r.test, scope=r.scope, least_log10_p=r.least_log10_p)
            for r in null_rates()
        ),
        likeness=tuple(
            Likeness(what=Said.plain(known.what), sizes=known.sizes) for known in likeness()
        ),
        facts=tuple(FactsRead(on=day, rows=rows) for day, rows in sorted(days.items())),
        stale_after_days=STALE_AFTER_DAYS,
        licenses={id_: facts.name for id_, facts in named if facts is not None},
    )
