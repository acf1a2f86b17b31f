# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Does a list of models, keeps what comes of each, and goes on where a killed run stopped.

Whoever does the jobs, results are kept here, by one process: fingerprints in a library, records
in a folder, and a line of the manifest when each is on the disk.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from audit.errors import UsageError
from audit.fleets import task
from audit.fleets.manifest import Line, Manifest
from audit.output import replace_file
from audit.progress import SILENT, Progress

if TYPE_CHECKING:
    from audit.fingerprints.shelf import Library
    from audit.fleets.pool import Jobs, Replies, Reply
    from audit.fleets.targets import Target

RECORDS = "records"
_NAME = 60
Do = Callable[["Jobs"], "Replies"]
"""Does jobs, in any order, and yields what came of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """What is to be done, and where results go: ``shelf`` is where fingerprints do."""

    targets: "Sequence[Target]"
    folder: Path
    shelf: "Library"
    doing: task.Doing = "fingerprint"
    policy: str = "default"
    offline: bool = False
    seconds: float = 3600.0

    def record(self, line: Line) -> Path:
        """Return where the record of a model lies."""
        name = re.sub(r"[^\w.-]+", "-", str(line.told.get("name")), flags=re.ASCII)
        name = name[:_NAME].strip("-.") or "model"
        return self.folder / RECORDS / f"{name}-{(line.sha256 or '')[:12]}.json"


def run(
    fleet: Fleet,
    do: Do,
    *,
    progress: Progress = SILENT,
    failed: Callable[[Line], None] = lambda _: None,
) -> tuple[Line, ...]:
    """Do the models; return what came of each, in the order of the list.

    ``failed`` hears of each that gave nothing, as it happens. A run that goes on does again what
    gave nothing, and what is no longer what it was.

    Raises
    ------
    UsageError
        If another run writes into the folder.
    OutputError
        If a result cannot be written; what was written stays, and the next run goes on from it.
    """
    fleet.folder.mkdir(parents=True, exist_ok=True)
    manifest = Manifest(fleet.folder)
    with manifest.alone():
        before = _standing(fleet, manifest)
        manifest.rewrite(before.values())
        jobs = [_job(fleet, one, before) for one in fleet.targets]
        found: list[Line | None] = [None] * len(jobs)
        what = {"fingerprint": "Fingerprinting models", "audit": "Auditing models"}[fleet.doing]
        with progress.task(what, len(jobs)) as advance:
            for number, reply in do(_sent(jobs)):
                line = _kept(fleet, jobs[number], before, reply)
                found[number] = line
                if line.key not in before or line != before[line.key]:
                    manifest.add(line)
                if line.state == "failed":
                    failed(line)
                advance(1)
        lines = tuple(line for line in found if line is not None)
        manifest.rewrite(lines)
        fleet.shelf.index()
    return lines


def _standing(fleet: Fleet, manifest: Manifest) -> dict[tuple[object, ...], Line]:
    """Return what an earlier run did and what is still there."""
    members = set(fleet.shelf.members())
    found = {}
    for key, line in manifest.read().items():
        if line.doing != fleet.doing:
            raise UsageError(
                f"{fleet.folder.name} holds another kind of run.", advice="Choose another --out."
            )
        held_still = line.sha256 in members or fleet.record(line).is_file()
        if line.state == "done" and held_still:
            found[key] = line
    return found


def _job(fleet: Fleet, one: "Target", before: dict[tuple[object, ...], Line]) -> task.Job:
    made = task.Job(
        doing=fleet.doing,
        target=one.target,
        released=one.released.isoformat() if one.released else None,
        against=one.against,
        policy=fleet.policy,
        offline=fleet.offline,
        seconds=fleet.seconds,
    )
    known = before.get(_key(made))
    return made.model_copy(update={"mark": known.mark}) if known else made


def _key(job: task.Job) -> tuple[object, ...]:
    return job.doing, job.target, job.released, job.against


def _sent(jobs: Sequence[task.Job]) -> Iterator[tuple[int, bytes]]:
    for number, job in enumerate(jobs):
        yield number, job.model_dump_json().encode()


def _kept(
    fleet: Fleet, job: task.Job, before: dict[tuple[object, ...], Line], reply: "Reply"
) -> Line:
    """Keep the result of a job, and return its line."""
    if isinstance(reply, Exception):
        outcome, result = task.Outcome(state="failed", reason=str(reply)), b""
    else:
        outcome, result = task.read(reply)
    if outcome.state == "same":
        return before[_key(job)]
    done = outcome.state == "done"
    line = Line(
        doing=job.doing,
        target=job.target,
        released=job.released,
        against=job.against,
        state="done" if done else "failed",
        sha256=sha256(result).hexdigest() if done else None,
        mark=outcome.mark,
        reason=outcome.reason,
        told=outcome.told,
    )
    if done and job.doing == "fingerprint":
        fleet.shelf.add(result, job.target)
    elif done:
        fleet.record(line).parent.mkdir(exist_ok=True)
        replace_file(fleet.record(line), result)
    return line
