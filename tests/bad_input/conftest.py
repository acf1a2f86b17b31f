# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Commands run in this process, with an empty page in place of the slow PDF."""

import pytest

from tests.tiny_repo import minimal_pdf


@pytest.fixture
def quick_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out WeasyPrint, which takes seconds and has its own tests."""
    monkeypatch.setattr("audit.report.formats.pdf.render_pdf", lambda *_, **__: minimal_pdf())
