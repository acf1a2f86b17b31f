# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The league of evasions and framings: every attempt, what was said, and whether it was right.

    python -m bench.league.play [WORD ...]

Each pair is made in a temporary folder and compared as ``audit compare`` does, or audited as
``audit model-repo`` does where the name ends in *command*. The loss is the held-out loss of the
suspect against that of its parent. *right*: an evasion is found, a framing cleared (arranged
references: found, and not told as the parent); *undecided*: ``inconclusive``, or exit code 3 for
innocents; *wrong*: anything else. With words, only attempts whose names hold all of them are run,
and the page is not touched. Answers are kept in the cache under the digest of the code that gave
them.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from audit.inventory import take_inventory
from audit.lineage.several import compare
from audit.sources.names import resolve
from bench.league import attacks
from bench.league.attempt import Attempt, Group, Made, Said, Score, score
from bench.page import Section, Target, table
from bench.support import ROOT, SkippedError, kept, machine, only_ready, sources

_CLOSE = 0.02
"""Relative change of the loss up to which a suspect is as good as its parent."""
_WANTED = 0.8


@cache
def attempts() -> tuple[Attempt, ...]:
    """Every attempt, those of one file together."""
    names = sorted(m.name for m in iter_modules(attacks.__path__))
    modules = (import_module(f"{attacks.__name__}.{name}") for name in names)
    return tuple(attempt for module in modules for attempt in module.ATTEMPTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One attempt with its answer."""

    attempt: Attempt
    said: Said
    seconds: float
    change: float | None

    @property
    def score(self) -> Score:
        """Whether the answer was right."""
        return score(self.attempt, self.said)

    @property
    def is_close(self) -> bool:
        """Whether the suspect still is as good as its parent, where there is one."""
        return self.change is None or self.change <= _CLOSE


_CODE = ("audit", "rules", "bench/league", "bench/zoo", "examples", "tests/evasions", "tests/zoo")
"""What an answer depends on besides the attempt."""


def _place(attempt: Attempt) -> Path:
    """Where an answer is kept: by the attempt's name and the code that gave it."""
    return kept("league", attempt.name, sources(*_CODE))


def play(attempt: Attempt) -> Result:
    """Make a pair and ask about it; what was answered by the same code is not asked again."""
    place = _place(attempt)
    if not place.exists():
        started = time.process_time()
        with tempfile.TemporaryDirectory() as folder:
            made = attempt.make(Path(folder))
            said = _command(made) if attempt.command else _comparison(made)
        answer = {"change": made.change, "said": asdict(said)}
        answer["seconds"] = round(time.process_time() - started, 1)
        place.write_text(json.dumps(answer), "utf-8")
    answer = json.loads(place.read_text("utf-8"))
    return Result(attempt=attempt, **answer | {"said": Said(**answer["said"])})


def _comparison(made: Made) -> Said:
    sides = [take_inventory(resolve(str(p))) for p in (made.suspect, made.reference)]
    found = compare(sides[0], sides[1])
    return Said(
        relation=str(found.relation),
        summary=str(found.summary),
        direction=None if found.direction is None else str(found.direction),
    )


def _command(made: Made) -> Said:
    """Ask the command line in a process of its own, offline and without a report."""
    command = [sys.executable, "-m", "audit", "model-repo", str(made.suspect)]
    command += ["--against", str(made.reference), "--json", "--quiet", "--offline"]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, cwd=ROOT)
    record = json.loads(done.stdout)
    found = record["comparisons"][0]
    raised = ", ".join(f["check"] for f in record["findings"] if f["severity"] != "info")
    return Said(
        relation=found["relation"],
        summary=f"{record['verdict']['status']}: {raised or 'no findings'}",
        direction=found.get("direction"),
        exit_code=done.returncode,
    )


def played(chosen: Iterable[Attempt]) -> tuple[list[Result], list[str]]:
    """Run attempts, telling each as it ends; with those that could not be made here."""
    import torch

    torch.set_num_threads(1)
    results, absent = [], []
    for attempt in chosen:
        try:
            result = play(attempt)
        except SkippedError as reason:
            absent.append(f"{attempt.name}: {reason}.")
            continue
        results.append(result)
        told = " | ".join(map(str, _row(result)))
        print(f"  {told} | {result.seconds:.1f} s | {result.said.summary}", file=sys.stderr)
    return results, absent


def _row(result: Result) -> tuple[object, ...]:
    attempt, said = result.attempt, result.said
    change = result.change
    code = "" if said.exit_code is None else f", exit {said.exit_code}"
    way = f", {said.direction}" if said.direction else ""
    word = result.score if result.score is Score.RIGHT else f"**{result.score}**"
    cost = "" if change is None else f"{100 * change:+.2f} %"
    return attempt.name, attempt.truth, f"{said.relation}{way}{code}", cost, word


def section() -> Section:
    """Run every attempt and write the section."""
    chosen = [a for a in attempts() if not only_ready() or _place(a).exists()]
    results, absent = played(chosen)
    if len(chosen) < len(attempts()):
        absent.append(f"{len(attempts()) - len(chosen)} of {len(attempts())} attempts.")
    head = ("attempt", "truth", "said", "loss", "score")
    parts = []
    for group in Group:
        own = [r for r in results if r.attempt.group is group]
        counts = ", ".join(f"{sum(r.score is s for r in own)} {s}" for s in Score)
        parts += [f"### {group.capitalize()}", f"{len(own)} attempts: {counts}."]
        parts += [table(head, [_row(r) for r in own])]
    explained = " ".join((__doc__ or "").split("\n\n")[2].split())
    text = [f"{explained} {machine()}.", *parts, *(f"Not played: {line}" for line in absent)]
    return Section(title="League", text="\n\n".join(text), targets=_targets(results))


def _targets(results: list[Result]) -> tuple[Target, ...]:
    evade = [r for r in results if r.attempt.group is Group.EVADE and r.is_close]
    frame = [r for r in results if r.attempt.group is Group.FRAME]
    lost = sum(r.score is Score.WRONG for r in evade)
    accused = sum(r.score is Score.WRONG for r in frame)
    found = sum(r.score is Score.RIGHT for r in evade)
    return (
        Target(
            wanted="no evasion within 2 % of the loss cleared or passed",
            measured=f"{lost} of {len(evade)}",
            reached=not lost,
        ),
        Target(
            wanted="80 % of the evasions within 2 % of the loss found",
            measured=f"{found} of {len(evade)}",
            reached=found >= _WANTED * len(evade),
        ),
        Target(
            wanted="no framing told as descent or failed",
            measured=f"{accused} of {len(frame)}",
            reached=not accused,
        ),
    )


def main() -> None:
    """Run the attempts whose names hold every word of the command line, and print the score."""
    words = sys.argv[1:]
    results, absent = played(
        a for a in attempts() if all(w in f"{a.group} {a.name}" for w in words)
    )
    print("\n".join(absent))
    for group in Group:
        own = [r for r in results if r.attempt.group is group]
        print(group, {str(s): sum(r.score is s for r in own) for s in Score})


if __name__ == "__main__":
    main()
