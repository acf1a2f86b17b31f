# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The summary a terminal shows at the end of a run; words carry it, colour repeats it.

Lines are broken here, at spaces and with a hanging indent, because a terminal breaks them
anywhere. Nothing is shortened that the reader would need: ids and paths stay whole.
"""

from collections.abc import Callable, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from audit.languages import Language
from audit.record.document import AuditRecord
from audit.record.findings import Finding, FindingStatus
from audit.record.verdict import Status
from audit.record.weights import Comparison
from audit.report.view_findings import worst_first
from audit.report.view_relation import evidence_line, strongest_first
from audit.report.wording import clip, short_name, visible, words
from audit.text.numbers import count, counted, share

_GATE_STYLE = {
    Status.PASS: "bold green",
    Status.FAIL: "bold red",
    Status.INDETERMINATE: "bold yellow",
}
_SEVERITY_STYLE = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "", "info": ""}
_FINDINGS, _REFERENCES = 20, 8
_ROOM = 40
"""Columns that a title needs beside its severity; with fewer it starts under it."""


class _Name(str):
    """Text that is no words of ours and is never translated."""

    __slots__ = ()


def summary(
    record: AuditRecord,
    *,
    width: int,
    files: Sequence[str] = (),
    language: Language = Language.ENGLISH,
) -> Text:
    """Summarise the record for a terminal of ``width`` columns.

    ``files`` are the written files, as the user should see them; their lines are not
    broken here. Control characters in names become visible code points, so a file name
    cannot drive the terminal.
    """
    page = _Page(width, _translation(language, record))
    _verdict(page, record)
    _weights(page, record)
    _findings(page, record)
    _coverage(page, record)
    if files:
        page.heading("Written")
    for file in files:
        page.text.append(f"  {visible(file)}\n")
    page.text.right_crop(1)
    return page.text


def _translation(language: Language, record: AuditRecord) -> Callable[[str], str]:
    if language is Language.ENGLISH:
        return str
    from audit.report.translated_view import names
    from audit.report.translation import translator

    return translator(language.tag).sparing(names(record)).plain


class _Page:
    """Collects paragraphs, each translated and broken to the width with its own indents."""

    def __init__(self, width: int, said: Callable[[str], str]) -> None:
        self.said = said
        self.text = Text(overflow="fold")
        self.width = max(24, width)
        self._console = Console(width=self.width)

    def heading(self, text: str) -> None:
        """Start a part of the summary."""
        self.text.append(f"\n{self.said(text)}\n", style="bold")

    def add(self, *parts: str | tuple[str, str], indent: int = 2, lead: Text | None = None) -> None:
        """Add a paragraph indented by ``indent``; ``lead`` takes that place on its first line."""
        body = Text.assemble(*(self._translated(part) for part in parts))
        lines = body.wrap(self._console, self.width - indent, overflow="fold")
        for index, line in enumerate(lines):
            line.rstrip()
            blank = Text(" " * indent)
            self.text.append_text(blank if index or lead is None else lead)
            self.text.append_text(line)
            self.text.append("\n")

    def _translated(self, part: str | tuple[str, str]) -> str | tuple[str, str]:
        if isinstance(part, _Name):
            return part
        return self.said(part) if isinstance(part, str) else (self.said(part[0]), part[1])


def _verdict(page: _Page, record: AuditRecord) -> None:
    outcome = record.verdict
    page.add(
        (outcome.status.value, _GATE_STYLE[outcome.status]),
        _Name(f"  {visible(short_name(record.subject.name))}"),
        f"  policy {_safe(outcome.policy)}, stops at {outcome.fail_on.value}",
        lead=Text(),
    )
    page.add(words().gate[outcome.status.value].meaning)


def _weights(page: _Page, record: AuditRecord) -> None:
    page.heading("Weights")
    compared = strongest_first(record)
    if not compared:
        page.add("Not compared: no reference was available.")
    for comparison in compared[:_REFERENCES]:
        _comparison(page, comparison)
    if len(compared) > _REFERENCES:
        page.add(f"and {len(compared) - _REFERENCES} more in the report")


def _comparison(page: _Page, comparison: Comparison) -> None:
    line = evidence_line(comparison)
    page.add((visible(line.heading), "bold"), indent=4, lead=Text("  "))
    page.add(visible(line.sentence), indent=4)
    page.add(visible(line.strength), indent=4)
    if line.details:
        page.add(visible(line.details), indent=4)
    page.add(f"{share(comparison.coverage)} of the parameters paired.", indent=4)


def _findings(page: _Page, record: AuditRecord) -> None:
    ordered = worst_first(record.findings)
    page.heading(counted(len(ordered), "finding").capitalize())
    levels = [page.said(_level(finding)) for finding in ordered[:_FINDINGS]]
    column = max(map(cell_len, levels), default=0) + 4
    for finding, level in zip(ordered, levels, strict=False):
        style = _SEVERITY_STYLE[finding.severity.value]
        title, mark = visible(clip(finding.title, 300)), (f"  {finding.fingerprint}", "dim")
        if page.width - column < _ROOM:
            page.add((level, style), mark)
            page.add(title, indent=4)
        else:
            padding = " " * (column - 2 - cell_len(level))
            lead = Text.assemble("  ", (level, style), padding)
            page.add(title, mark, indent=column, lead=lead)
    if len(ordered) > _FINDINGS:
        page.add(f"and {len(ordered) - _FINDINGS} more in the report")


def _level(finding: Finding) -> str:
    level = words().severities[finding.severity.value]
    unsettled = ", undetermined" * (finding.status is FindingStatus.UNDETERMINED)
    return f"{level}{unsettled}{', waived' * bool(finding.waived)}"


def _safe(text: str) -> str:
    return visible(clip(text, 120))


def _coverage(page: _Page, record: AuditRecord) -> None:
    seen = record.coverage
    page.heading("Looked at")
    page.add(
        f"{count(seen.files_read)} of {counted(seen.files, 'file')} read, "
        f"{counted(seen.files_license_scanned, 'file')} scanned for licences, "
        f"{counted(seen.comparisons, 'weight comparison')}"
    )
    for item in record.not_run:
        page.add(f"Not run: {_safe(item.what)}: {_safe(item.reason)}", indent=4, lead=Text("  "))
