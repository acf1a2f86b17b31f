# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a release is held to (``rules/policies/``, or a user's TOML file)."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from audit import resources
from audit.errors import RulesError, UsageError
from audit.record.findings import Severity
from audit.rules.check_rules import checks
from audit.rules.facts import Constraint, Right
from audit.rules.loading import Strict, Words, load_toml

Feature = Literal["non-commercial", "research-only", "no-derivatives", "copyleft", "unknown"]


class LicenseTerms(Strict):
    """Which licences the release, and whatever it comes from, may be under.

    ``allow`` and ``deny`` hold SPDX ids or patterns such as ``*openrail*``; an empty
    ``allow`` allows what is not denied. ``deny_features``, ``downstream`` and ``require`` (rights
    that a licence must not withhold) are read from the licence table; ``unknown`` is a licence
    that is not in it.
    """

    allow: tuple[Words, ...] = ()
    deny: tuple[Words, ...] = ()
    deny_features: tuple[Feature, ...] = ()
    downstream: tuple[Constraint, ...] = ()
    require: tuple[Right, ...] = ()


class Policy(Strict):
    """What a release is held to (``rules/policies/<name>.toml`` or a user's file).

    ``undetermined`` says how papers that cannot tell count: as the severity of their
    finding, or for information only. Evidence about weights always counts in full.
    ``require`` names what must have been looked at before anything passes: the weights (compared
    with a model), the licences (every text scanned), each declared base (compared).
    ``waiver_days`` is how long a waiver, correction or attestation may last. ``min_coverage`` is
    the share of the audited parameters, 0..1, that must have been compared before a comparison
    that found nothing may pass.
    """

    name: str
    description: str
    fail_on: Severity
    severity: dict[str, Severity] = Field(default_factory=dict)
    """Overrides by check id."""
    undetermined: Literal["as-severity", "info"] = "as-severity"
    require: tuple[Literal["weights", "licenses", "base"], ...] = ()
    waiver_days: Annotated[int, Field(ge=1, le=3650)] = 365
    min_coverage: Annotated[float, Field(ge=0, le=1)] = 0.5
    licenses: LicenseTerms = LicenseTerms()
    digest: str = ""


def policy(name_or_file: str) -> Policy:
    """Load a shipped policy by name, or a user's TOML file.

    Raises
    ------
    UsageError
        If there is neither a policy of that name nor such a file.
    RulesError
        If the file has an unknown or a missing key.
    """
    folder = resources.tree("rules") / "policies"
    shipped = folder / f"{name_or_file}.toml"
    path = shipped if shipped.is_file() else Path(name_or_file)
    if not path.is_file():
        known = (policy(found.stem) for found in sorted(folder.glob("*.toml")))
        raise UsageError(
            f"There is no policy {name_or_file!r}.",
            advice="Use the path of a TOML file, or one of these. "
            + " ".join(f"{each.name}: {each.description}" for each in known),
        )
    loaded = load_toml(path, Policy, option="--policy")
    unknown = sorted(set(loaded.severity) - set(checks()))
    if unknown:
        raise RulesError(
            f"{path}: severity: there is no check {unknown[0]}",
            advice="`audit rules list` shows the check ids.",
        )
    return loaded
