# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Runs the licence audit on every case and says how often it is right, and what it misses.

``python -m tests.field.measure`` prints the figures of each half, and the misses of those that
were opened. A half set aside shows its totals only, so that no rule is written to it; ``--aside``
lifts that. ``--half open`` runs one half.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from audit.cli.licenses import license_report
from audit.record.findings import Finding
from tests.field import prose
from tests.field.corpus import HALVES, HERE, HIGH, SEEN, FieldCase, Truth, cases, sentences

OPEN = tuple(half for half in HALVES if half in SEEN)
STATUS = {"PASS": "pass", "FAIL": "fail", "INDETERMINATE": "undecided"}


@dataclass
class Outcome:
    """What the tool said of one case, held against its truth."""

    case: FieldCase
    verdict: str
    right: list[Finding] = field(default_factory=list)
    wrong: list[Finding] = field(default_factory=list)
    missed: list[Truth] = field(default_factory=list)

    @property
    def verdict_is_right(self) -> bool:
        """Whether the gate answers as the truth says."""
        return self.verdict in self.case.verdict


@cache
def answers() -> dict[str, list[str]]:
    """Return which checks may answer the kinds that no check had when they were written."""
    read: dict[str, list[str]] = yaml.safe_load((HERE / "answers.yaml").read_text("utf-8"))
    return read


def judge(case: FieldCase, findings: Iterable[Finding], verdict: str) -> Outcome:
    """Hold findings against the truth; what is allowed counts neither way."""
    outcome = Outcome(case=case, verdict=verdict, missed=list(case.truth))
    for finding in findings:
        answered = [truth for truth in case.truth if _fits(truth, finding)]
        outcome.missed = [truth for truth in outcome.missed if truth not in answered]
        if answered:
            outcome.right.append(finding)
        elif not _is_allowed(case, finding):
            outcome.wrong.append(finding)
    return outcome


def _is_allowed(case: FieldCase, finding: Finding) -> bool:
    """Whether a finding is true but nothing that has to be said; ``LIC003<`` below high only."""
    light = finding.severity.value not in HIGH
    return finding.check in case.allowed or (light and f"{finding.check}<" in case.allowed)


def _fits(truth: Truth, finding: Finding) -> bool:
    """Whether a finding says what a truth says, at its place and about as gravely."""
    ids = answers()[str(truth.kind)] if truth.check == "new" else [truth.check]
    places = {(at.path, at.line) for at in finding.locations}
    lines = {line for path, line in places if path == truth.path and line is not None}
    here = truth.path is None or truth.path in {path for path, _ in places} or not places
    near = truth.line is None or not lines or any(abs(line - truth.line) <= 3 for line in lines)
    grave = not truth.is_high or finding.severity.value in HIGH
    light = truth.at_most is None or finding.severity.value not in HIGH
    return finding.check in ids and here and near and grave and light


def run(case: FieldCase) -> Outcome:
    """Write the case out, audit it, and judge the answer."""
    with TemporaryDirectory() as folder:
        report = license_report(str(case.write(Path(folder))), quiet=True)
    return judge(case, report.findings, STATUS[report.verdict.status.value])


def figures(outcomes: list[Outcome]) -> dict[str, Any]:
    """Count: precision and recall, over all and where it is grave, and the gate's answers."""
    clean = [o for o in outcomes if o.case.is_clean]
    owed = [o for o in outcomes if "pass" not in o.case.verdict]
    return {
        "cases": len(outcomes),
        "precision": _share([o.right for o in outcomes], [o.wrong for o in outcomes]),
        "precision_high": _share(
            [_high(o.right) for o in outcomes], [_high(o.wrong) for o in outcomes]
        ),
        "recall": _recall(outcomes, high=False),
        "recall_high": _recall(outcomes, high=True),
        "verdicts": [sum(o.verdict_is_right for o in outcomes), len(outcomes)],
        "clean_that_fail": [sum(o.verdict == "fail" for o in clean), len(clean)],
        "wrong_that_pass": [sum(o.verdict == "pass" for o in owed), len(owed)],
    }


