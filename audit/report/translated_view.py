# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The finished English view in another language.

The record and the English view are made once and stay as they are. This module walks the view
and looks up every string in it, except the fields that hold names, places and digests.
"""

import re
from dataclasses import fields, is_dataclass
from typing import Any

from audit.record.document import AuditRecord
from audit.report.charts import Chart
from audit.report.inline import Piece, prose
from audit.report.translation import Translator, english
from audit.report.view import ReportView
from audit.report.wording import short_name

VERBATIM = {
    "CodeRow": {"path"},
    "ComparisonView": {"anchor", "suspect", "reference"},
    "EdgeRow": {"name"},
    "ExceptionRow": {"target"},
    "FileRow": {"path", "sha256", "size"},
    "FindingView": {"anchor", "check", "fingerprint", "severity_key", "locations"},
    "MethodView": {"test", "version"},
    "ReportView": {
        "subject", "subject_short", "digest", "digest_short", "record_sha256", "version", "created",
    },
    "ReproductionView": {"command", "libraries"},
    "ResponseView": {"fingerprint", "lines"},
    "VerdictView": {"density", "gate_key"},
    "ClaimRow": {"raw"},
    "ClaimedRow": {"words", "place"},
    "ItemView": {"name"},
    "LegalView": {"path", "digest", "lines"},
    "LineView": {"anchor", "test", "version"},
    "PasteView": {"lines"},
    "ReferenceRows": {"reference"},
    "SummaryRow": {"anchor"},
    "TensorRow": {"name", "shape", "dtype"},
    "HeatPanel": {"rows", "columns", "values", "marked"},
    "LineageChart": {"subject"},
    "Parent": {"name"},
}  # fmt: skip
"""Fields by class that hold names, places, digests, CSS classes or other people's words."""

NAMED_FIRST = {
    "CodeView": {"known", "refused"},
    "CoverageView": {"unread"},
    "DraftsView": {"texts"},
    "InventoryView": {"references"},
    "LicensesView": {"copyrights", "unscanned"},
    "ObligationsView": {"unknown"},
    "MethodsView": {"thresholds"},
}
"""Fields of rows whose first cell is a name; the others are translated."""


def translated(view: ReportView, record: AuditRecord, translator: Translator) -> ReportView:
    """Return a copy of ``view`` with its words in the translator's language."""
    found: ReportView = _walk(view, translator.sparing(names(record)), on_page=True)
    return found


def names(record: AuditRecord) -> set[str]:
    """Return what others named in this record: models, files, holders; no words of ours."""
    subject, owed = record.subject, record.obligations
    return {
        subject.name,
        short_name(subject.name),
        *(artifact.path for artifact in subject.artifacts),
        *(reference.name for reference in record.references),
        *(parent.name for parent in subject.parents),
        *(node.name for node in owed.nodes),
        *(node.license for node in owed.nodes),
        *(duty.license for duty in owed.duties),
    }


def _walk(value: Any, translator: Translator, *, on_page: bool) -> Any:
    if isinstance(value, str):
        return translator.marked(value) if on_page else translator.plain(value)
    if isinstance(value, tuple):
        if value and all(isinstance(item, Piece) for item in value):
            return _prose(value, translator)
        return tuple(_walk(item, translator, on_page=on_page) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return _fields(value, translator, on_page=on_page and not isinstance(value, Chart))
    return value


def _fields(value: Any, translator: Translator, *, on_page: bool) -> Any:
    name = type(value).__name__
    kept, named = VERBATIM.get(name, set()), NAMED_FIRST.get(name, set())
    changed = {}
    for field in fields(value):
        inner = getattr(value, field.name)
        if field.name in kept:
            changed[field.name] = inner
        elif field.name in named:
            changed[field.name] = tuple(
                (row[0], *_walk(row[1:], translator, on_page=on_page)) for row in inner
            )
        else:
            changed[field.name] = _walk(inner, translator, on_page=on_page)
    return type(value)(**changed)


def _prose(pieces: tuple[Piece, ...], translator: Translator) -> tuple[Piece, ...]:
    """Translate running text as a whole, then set it again."""
    found = []
    for run in translator.runs(written(pieces)):
        for piece in prose(run.text):
            marked = piece.text if run.known or piece.code else english(piece.text)
            found.append(Piece(text=marked, code=piece.code, raised=piece.raised))
    return tuple(found)


def written(pieces: tuple[Piece, ...]) -> str:
    """Return the text that :func:`audit.report.inline.prose` split into ``pieces``."""
    text = ""
    for piece in pieces:
        if piece.code:
            text += f"`{piece.text}`"
        elif piece.raised:
            text += "^" + piece.text.replace("−", "-")
        else:
            text += re.sub(r"^log₁₀$", "log10", piece.text)
    return text
