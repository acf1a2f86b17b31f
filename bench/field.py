# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Licences in the field."""

from typing import Any

from bench import page
from tests.field import prose
from tests.field.corpus import HALVES, SEEN, cases, sentences
from tests.field.measure import by_check, figures, run

TITLE = "Licences in the field"
PARTS = {
    "read": tuple(half for half in HALVES if half in SEEN),
    "unread": tuple(half for half in HALVES if half not in SEEN),
}
_ROWS = {
    "verdicts": "gate answers as the truth",
    "precision": "precision",
    "precision_high": "at high and critical",
    "recall": "recall",
    "clean_that_fail": "clean that fail",
    "wrong_that_pass": "wrong that pass",
    "understood": "sentences understood",
    "invented": "sentences invented",
}
_WANTED = {
    "precision": "85 %",
    "precision_high": "95 %",
    "recall": "90 %",
    "clean_that_fail": "none",
    "wrong_that_pass": "none",
    "understood": "90 %",
    "invented": "none",
}
_TEXT = """\
Inputs rebuilt from public repositories, truth written before the tool ran
([the corpus](../tests/field/README.md)). The figures of what was *read* say how well the rules
fit: its misses were looked at while rules were written, or opened later and rules mended by them
([the first two](decisions/0093-what-was-set-aside-is-opened.md),
[the third](decisions/0099-graver-than-the-files-prove.md),
[the fourth](decisions/0108-what-a-project-gives-out.md),
[the fifth](decisions/0112-kinds-of-the-fifth-corpus.md),
[the sixth](decisions/0114-bases-as-real-readmes-tell-them.md),
[the seventh](decisions/0115-cards-and-repositories-as-they-are.md)). Of what is *unread* ({unread})
nobody who wrote rules has read a text: model cards, whose truths do not judge what is below
medium, and which have no sentences."""
_CHECKS = """\
What each check said: findings that were right, of those made. What is fair and need not be said
counts neither way. `audit rules show` prints the same (`rules/calibration.yaml`)."""


def section() -> page.Section:
    """Run the audit on every case and the prose reader on every sentence."""
    outcomes = [run(case) for case in cases() if case.is_possible]
    said = list(sentences())
    counted, checks = {}, {}
    for name, halves in PARTS.items():
        part = [o for o in outcomes if o.case.half in halves]
        read, _ = prose.figures(one for one in said if one["half"] in halves)
        counted[name], checks[name] = figures(part) | read, by_check(part)
    return of(counted, checks)


def of(counted: dict[str, dict[str, Any]], checks: dict[str, dict[str, list[int]]]) -> page.Section:
    """Return the section for the figures of what was read, and of what was not."""
    cases = ("cases", *(part["cases"] for part in counted.values()), "")
    rows: list[tuple[object, ...]] = [
        (name, *(_shown(part[key]) for part in counted.values()), _WANTED.get(key, ""))
        for key, name in _ROWS.items()
    ]
    fresh = counted["unread"]
    promised = tuple(
        page.Target(
            wanted=f"{_ROWS[key]}, of what nobody had read: {_WANTED[key]}",
            measured=_shown(fresh[key]),
            reached=_is_reached(key, *fresh[key]),
        )
        for key in _WANTED
    )
    text = _TEXT.format(unread=", ".join(f"`{half}`" for half in PARTS["unread"]))
    known = sorted(set().union(*checks.values()))
    said = [
        (id_, *("{} of {}".format(*part.get(id_, (0, 0))) for part in checks.values()))
        for id_ in known
    ]
    tables = page.table(("", *counted, "wanted"), [cases, *rows]), page.table(("", *checks), said)
    return page.Section(
        title=TITLE, text="\n\n".join((text, tables[0], _CHECKS, tables[1])), targets=promised
    )


def _shown(part_of: list[int]) -> str:
    part, whole = part_of
    return f"{100 * part / whole:.1f} % ({part} of {whole})" if whole else "-"


def _is_reached(key: str, part: int, whole: int) -> bool | None:
    """Whether a target is reached; nobody knows where there is nothing to count."""
    wanted = _WANTED[key]
    if not whole:
        return None
    return part == 0 if wanted == "none" else 100 * part >= int(wanted.split()[0]) * whole