def by_check(outcomes: Iterable[Outcome]) -> dict[str, list[int]]:
    """Count the findings of each check that were right, and all but those that are only fair."""
    found: dict[str, list[int]] = {}
    for outcome in outcomes:
        for finding in (*outcome.right, *outcome.wrong):
            counts = found.setdefault(finding.check, [0, 0])
            counts[0] += finding in outcome.right
            counts[1] += 1
    return dict(sorted(found.items()))


def _high(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity.value in HIGH]


def _share(right: list[list[Finding]], wrong: list[list[Finding]]) -> list[int]:
    hits = sum(map(len, right))
    return [hits, hits + sum(map(len, wrong))]


def _recall(outcomes: list[Outcome], *, high: bool) -> list[int]:
    wanted = [t for o in outcomes for t in o.case.truth if t.is_high or not high]
    missed = [t for o in outcomes for t in o.missed if t.is_high or not high]
    return [len(wanted) - len(missed), len(wanted)]


def _show(title: str, counted: dict[str, Any]) -> None:
    print(f"{title}: {counted['cases']} cases" if "cases" in counted else f"{title}:")
    for name, value in counted.items():
        if isinstance(value, list):
            part, whole = value
            share = f"{100 * part / whole:5.1f} %" if whole else "    -  "
            print(f"  {name:<16}{share}  {part}/{whole}")


def _details(outcomes: list[Outcome]) -> None:
    for o in outcomes:
        for truth in o.missed:
            name = truth.kind or truth.check
            place = f"{truth.path}:{truth.line}" if truth.path else "the folder"
            print(f"MISSED {o.case.name}: {name} at {place}: {truth.why}")
        for finding in o.wrong:
            print(
                f"WRONG  {o.case.name}: {finding.check} {finding.severity.value}: {finding.title}"
            )
        if not o.verdict_is_right:
            print(f"GATE   {o.case.name}: {o.verdict}, not {' or '.join(o.case.verdict)}")
    for title, found in (
        ("missed", Counter(t.kind or t.check for o in outcomes for t in o.missed)),
        ("wrong", Counter(f.check for o in outcomes for f in o.wrong)),
    ):
        print(f"{title} by kind: {', '.join(f'{k} {n}' for k, n in found.most_common())}")


def _prose(*, halves: tuple[str, ...], shown: tuple[str, ...]) -> dict[str, dict[str, list[int]]]:
    """Measure the prose reader on each half's sentences, and print what it missed."""
    found = {}
    for half in halves:
        counted, lines = prose.figures(one for one in sentences() if one["half"] == half)
        found[f"sentences, {half}"] = counted
        for line in lines if half in shown else ():
            print(f"PROSE  {line}")
    return found


def main() -> None:
    """Measure, print, and write the summary if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=HALVES, help="run this half only")
    parser.add_argument("--aside", action="store_true", help="show the misses of every half")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    parser.add_argument("names", nargs="*", help="run these cases only")
    asked = parser.parse_args()
    chosen = [
        case
        for case in cases()
        if case.is_possible
        and asked.half in (None, case.half)
        and (not asked.names or case.name in asked.names)
    ]
    outcomes = [run(case) for case in chosen]
    parts = {half: [o for o in outcomes if o.case.half == half] for half in HALVES}
    shown = HALVES if asked.aside else OPEN
    summary = {"left_out": len(cases()) - len(chosen), "all": figures(outcomes)}
    summary |= {half: figures(found) for half, found in parts.items() if found}
    _details([o for o in outcomes if o.case.half in shown])
    if not asked.names:
        summary |= _prose(halves=(asked.half,) if asked.half else HALVES, shown=shown)
    for title, counted in summary.items():
        if isinstance(counted, dict):
            _show(title, counted)
    if asked.json is not None:
        asked.json.write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
