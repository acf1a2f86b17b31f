# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""One model of a fleet, done in a process of its own, which a model may bring down.

Bytes go in and out, so that a pool on this machine and a cluster run the same code. Whatever is
not a refusal in words ends the process: its caller says so of the model, and starts another.
"""

import os
import signal
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal

import rfc8785
from pydantic import BaseModel, ConfigDict

import audit
from audit import resources
from audit.errors import AuditError, UsageError

if TYPE_CHECKING:
    from audit.sources.interface import Source

ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""Many models are done at once, each by one thread; the libraries read this when they load."""
Doing = Literal["fingerprint", "audit"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Job(_Strict):
    """What is to be done of one model; ``mark`` is that of the model as it was done before."""

    doing: Doing
    target: str
    released: str | None = None
    against: tuple[str, ...] = ()
    policy: str = "default"
    offline: bool = False
    seconds: float = 3600.0
    mark: str | None = None


class Outcome(_Strict):
    """What came of it: a result, the same as before, or a reason why there is none.

    ``mark`` tells whether anything changed that decides the result; ``told`` is what the page
    shows of it.
    """

    state: Literal["done", "same", "failed"]
    mark: str | None = None
    reason: str | None = None
    told: dict[str, Any] = {}


def work(data: bytes) -> bytes:
    """Do one job; return its outcome as a line of JSON, and after it the result's bytes.

    The process ends by SIGALRM if it takes longer than it may.
    """
    os.environ.update(ONE_THREAD)
    job = Job.model_validate_json(data)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, job.seconds)
    try:
        outcome, result = _done(job)
    except AuditError as error:
        outcome, result = Outcome(state="failed", reason=error.message), b""
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return outcome.model_dump_json().encode() + b"\n" + result


def read(reply: bytes) -> tuple[Outcome, bytes]:
    """Read what :func:`work` returned."""
    line, _, result = reply.partition(b"\n")
    return Outcome.model_validate_json(line), result


def _done(job: Job) -> tuple[Outcome, bytes]:
    from audit.sources.names import Reach, named

    reach = Reach(offline=job.offline)
    models = [named(spec, reach) for spec in (job.target, *job.against)]
    mark = _mark(job, models)
    if mark == job.mark:
        return Outcome(state="same", mark=mark), b""
    told, result = _fingerprinted(job, models[0]) if job.doing == "fingerprint" else _audited(job)
    return Outcome(state="done", mark=mark, told=told), result


def _mark(job: Job, models: "list[Source]") -> str:
    """Digest all that decides a result: the files as they are listed, the job, this programme."""
    listed: list[Any] = [
        [[e.path, e.size, repr(e.mark)] for e in one.listing().entries] + [[one.name, one.model]]
        for one in models
    ]
    decides = job.model_dump(mode="json", exclude={"mark", "seconds", "offline"})
    rules = resources.digest(resources.tree("rules"))
    made_by = [audit.__version__, resources.stamp(), rules]
    return sha256(rfc8785.dumps([decides, listed, made_by])).hexdigest()


def _fingerprinted(job: Job, source: "Source") -> tuple[dict[str, Any], bytes]:
    from audit.fingerprints.file import from_bytes, to_bytes
    from audit.fingerprints.make import make
    from audit.inventory import take_inventory

    found = make(take_inventory(source, digest_weights=False), released=job.released)
    header = found.header
    if found.is_empty:
        why = header.problem or "there are none"
        raise UsageError(f"No weights could be read: {why}", advice="Check what it holds.")
    told = {
        "name": found.name,
        "parameters": header.parameters,
        "width": header.width,
        "family": header.family,
        "problem": header.problem,
        "unread": header.unread,
    }
    data = to_bytes(found)
    from_bytes(data, found.name)  # what a library would refuse is refused here
    return told, data


def _audited(job: Job) -> tuple[dict[str, Any], bytes]:
    from audit.library import run
    from audit.record.document import to_bytes

    record = run(job.target, against=job.against, policy=job.policy, offline=job.offline)
    told = {
        "name": record.subject.name,
        "status": record.verdict.status.value,
        "findings": len(record.findings),
        "related": [c.reference for c in record.comparisons if c.relation.is_lineage],
    }
    return told, to_bytes(record)
