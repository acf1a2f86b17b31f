# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Writes docs/rules.md from the files under ``rules/``, so that the two cannot differ."""

import sys
from pathlib import Path

from audit import rules
from audit.cli.rules import precision
from audit.rules.known_texts import text_list

INTRODUCTION = """\
# Rules

Written by `make docs` from the files under `rules/`; do not edit here.

Each check reads the evidence of one audit and reports findings. The words and numbers of a
check stand in `rules/checks/<id>.yaml`, the predicate in `audit/checks/`. A finding at or
over the policy's severity fails the gate; one that the files leave open makes it
INDETERMINATE. `audit rules show ID` prints the same text. A word after `$` stands for what the
finding names.
"""


def _flat(text: str) -> str:
    return " ".join(text.split())


def _value(value: float | str | list[str]) -> str:
    return "; ".join(value) if isinstance(value, list) else str(value)


def _check(rule: rules.CheckRule) -> str:
    parameters = [f"  - `{k}`: {_value(v)}" for k, v in sorted(rule.parameters.items())]
    rows = [
        f"## {rule.id}: {_flat(rule.title)}",
        "",
        f"Severity {rule.severity.value}, version {rule.version}.",
        "",
        f"- **What.** {_flat(rule.what)}",
        f"- **Why.** {_flat(rule.why)}",
        f"- **How to fix.** {_flat(rule.how_to_fix)}",
        f"- **In the long term.** {_flat(rule.long_term)}",
        f"- **How often it was right.** {precision(rule.id)}.",
        f"- **Who, and how much work.** {rule.owner.capitalize()}; {rule.effort}.",
    ]
    if parameters:
        rows += ["- **Parameters.**", *parameters]
    return "\n".join(rows) + "\n"


def _licenses() -> str:
    rows = [
        "# Licence facts",
        "",
        "Facts in our words, each with the clause it rests on in `rules/licenses/`. They are",
        "not legal advice, and no lawyer has reviewed them. Only rows that were `read` against",
        "the licence's text decide anything. `audit rules show ID` prints a row in full.",
        "",
        "| licence | a derivative may be under | owed, with clause | limits | evidence, date |",
        "| --- | --- | --- | --- | --- |",
    ]
    for facts in sorted(rules.licenses().values(), key=lambda facts: facts.id.lower()):
        owed = "; ".join(f"{o.id} [{o.clause}]" for o in facts.obligations) or "nothing"
        limits = sorted({limit.kind for limit in facts.restrictions}) or ["none"]
        rows.append(
            f"| {facts.name} (`{facts.id}`) "
            f"| {facts.downstream.constraint} [{facts.downstream.clause}] "
            f"| {owed} | {', '.join(limits)} "
            f"| {facts.status.evidence}, {facts.status.verified} |"
        )
    return "\n".join(rows) + "\n"


def _texts() -> str:
    rows = [
        "# Known texts",
        "",
        "Licences, use policies and annexes that are recognised word by word (LIC004).",
        "",
        "| text | kind | told apart by | from |",
        "| --- | --- | --- | --- |",
    ]
    for entry in text_list().texts:
        marks = "; ".join(entry.discriminators)
        name = f"{entry.name} (`{entry.id}`)"
        rows.append(f"| {name} | {entry.role} | {marks} | {entry.source} |")
    return "\n".join(rows) + "\n"


def page() -> str:
    """Return the page as Markdown."""
    checks = [_check(rule) for _, rule in sorted(rules.checks().items())]
    return "\n".join([INTRODUCTION, *checks, _licenses(), _texts()])


def main() -> None:
    """Write the page, or print it with ``--print``."""
    if "--print" in sys.argv[1:]:
        sys.stdout.write(page())
        return
    target = Path(__file__).resolve().parents[1] / "docs" / "rules.md"
    target.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
