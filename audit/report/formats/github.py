# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Workflow commands of GitHub Actions: each finding as an annotation of its line."""

from collections.abc import Iterator

from audit.languages import Language
from audit.record.findings import Finding
from audit.report.formats.interface import Format
from audit.report.formats.sarif import LEVELS
from audit.report.page import Page
from audit.report.sections.findings import worst_first
from audit.report.words.language import Words, words
from audit.report.words.texts import prose, visible

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}
MOST = 10
"""Annotations of one kind that a step may make; the host drops the others silently."""


def render(page: Page, language: Language) -> bytes:
    """Return a line for each finding that is not waived, the worst first."""
    return "".join(f"{line}\n" for line in _lines(page, words(language))).encode()


GITHUB = Format(name="github", suffix=".txt", signed=False, render=render)


def _lines(page: Page, spoken: Words) -> Iterator[str]:
    made = dict.fromkeys(_COMMANDS.values(), 0)
    for finding in worst_first(page.record.findings):
        command = _COMMANDS[LEVELS[finding.severity]]
        if not finding.waived and made[command] < MOST:
            made[command] += 1
            yield _line(finding, command, spoken)


def _line(finding: Finding, command: str, spoken: Words) -> str:
    title, message, fix = (
        visible(spoken.say(prose(text)))
        for text in (finding.title, finding.message, finding.how_to_fix)
    )
    named = {"title": f"{finding.check} {title}"}
    if finding.locations:
        first = finding.locations[0]
        named["file"] = first.path
        if first.line is not None:
            named["line"] = str(first.line)
    said = ",".join(f"{key}={_property(value)}" for key, value in named.items())
    return f"::{command} {said}::{_data(f'{message} {fix}')}"


def _data(text: str) -> str:
    """Escape as the host's own toolkit does, so that no text can begin another command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
