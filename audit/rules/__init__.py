# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Loads and validates ``rules/``: check texts, licence facts, policies, thresholds."""

from audit.rules.calibration import Calibration, ErrorRate, Population, calibration
from audit.rules.check_rules import CheckRule, checks
from audit.rules.controls import (
    NullRate,
    SpreadControl,
    SpreadNull,
    null_rates,
    spread_controls,
    spread_nulls,
)
from audit.rules.facts import (
    Clause,
    Downstream,
    LicenseFacts,
    Obligation,
    Restriction,
)
from audit.rules.license_table import (
    Aliases,
    aliases,
    ambiguous_licenses,
    license_facts,
    licenses,
)
from audit.rules.policies import Policy, policy
from audit.rules.prose import ProseWords, prose_words
from audit.rules.requirements import Requirement
from audit.rules.thresholds import (
    CodeSource,
    CodeSources,
    CodeThresholds,
    WeightThresholds,
    code_sources,
    code_thresholds,
    reserved_token,
    weight_thresholds,
)
from audit.rules.waivers import WaiverFile, waiver_file

__all__ = [
    "Aliases", "Calibration", "CheckRule", "Clause", "CodeSource", "CodeSources",
    "CodeThresholds", "Downstream", "ErrorRate", "LicenseFacts", "NullRate", "Obligation",
    "Policy", "Population", "ProseWords", "Requirement", "Restriction", "SpreadControl",
    "SpreadNull", "WaiverFile", "WeightThresholds", "aliases", "ambiguous_licenses",
    "calibration", "checks",
    "code_sources", "code_thresholds", "license_facts", "licenses",
    "null_rates", "policy", "prose_words", "reserved_token", "spread_controls", "spread_nulls",
    "waiver_file", "weight_thresholds",
]  # fmt: skip
