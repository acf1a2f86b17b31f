# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Writes a finding from a rule's words and what a check observed."""

from collections.abc import Iterable
from string import Template

from audit.record.findings import Confidence, Finding, FindingStatus, Location, Severity
from audit.rules import CheckRule

_LONGEST_WORD = 200
_LONGEST_PHRASE = 1000
_MOST_NAMED = 5


def draft(
    rule: CheckRule,
    *,
    title: str,
    message: str,
    status: FindingStatus = FindingStatus.VIOLATED,
    confidence: Confidence = Confidence.HIGH,
    severity: Severity | None = None,
    locations: Iterable[Location] = (),
    evidence: Iterable[str] = (),
    **words: str,
) -> Finding:
    """Return a finding; ``words`` fill the ``$names`` of the rule's ``how_to_fix``.

    Raises
    ------
    KeyError
        If the rule's text asks for a word that the check does not give.
    """
    shown = {name: clip(word, _LONGEST_PHRASE) for name, word in words.items()}
    return Finding(
        check=rule.id,
        severity=severity or rule.severity,
        confidence=confidence,
        status=status,
        title=title,
        message=message,
        how_to_fix=Template(rule.how_to_fix.strip()).substitute(shown),
        locations=tuple(sorted(set(locations), key=lambda at: (at.path, at.line or 0))),
        evidence=tuple(evidence),
    )


def severity_for(rule: CheckRule, parameter: str) -> Severity:
    """Return the severity that a parameter of the rule names."""
    return Severity(str(rule.parameters[parameter]))


def strings(rule: CheckRule, parameter: str) -> tuple[str, ...]:
    """Return a parameter of the rule that is a list of strings."""
    value = rule.parameters[parameter]
    return tuple(value) if isinstance(value, list) else (str(value),)


def clip(text: str, longest: int = _LONGEST_WORD) -> str:
    """Put text from an audited folder on one line of bounded length."""
    flat = " ".join(text.split())
    return flat if len(flat) <= longest else flat[: longest - 1] + "…"


def listed(names: Iterable[str]) -> str:
    """Name a few and count the rest: ``a, b and 3 more``."""
    distinct = sorted(set(names))
    shown = distinct if len(distinct) <= _MOST_NAMED + 1 else distinct[:_MOST_NAMED]
    rest = len(distinct) - len(shown)
    if rest:
        return f"{', '.join(map(clip, shown))} and {rest} more"
    return " and ".join(filter(None, (", ".join(map(clip, shown[:-1])), *map(clip, shown[-1:]))))
