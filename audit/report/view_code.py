# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Which files contain code that also stands elsewhere, and who is named for it."""

from dataclasses import dataclass
from math import floor

from audit.record.code import CodeEvidence, CodeMatch, CodeRelation, Family, LicenseText, LineRange
from audit.record.document import AuditRecord
from audit.report.wording import clip
from audit.text.numbers import counted, left_out

_MATCHES, _KNOWN, _RANGES, _FUNCTIONS, _REFUSED = 60, 20, 6, 6, 20
_NAMES = {CodeRelation.CONTAINS: "names kept", CodeRelation.RENAMED: "names changed"}
_UNNAMED = "holder named in no header, licence, notice or card"
_TEXTS = {
    LicenseText.PRESENT: "licence text present",
    LicenseText.MISSING: "licence text missing",
    LicenseText.UNKNOWN: "licence text not checked",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRow:
    """One file with its best family; ``functions`` are pairs of places in both files."""

    path: str
    family: str
    also: str
    score: str
    lines: str
    attribution: str
    functions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeView:
    """The table of files, what was compared with, and what could not be."""

    summary: str
    rows: tuple[CodeRow, ...]
    rows_more: str
    known: tuple[tuple[str, str], ...]
    refused: tuple[tuple[str, str], ...]
    refused_more: str


def code(record: AuditRecord) -> CodeView:
    """Return the section on code; every row comes from a file over a threshold."""
    evidence = record.code
    return CodeView(
        summary=_summary(evidence),
        rows=tuple(_row(match) for match in evidence.matches[:_MATCHES]),
        rows_more=left_out(len(evidence.matches), _MATCHES, "file"),
        known=tuple(
            (
                clip(known.project, 80),
                f"{counted(known.files, 'file')}; {clip(', '.join(known.versions), 200)}",
            )
            for known in evidence.known[:_KNOWN]
        ),
        refused=tuple(
            (clip(r.path, 200), clip(r.reason, 200)) for r in evidence.not_compared[:_REFUSED]
        ),
        refused_more=left_out(len(evidence.not_compared), _REFUSED, "file"),
    )


def _summary(evidence: CodeEvidence) -> str:
    return (
        f"{counted(evidence.compared, 'Python file')} compared, "
        f"{counted(evidence.too_short, 'file')} too short or too uniform to tell, "
        f"{counted(evidence.other_languages, 'source file')} in other languages not compared."
    )


def _row(match: CodeMatch) -> CodeRow:
    family = match.families[0]
    also = (clip(f.label, 100) for f in match.families[1:])
    left = len(match.functions) - _FUNCTIONS
    functions = [
        f"{clip(f.name, 60)}, lines {_lines(f.lines)}: {clip(f.reference_path, 80)} "
        f"{_lines(f.reference_lines)}{', names changed' * f.renamed}"
        for f in match.functions[:_FUNCTIONS]
    ]
    return CodeRow(
        path=clip(match.path, 200),
        family=f"{clip(family.label, 160)} ({clip(family.license, 60)})",
        also="; ".join(also),
        score=_score(match, family),
        lines=_ranges(match.lines),
        attribution=_attribution(family),
        functions=(*functions, f"and {left} more") if left > 0 else tuple(functions),
    )


def _score(match: CodeMatch, family: Family) -> str:
    if match.relation is CodeRelation.RENAMED:
        return f"{_percent(family.renamed_score)}, {_NAMES[match.relation]}"
    return f"{_percent(family.score)} (one file); {_percent(family.union)} (whole project)"


def _percent(value: float) -> str:
    return f"{floor(value * 1000) / 10:.1f} %"


def _attribution(family: Family) -> str:
    if not family.holders:
        return "its holder is not known"
    named = ", ".join(clip(path, 80) for path in family.named_in)
    found = (
        f"holder named in {named}"
        if named
        else "holder named in no header, licence, notice or card"
    )
    return f"{found}; {_TEXTS[family.license_text]}"


def _lines(lines: LineRange) -> str:
    return f"{lines.first}–{lines.last}"


def _ranges(lines: tuple[LineRange, ...]) -> str:
    shown = ", ".join(_lines(r) for r in lines[:_RANGES])
    left = len(lines) - _RANGES
    return f"{shown} and {left} more" if left > 0 else shown
