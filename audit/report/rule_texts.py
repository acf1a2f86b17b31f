# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What the report quotes from ``rules/``, which is not in the record."""

from dataclasses import dataclass, field

from audit import resources, rules
from audit.record.document import AuditRecord
from audit.rules import CheckRule, ErrorRate, Population


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTexts:
    """Words and numbers of the rules that are installed where the report is rendered.

    ``checks`` maps check ids to their rules, ``thresholds`` are names and values of the weight
    decision rule, ``rates`` the measured error rates, ``populations`` the controls of the
    calibrated tests. ``same`` says whether these rules have the digest that the record names: if
    not, no number of them is printed, and ``rates`` is empty.
    """

    checks: dict[str, CheckRule] = field(default_factory=dict)
    thresholds: tuple[tuple[str, float], ...] = ()
    rates: tuple[ErrorRate, ...] = ()
    populations: tuple[Population, ...] = ()
    same: bool = True


def rule_texts(record: AuditRecord) -> RuleTexts:
    """Read from the installed ``rules/`` what the report quotes."""
    same = resources.digest(resources.tree("rules")) == record.tool.rules_sha256
    if not same:
        return RuleTexts(checks=rules.checks(), same=False)
    thresholds = rules.weight_thresholds().model_dump(exclude={"schema_version"})
    calibration = rules.calibration()
    return RuleTexts(
        checks=rules.checks(),
        thresholds=tuple(sorted(thresholds.items())),
        rates=calibration.rates,
        populations=calibration.populations,
    )
