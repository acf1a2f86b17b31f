# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The record itself, which every other format is a view of."""

from audit.languages import Language
from audit.record.document import to_bytes
from audit.report.formats.interface import Format
from audit.report.page import Page


def render(page: Page, _language: Language) -> bytes:
    """Return the canonical record."""
    return to_bytes(page.record)


JSON = Format(name="json", suffix=".json", signed=True, render=render, spoken=False, stem="record")
