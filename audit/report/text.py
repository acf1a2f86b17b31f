# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The summary a terminal shows at the end of a run; words carry it, colour repeats it."""

from collections.abc import Sequence

from rich.text import Text

from audit.findings import FindingStatus
from audit.report.document import AuditRecord
from audit.report.view_verdict import evidence_lines, worst_first
from audit.report.wording import clip, count, counted, share, short_name, visible, words
from audit.verdict import Status

_GATE_STYLE = {
    Status.PASS: "bold green",
    Status.FAIL: "bold red",
    Status.INDETERMINATE: "bold yellow",
}
_SEVERITY_STYLE = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "", "info": ""}
_FINDINGS = 20


def summary(record: AuditRecord, *, width: int, files: Sequence[str] = ()) -> Text:
    """Summarise the record for a terminal of ``width`` columns.

    ``files`` are the written files, as the user should see them. Control characters in
    names become visible code points, so a file name cannot drive the terminal.
    """
    text = Text(overflow="fold")
    _verdict(text, record)
    _weights(text, record, width)
    _findings(text, record, width)
    _coverage(text, record)
    for file in files:
        text.append(f"\n  {visible(file)}")
    return text


def _verdict(text: Text, record: AuditRecord) -> None:
    outcome = record.verdict
    text.append(outcome.status.value, style=_GATE_STYLE[outcome.status])
    text.append(f"  {visible(short_name(record.subject.name))}")
    text.append(f"  policy {_safe(outcome.policy)}, stops at {outcome.fail_on.value}\n")
    text.append(f"  {words().gate[outcome.status.value].meaning}\n")


def _weights(text: Text, record: AuditRecord, width: int) -> None:
    text.append("\nWeights\n", style="bold")
    lines = evidence_lines(record)
    if not lines:
        text.append("  Not compared: no reference was available.\n")
    for line, comparison in zip(lines, record.comparisons, strict=True):
        head = f"  {line.label}: "
        text.append(head, style="bold")
        text.append(f"{visible(line.sentence)}")
        if len(head) + len(line.sentence) + 30 > width:
            text.append("\n   ")
        text.append(f" ({share(comparison.coverage)} of parameters paired)\n")


def _findings(text: Text, record: AuditRecord, width: int) -> None:
    ordered = worst_first(record.findings)
    text.append(f"\n{counted(len(ordered), 'finding').capitalize()}\n", style="bold")
    for finding in ordered[:_FINDINGS]:
        level = words().severities[finding.severity.value]
        unknown = finding.status is FindingStatus.UNDETERMINED
        head = f"{level}{', undetermined' * unknown}"
        text.append(f"  {head}", style=_SEVERITY_STYLE[finding.severity.value])
        room = max(20, width - len(head) - len(finding.fingerprint) - 8)
        title = visible(finding.title)
        text.append(f"  {title if len(title) <= room else title[: room - 1] + '…'}")
        text.append(f"  {finding.fingerprint}\n", style="dim")
    if len(ordered) > _FINDINGS:
        text.append(f"  and {len(ordered) - _FINDINGS} more in the report\n")


def _safe(text: str) -> str:
    return visible(clip(text, 120))


def _coverage(text: Text, record: AuditRecord) -> None:
    seen = record.coverage
    text.append("\nLooked at\n", style="bold")
    text.append(
        f"  {count(seen.files_read)} of {counted(seen.files, 'file')} read, "
        f"{counted(seen.files_license_scanned, 'file')} scanned for licences, "
        f"{counted(seen.comparisons, 'weight comparison')}\n"
    )
    for item in record.not_run:
        text.append(f"  Not run: {_safe(item.what)}: {_safe(item.reason)}\n")
