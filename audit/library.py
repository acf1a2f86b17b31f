# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``from audit import run``: the gate as a call, for admission hooks and other programmes."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from audit import pipeline
from audit.custody import today as this_day
from audit.record.document import AuditRecord
from audit.record.findings import Severity
from audit.request import Request
from audit.sources.names import Reach

Model = str | Path


def run(
    target: Model,
    *,
    against: Iterable[Model] = (),
    controls: Iterable[Model] = (),
    policy: str | Path = "default",
    fail_on: Severity | None = None,
    waivers: Path | None = None,
    locked: Path | None = None,
    today: date | None = None,
    name: str | None = None,
    ignore: Iterable[str] = (),
    include: Iterable[str] = (),
    library: Path | None = None,
    offline: bool = True,
) -> AuditRecord:
    """Audit a model as ``audit model-repo`` does, and return the record; nothing is written.

    Parameters
    ----------
    target, against, controls : str or Path
        Folders, weight files or names on a hub, as on the command line.
    policy : str or Path
        A shipped name, or a TOML file.
    fail_on : Severity, optional
        As the policy says otherwise.
    waivers : Path, optional
        What named persons answer for, judged by ``today`` (now by default).
    locked : Path, optional
        A lock of ``audit lock``; models that differ from it are refused (``UsageError``).
    name : str, optional
        What the target is called.
    ignore, include : iterable of str
        Globs of files of the target that are left out and named, and of those that are not.
    library : Path, optional
        A folder of fingerprints to ask; unlike on the command line, none by default.
    offline : bool
        Whether nobody may be asked; unlike on the command line, that is the default.

    Returns
    -------
    AuditRecord
        ``verdict.status`` is the answer and ``verdict.status.exit_code`` its number.
        ``audit.record.document.to_bytes`` makes canonical JSON of it, by the published schema.

    Raises
    ------
    AuditError
        As the command line does; it knows its exit code and its advice. Settings of files and
        variables are not read.
    """
    request = Request.of(
        str(target),
        against=map(str, against),
        controls=map(str, controls),
        policy=str(policy),
        fail_on=fail_on,
        waivers=waivers,
        locked=locked,
        today=today or this_day(),
        name=name,
        ignore=ignore,
        include=include,
        library=library,
        reach=Reach(offline=offline),
    )
    return pipeline.run(request)
