# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""JUnit XML, which nearly every CI shows: a test case for each check, failed by its findings."""

from xml.etree import ElementTree as Xml

from audit.languages import Language
from audit.record.findings import Finding
from audit.report.formats.interface import Format
from audit.report.page import Page
from audit.report.sections.findings import where, worst_first
from audit.report.words.language import Words, words
from audit.report.words.texts import prose, visible

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'


def render(page: Page, language: Language) -> bytes:
    """Return one suite: findings that decide the gate fail, waived and lesser ones are noted."""
    record, spoken = page.record, words(language)
    found = worst_first(record.findings)
    deciding = {*(record.verdict.failing or record.verdict.undetermined)}
    failed = sum(f.fingerprint in deciding for f in found)
    skipped = sum(f.waived is not None for f in found)
    counts = {"tests": len(found) + 1, "failures": failed, "errors": 0, "skipped": skipped}
    root = Xml.Element("testsuites", {key: str(n) for key, n in counts.items()})
    suite = Xml.SubElement(root, "testsuite", {"name": visible(record.subject.name), **root.attrib})
    verdict = {"classname": "audit.gate", "name": record.verdict.status.value}
    Xml.SubElement(suite, "testcase", verdict)
    for finding in found:
        _case(suite, finding, spoken, decides=finding.fingerprint in deciding)
    Xml.indent(root)
    return f"{_DECLARATION}\n{Xml.tostring(root, encoding='unicode')}\n".encode()


JUNIT = Format(name="junit", suffix=".xml", signed=False, render=render)


def _case(suite: Xml.Element, finding: Finding, spoken: Words, *, decides: bool) -> None:
    title, message, fix = (
        visible(spoken.say(prose(text)))
        for text in (finding.title, finding.message, finding.how_to_fix)
    )
    named = {"classname": f"audit.{finding.check}", "name": f"{title} ({finding.fingerprint})"}
    case = Xml.SubElement(suite, "testcase", named)
    body = "\n".join(filter(None, (visible(spoken.say(where(finding))), message, fix)))
    if finding.waived:
        Xml.SubElement(case, "skipped", {"message": visible(spoken.say(prose(finding.waived)))})
    elif decides:
        kind = f"{finding.severity.value}, {finding.status.value}"
        Xml.SubElement(case, "failure", {"message": title, "type": kind}).text = body
    else:
        Xml.SubElement(case, "system-out").text = body
