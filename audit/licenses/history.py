# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Which licence files the last tag of the git history had, and which differ today."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from audit.budgets import HISTORY_TEXTS, is_used_up
from audit.inventory import Inventory
from audit.licenses.git_objects import LAPSES, GitError, Repository, tree_entries
from audit.licenses.legal_text import MAX_BYTES, LegalText, decode
from audit.licenses.release_files import is_release_license
from audit.record.files import Artifact, Kind, Unread
from audit.record.said import Said
from audit.text.file_names import printable
from audit.unreadable import NotReadableError

_FIELD = re.compile(rb"^(object|tree|committer) (.+)$", re.M)
_TOP = frozenset({"."})
NO_GIT = Said("the folder has no git history")


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """The licence texts at the last tag that are not the same bytes today.

    ``texts`` maps the path at that time to the text; ``unchanged`` counts the files that
    are the same. ``reason`` says why nothing was looked at; then ``tag`` is ``None``.
    """

    tag: str | None
    texts: tuple[LegalText, ...]
    unchanged: int
    reason: Said | None


def earlier_licenses(inventory: Inventory) -> Earlier:
    """Read the licence files of the newest tag, by the date of its commit.

    Nothing is run and nothing outside ``.git`` is opened; a repository that cannot be
    read is a reason.
    """
    try:
        with Repository(inventory.source) as repository:
            if not repository.exists():
                return _nothing(NO_GIT)
            return _compared(inventory, repository)
    except LAPSES as error:
        why = Said("it is damaged")
        if isinstance(error, GitError):
            why = Said.plain(str(error))
        elif isinstance(error, NotReadableError) and is_used_up(error.reason):
            why = error.reason
        return _nothing(Said("the git history was not read: {why}", why=why))


def _nothing(reason: Said) -> Earlier:
    return Earlier(tag=None, texts=(), unchanged=0, reason=reason)


def _compared(inventory: Inventory, repository: Repository) -> Earlier:
    tags = repository.tags()
    commits = {name: _commit(repository, name) for name in set(tags.values())}
    dated = [(*commits[name], tag) for tag, name in tags.items()]
    if not dated:
        return _nothing(Said("the git history has no tags"))
    _, tree, tag = max(dated)
    now = {a.path: a for a in inventory.of_kind(Kind.LEGAL)}
    texts, unchanged = [], 0
    entries = ((printable(raw), name) for raw, name in tree_entries(repository.get(tree).data))
    licenses = [(path, name) for path, name in entries if is_release_license(path, _TOP)]
    if len(licenses) > HISTORY_TEXTS.most:
        raise NotReadableError(HISTORY_TEXTS.reason)
    for path, name in licenses:
        if path in now and _blob_id(inventory, now[path]) == name:
            unchanged += 1
            continue
        entry = repository.get(name)
        text = decode(entry.data[:MAX_BYTES]) if entry.kind == "blob" else None
        if text is not None:
            texts.append(_text(path, text))
    return Earlier(tag=tag, texts=tuple(texts), unchanged=unchanged, reason=None)


def _commit(repository: Repository, name: str, depth: int = 0) -> tuple[int, str]:
    """Return the date (seconds) and the tree of the commit that a tag stands for."""
    found = repository.get(name)
    fields = {m[1].decode(): m[2].decode("utf-8", "replace") for m in _FIELD.finditer(found.data)}
    if found.kind == "tag" and depth < 8:
        return _commit(repository, fields["object"], depth + 1)
    if found.kind != "commit":
        raise GitError("a tag is not of a commit")
    return int(fields["committer"].rsplit(" ", 2)[1]), fields["tree"]


def _blob_id(inventory: Inventory, artifact: Artifact) -> str:
    """Return the id that git gives to the content of a file, nothing if it cannot be read."""
    data = inventory.reread(artifact, MAX_BYTES)
    if isinstance(data, Unread):
        return ""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _text(path: str, text: str) -> LegalText:
    artifact = Artifact(
        path=PurePosixPath(path).as_posix(),
        size=len(text.encode("utf-8", "surrogatepass")),
        sha256=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        kind=Kind.LEGAL,
    )
    return LegalText(artifact=artifact, text=text, declaration=text)
