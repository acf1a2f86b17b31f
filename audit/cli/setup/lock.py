# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit lock``: which commits and which bytes a later run must find."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from audit.cli import options
from audit.cli.common import plain, show
from audit.cli.drawing import observer
from audit.cli.plan import heard
from audit.errors import UsageError
from audit.text.numbers import counted

if TYPE_CHECKING:
    from audit.provenance.lock import Lock
    from audit.request import Request

EXAMPLES = (
    "audit lock ./model --against ./base",
    "audit lock owner/name@main --locked ci/audit.lock",
    "audit model-repo ./model --against ./base --locked audit.lock",
)


def lock_command(
    *,
    target: options.Target,
    against: options.Against = None,
    control: options.Control = None,
    ignore: options.Ignore = None,
    include: options.Include = None,
    offline: options.Offline = False,
    full: options.Full = False,
    resolve_bases: options.ResolveBases = None,
    locked: options.Locked = None,
    quiet: options.Quiet = False,
) -> None:
    """Pin the commits and bytes that a later run must find.

    Of a model and of everything that it is compared with.

    The lock is written to the --locked file, audit.lock by default; what differs from the lock
    that stands there is printed. A run with --locked refuses models that differ (exit code 2).
    """
    from audit.output import replace_file
    from audit.provenance.lock import FILE, changes
    from audit.request import Request, read_lock
    from audit.sources.names import Reach

    path = Path(FILE) if locked is None else locked.expanduser()
    request = Request.of(
        target,
        against=against or (),
        controls=control or (),
        reach=Reach(offline=offline, full=full),
        bases=resolve_bases,
        ignore=ignore or (),
        include=include or (),
    )
    _require_outside(path, request)
    old = read_lock(path) if path.exists() or path.is_symlink() else None
    heard(request)
    new = _pinned(request, quiet=quiet)
    for sentence in () if old is None else changes(old, new):
        show(plain(sentence))
    replace_file(path, new.to_bytes())
    files = sum(len(pin.files) for pin in new.models)
    show(f"{path}: {counted(len(new.models), 'model')}, {counted(files, 'file')}")


def _require_outside(path: Path, request: "Request") -> None:
    """Refuse a place inside a model: it would not be the locked one any more."""
    for folder in request.folders:
        if folder in path.resolve().parents:
            raise UsageError(
                f"{path} lies inside {folder.name}, which it locks.",
                advice="Choose a file outside it with --locked.",
            )


def _pinned(request: "Request", *, quiet: bool) -> "Lock":
    from audit.bases import references
    from audit.inventory import take_inventory
    from audit.provenance.lock import lock_of

    take = partial(take_inventory, progress=observer(quiet=quiet))
    subject = take(request.target)
    found = references(request, subject.parents)
    return lock_of(subject, map(take, found.sources), map(take, request.controls))
