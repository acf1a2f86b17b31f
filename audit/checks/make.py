# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Writes a finding from a rule's words and what a check observed."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from audit.record.files import Unread
from audit.record.findings import Confidence, Finding, FindingStatus, Location, Severity
from audit.record.licenses import Unscanned
from audit.record.said import Argument, Said, joined, places
from audit.rules import CheckRule

_LONGEST_WORD = 200
_LONGEST_PHRASE = 1000
_MOST_NAMED = 5
_MOST_REASONS = 10

_Text = TypeVar("_Text", Said, str)


def make_finding(
    rule: CheckRule,
    *,
    title: Said,
    message: Said,
    status: FindingStatus = FindingStatus.VIOLATED,
    confidence: Confidence = Confidence.HIGH,
    severity: Severity | None = None,
    locations: Iterable[Location] = (),
    evidence: Iterable[Said] = (),
    **words: str,
) -> Finding:
    """Return a finding; ``words`` fill the places of the rule's ``how_to_fix``.

    Raises
    ------
    ValueError
        If the rule's text asks for a word that the check does not give.
    """
    fix = rule.how_to_fix.strip()
    asked = {name for _, name, _ in places(fix)}
    shown = {n: clip(word, _LONGEST_PHRASE) for n, word in words.items() if n in asked}
    return Finding(
        check=rule.id,
        severity=severity or rule.severity,
        confidence=confidence,
        status=status,
        title=title,
        message=message,
        how_to_fix=Said(fix, **shown),
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


def clip(text: _Text, longest: int = _LONGEST_WORD) -> _Text:
    """Put text from an audited folder on one line of bounded length; in a sentence, each name."""
    if isinstance(text, Said):
        return Said(text.message, **{n: _clipped(a, longest) for n, a in text.arguments.items()})
    flat = " ".join(text.split())
    return flat if len(flat) <= longest else flat[: longest - 1] + "…"


def _clipped(value: Argument, longest: int) -> Argument:
    if isinstance(value, str):
        return clip(value, longest)
    return tuple(clip(p, longest) for p in value) if isinstance(value, tuple) else value


def reason(gap: Unread | Unscanned) -> Said:
    """Say of one file why it was not read or not searched."""
    return Said("{path}: {reason}", path=clip(gap.path), reason=gap.reason)


def reasons(gaps: Sequence[Unread | Unscanned]) -> Said:
    """Say of a few files why, and count the rest."""
    said = [reason(gap) for gap in gaps[:_MOST_REASONS]]
    rest = len(gaps) - len(said)
    return joined("; ", (*said, *([Said("and {n:count} more", n=rest)] if rest else [])))


def listed(names: Iterable[str]) -> Said:
    """Name a few and count the rest: ``a, b and 3 more``."""
    distinct = sorted(set(names))
    shown = distinct if len(distinct) <= _MOST_NAMED + 1 else distinct[:_MOST_NAMED]
    rest = len(distinct) - len(shown)
    if rest:
        first = joined(", ", map(clip, shown))
        return Said("{names} and {n:count} more", names=first, n=rest)
    return Said("{names}", names=[clip(name) for name in shown])
