# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Licences in the field."""

from typing import Any

from bench import page
from tests.field import prose
from tests.field.corpus import HALVES, SEEN, cases, sentences
from tests.field.measure import figures, run

TITLE = "Licences in the field"
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
([the corpus](../tests/field/README.md)). `open` to `open7` were looked at while rules were written;
`aside` to `aside5` were set aside, and opened on 29 and 30 November 2026
([what came of it](decisions/0093-what-was-set-aside-is-opened.md),
[of the third](decisions/0099-graver-than-the-files-prove.md),
[of the fourth](decisions/0108-what-a-project-gives-out.md),
[of the fifth](decisions/0112-kinds-of-the-fifth-corpus.md)), `aside6` with `open7` on 1 December
([what came of it](decisions/0114-bases-as-real-readmes-tell-them.md)): their figures say how well
the rules fit. No text of `aside7` has been read."""


def section() -> page.Section:
    """Run the audit on every case and the prose reader on every sentence."""
    outcomes = [run(case) for case in cases() if case.is_possible]
    said = list(sentences())
    counted = {}
    for half in HALVES:
        read, _ = prose.figures(one for one in said if one["half"] == half)
        counted[half] = figures([o for o in outcomes if o.case.half == half]) | read
    return of(counted)


def of(counted: dict[str, dict[str, Any]]) -> page.Section:
    """Return the section for the figures of each half."""
    rows: list[tuple[object, ...]] = [
        (name, *(_shown(counted[half][key]) for half in counted), _WANTED.get(key, ""))
        for key, name in _ROWS.items()
    ]
    fresh = list(counted)[-1]
    whose = "what has been opened" if fresh in SEEN else "what nobody had seen"
    promised = tuple(
        page.Target(
            wanted=f"{_ROWS[key]}, of {whose} (`{fresh}`): {_WANTED[key]}",
            measured=_shown(counted[fresh][key]),
            reached=_is_reached(key, *counted[fresh][key]),
        )
        for key in _WANTED
    )
    table = page.table(("", *counted, "wanted"), rows)
    return page.Section(title=TITLE, text=f"{_TEXT}\n\n{table}", targets=promised)


def _shown(part_of: list[int]) -> str:
    part, whole = part_of
    return f"{100 * part / whole:.1f} % ({part} of {whole})" if whole else "-"


def _is_reached(key: str, part: int, whole: int) -> bool:
    wanted = _WANTED[key]
    return part == 0 if wanted == "none" else 100 * part >= int(wanted.split()[0]) * whole
