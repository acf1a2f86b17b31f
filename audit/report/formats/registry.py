# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Every output format; a new one is a file and a line here. Who needs one of them imports that."""

from difflib import get_close_matches
from typing import Final

from audit.errors import UsageError
from audit.languages import Languages
from audit.report.formats.annex import EU_AI_ACT, G7_AI_SBOM, OPENNESS
from audit.report.formats.cyclonedx import CYCLONEDX, CYCLONEDX_1_6
from audit.report.formats.env import ENV
from audit.report.formats.github import GITHUB
from audit.report.formats.html import HTML
from audit.report.formats.in_toto import IN_TOTO
from audit.report.formats.interface import Format
from audit.report.formats.json import JSON
from audit.report.formats.junit import JUNIT
from audit.report.formats.line import LINE
from audit.report.formats.markdown import MARKDOWN
from audit.report.formats.pdf import PDF, SUMMARY
from audit.report.formats.sarif import SARIF
from audit.report.formats.spdx import SPDX
from audit.report.formats.terminal import TEXT
from audit.report.formats.vsa import VSA
from audit.report.page import Page

FORMATS: Final[tuple[Format, ...]] = (
    JSON,
    HTML,
    PDF,
    SUMMARY,
    TEXT,
    MARKDOWN,
    SARIF,
    JUNIT,
    GITHUB,
    CYCLONEDX,
    CYCLONEDX_1_6,
    SPDX,
    IN_TOTO,
    VSA,
    ENV,
    LINE,
    EU_AI_ACT,
    G7_AI_SBOM,
    OPENNESS,
)
"""In the order in which a run writes them; the unsigned ones where they are asked for."""


def named(name: str) -> Format:
    """Return the format of a name.

    Raises
    ------
    UsageError
        If none of the unsigned formats has it, and it is not that of the record.
    """
    offered = {one.name: one for one in FORMATS if not one.signed or one is JSON}
    if name not in offered:
        near = get_close_matches(name, offered, 1)
        raise UsageError(
            f"There is no output format {name!r}.",
            advice=f"Did you mean {near[0]}?" if near else f"There are {', '.join(offered)}.",
        )
    return offered[name]


def file_names(languages: Languages, *, summary: bool = False) -> tuple[str, ...]:
    """Return the names of the files that a run writes and signs."""
    return tuple(name for name, _, _ in _editions(languages, summary=summary))


def render_editions(page: Page, languages: Languages, *, summary: bool = False) -> dict[str, bytes]:
    """Render every format that a run writes, in each language, by file name."""
    return {
        name: format_.render(page, languages.editions[edition])
        for name, format_, edition in _editions(languages, summary=summary)
    }


def _editions(languages: Languages, *, summary: bool) -> tuple[tuple[str, Format, str], ...]:
    editions = tuple(languages.editions)
    return tuple(
        (format_.file_name(edition), format_, edition)
        for format_ in FORMATS
        if format_.signed and (summary or not format_.asked)
        for edition in (editions if format_.spoken else editions[:1])
    )
