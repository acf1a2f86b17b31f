# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Which revision a folder says it is: for the report's list of items, never for a decision.

A downloaded folder carries its commit in one of three places. All three are what somebody wrote
there, so that only 40 hexadecimal digits are taken from them, and no link is followed.
"""

import re
from collections.abc import Mapping

from audit.record.absent import Absent
from audit.record.files import Revision
from audit.record.said import Said, quoted
from audit.sources.interface import Entry, Source
from audit.unreadable import NotReadableError

_COMMIT = re.compile(r"[0-9a-f]{40}")
_HEAD = re.compile(r"ref: (refs/[\w./-]{1,200})")
_NOTE = re.compile(r"\.cache/huggingface/download/[^/]+\.metadata")
_LARGEST, _MOST = 1 << 20, 200
"""Bytes of a file that is read, and files of download notes that are looked at."""


def stated_revision(source: Source, entries: Mapping[str, Entry]) -> Revision | None:
    """Return the revision that the source states, ``None`` where it states none.

    The hub's cache names the folder after it, the hub's downloads note it beside each file, a
    clone has it in ``.git``. Files can have been changed since.
    """
    if source.revision is not None:
        return source.revision
    noted = _noted(source, entries)
    if noted is not None:
        return Revision(commit=noted, origin=Said("the hub's notes of the download"))
    head = _head(source)
    return None if head is None else Revision(commit=head, origin=quoted(".git/HEAD"))


def _noted(source: Source, entries: Mapping[str, Entry]) -> str | None:
    """Return the one commit that all notes of a download name."""
    notes = [entry for path, entry in sorted(entries.items()) if _NOTE.fullmatch(path)][:_MOST]
    commits = {_text(source, entry).partition("\n")[0].strip() for entry in notes}
    only = commits.pop() if len(commits) == 1 else ""
    return only if _COMMIT.fullmatch(only) else None


def _head(source: Source) -> str | None:
    head = _git(source, "HEAD").strip()
    named = _HEAD.fullmatch(head)
    if named is None:
        return head if _COMMIT.fullmatch(head) else None
    found = _git(source, named[1]).strip() or _packed(source, named[1])
    return found if _COMMIT.fullmatch(found) else None


def _packed(source: Source, name: str) -> str:
    for line in _git(source, "packed-refs").splitlines():
        commit, _, ref = line.partition(" ")
        if ref == name:
            return commit
    return ""


def _git(source: Source, name: str) -> str:
    try:
        entry = source.find(f".git/{name}")
    except NotReadableError:
        return ""
    return "" if isinstance(entry, Absent) else _text(source, entry)


def _text(source: Source, entry: Entry) -> str:
    """Return a small file's text, nothing where it cannot be read as such."""
    try:
        return source.content(entry, _LARGEST).decode("ascii")
    except (NotReadableError, UnicodeDecodeError):
        return ""
