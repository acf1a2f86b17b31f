# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The long lists at the end: tensors, and the licence texts of the release."""

import re
from dataclasses import dataclass
from math import prod

from audit.record.document import AuditRecord, LegalExtract, Tensor
from audit.report.wording import clip, quoted
from audit.text.numbers import count, counted, left_out

_ROWS, _TEXTS, _REFERENCES, _LINES, _LONGEST = 120, 12, 3, 60, 400
_NUMBER = re.compile(r"(?<=\.)\d+(?=\.|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorRow:
    """Tensors of one shape and type whose names differ in numbers only."""

    name: str
    number: str
    shape: str
    dtype: str
    parameters: str
    compared: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorsView:
    """The table of tensors, what it leaves out, and why there is none."""

    summary: str
    rows: tuple[TensorRow, ...]
    more: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalView:
    """One licence or notice file: its digest and its text or the beginning of it."""

    path: str
    digest: str
    lines: tuple[str, ...]
    note: str


def tensors(record: AuditRecord) -> TensorsView:
    """Return every tensor; those that differ only in the numbers of their names share a row."""
    groups: dict[tuple[str, tuple[int, ...], str], list[Tensor]] = {}
    for tensor in record.subject.headers:
        key = (_NUMBER.sub("*", tensor.name), tensor.shape, tensor.dtype)
        groups.setdefault(key, []).append(tensor)
    left = len(groups) - _ROWS
    return TensorsView(
        summary=_summary(record, len(groups)),
        rows=tuple(_row(group, record) for group in list(groups.values())[:_ROWS]),
        more=f"{counted(left, 'more row')} left out; record.json lists every tensor."
        if left > 0
        else "",
    )


def _summary(record: AuditRecord, groups: int) -> str:
    if not record.subject.headers:
        return "The record lists no tensors."
    said = (
        f"{counted(len(record.subject.headers), 'tensor')} in {counted(groups, 'row')}: tensors "
        "of one shape and type whose names differ only in numbers share one. The last column "
        "says how many of them have a counterpart in each reference."
    )
    if len(record.comparisons) <= _REFERENCES:
        return said
    return " ".join((said, f"Only the first {_REFERENCES} references are named there."))


def _row(group: list[Tensor], record: AuditRecord) -> TensorRow:
    first = group[0]
    return TensorRow(
        name=clip(_pattern([t.name for t in group]), 160),
        number=count(len(group)),
        shape=" × ".join(map(str, first.shape)) or "1",
        dtype=clip(first.dtype, 20),
        parameters=count(len(group) * prod(first.shape)),
        compared=_compared(group, record),
    )


def _pattern(names: list[str]) -> str:
    """Write names that differ in numbers as one: ``layers.{0–3}.up``."""
    columns = [_NUMBER.findall(name) for name in names]
    spans = iter([_span([int(row[i]) for row in columns]) for i in range(len(columns[0]))])
    return _NUMBER.sub(lambda _: next(spans), names[0])


def _span(numbers: list[int]) -> str:
    low, high = min(numbers), max(numbers)
    if low == high:
        return str(low)
    gaps = "" if len(set(numbers)) == high - low + 1 else ", with gaps"
    return f"{{{low}–{high}{gaps}}}"


def _compared(group: list[Tensor], record: AuditRecord) -> str:
    """Count the tensors that have a counterpart, reference by reference."""
    said = []
    for comparison in record.comparisons[:_REFERENCES]:
        without = set(comparison.tensors_unpaired)
        paired = sum(t.name not in without for t in group) if comparison.tensors_paired else 0
        name = "" if len(record.comparisons) == 1 else f"{quoted(comparison.reference, 30)}: "
        said.append(f"{name}{'all' if paired == len(group) else paired or 'none'}")
    return "; ".join(said) or "no reference"


def legal_texts(record: AuditRecord) -> tuple[LegalView, ...]:
    """Return the release's licence and notice files."""
    return tuple(_legal(found) for found in record.legal[:_TEXTS])


def legal_more(record: AuditRecord) -> str:
    """Say how many texts are left out."""
    return left_out(len(record.legal), _TEXTS, "text")


def _legal(found: LegalExtract) -> LegalView:
    lines = found.text.split("\n") if found.text else []
    shown = lines[:_LINES]
    if found.reason is not None:
        note = f"Not printed: {clip(found.reason, 200)}."
    elif found.whole and shown == lines:
        note = "The whole text."
    else:
        note = f"The first {counted(len(shown), 'line')} of {count(found.lines)}."
    return LegalView(
        path=clip(found.path, 200),
        digest=found.sha256,
        lines=tuple(clip(line.expandtabs(4), _LONGEST) for line in shown),
        note=note,
    )
