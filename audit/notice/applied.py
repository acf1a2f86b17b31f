# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Drafts in the place that they are for: in a copy of the release, never in the release itself.

The copy holds what the audit lists: no links, no history. A text that is there already stays; where
the patch of the card names another licence, LICENSE becomes its text, and the old one is filed.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from audit.errors import UsageError
from audit.notice.rendering import NOTICE, PATCH, TEXTS, files
from audit.obligations.terms import card_id
from audit.record.drafts import Draft
from audit.record.files import Artifact
from audit.sources.interface import Entry, Source
from audit.unreadable import ChangedError, NotReadableError

_BLOCK = 1 << 20
_TEXT_BYTES = 4 << 20
_HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+\d+(?:,\d+)? @@")
_TERMS = re.compile(r"^\+license: (\S+)$", re.M)
_OWN_TEXTS = ("LICENSE", "LICENSE.txt", "LICENSE.md")
_CARD = re.compile(r"\+\+\+ b/(.+)")


def applied(
    draft: Draft, source: Source, artifacts: Iterable[Artifact]
) -> dict[str, bytes | Iterator[bytes]]:
    """Return the files of the copy by name, those of the release as blocks to be written once.

    Parameters
    ----------
    draft
        What was drafted for this very release.
    source, artifacts
        The release, and the files with the digests for which the drafts were made.

    Raises
    ------
    UsageError
        If a file is another now, or the patch of the card does not fit.
    """
    digests = {artifact.path: artifact.sha256 for artifact in artifacts}
    entries = {entry.path: entry for entry in source.listing().entries}
    if entries.keys() != digests.keys():
        raise _changed(sorted(entries.keys() ^ digests.keys())[0])
    copied: dict[str, bytes | Iterator[bytes]] = {
        path: _blocks(source, entry, digests[path]) for path, entry in entries.items()
    }
    made = files(draft)
    for name, content in made.items():
        if name == NOTICE or (name.startswith(f"{TEXTS}/") and name not in entries):
            _held(source, entries.get(name), digests)
            copied[name] = content
    if PATCH in made:
        named = _CARD.search(draft.patch)
        path = "" if named is None else named[1]
        before = _held(source, entries.get(path), digests)
        copied[path] = patched(before, draft.patch).encode()
        copied |= _relicensed(draft.patch, made, source, entries, digests)
    return copied


def _relicensed(
    patch: str,
    made: Mapping[str, bytes],
    source: Source,
    entries: Mapping[str, Entry],
    digests: Mapping[str, str],
) -> dict[str, bytes]:
    """Return the new text of LICENSE, and the old one for the parts that are still under it."""
    named = _TERMS.search(patch)
    own = next((name for name in _OWN_TEXTS if name in entries), None)
    text = next(
        (made[name] for name in made if named and card_id(PurePosixPath(name).stem) == named[1]),
        None,
    )
    if own is None or text is None or f"{TEXTS}/{own}" in entries:
        return {}
    before = _held(source, entries[own], digests)
    return {own: text, f"{TEXTS}/{own}": before.encode()}


def _held(source: Source, entry: Entry | None, digests: Mapping[str, str]) -> str:
    """Return the text that a draft takes the place of, which has to be the one that was read."""
    if entry is None:
        return ""
    try:
        return source.content(entry, _TEXT_BYTES, digests[entry.path]).decode()
    except (NotReadableError, UnicodeDecodeError) as error:
        raise _changed(entry.path) from error


def patched(text: str, patch: str) -> str:
    r"""Apply a unified diff of one file.

    Examples
    --------
    >>> patched("a\nb\n", "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n")
    'a\nc\n'

    Raises
    ------
    UsageError
        If a line that it names is not there.
    """
    before, after, at = re.findall(r"[^\n]*\n|[^\n]+", text), list[str](), 0
    for line in re.findall(r"[^\n]*\n|[^\n]+", patch)[2:]:
        hunk = _HUNK.match(line)
        mark, words = line[:1], line[1:]
        if hunk is not None:
            start = max(int(hunk[1]) - 1, at)
            after += before[at:start]
            at = start
        elif mark == "\\":  # of the line before: it has no end
            after[-1:] = [after[-1].removesuffix("\n")] if after else []
        elif mark == "+":
            after.append(words)
        elif at < len(before) and before[at].rstrip("\n") == words.rstrip("\n"):
            after += [before[at]] if mark == " " else []
            at += 1
        else:
            raise _changed("the card")
    return "".join((*after, *before[at:]))


def _blocks(source: Source, entry: Entry, sha256: str) -> Iterator[bytes]:
    digest = hashlib.sha256()
    try:
        with source.opened(entry) as access:
            stream = access.stream()
            while block := stream.read(_BLOCK):
                digest.update(block)
                yield block
        if digest.hexdigest() != sha256:
            raise ChangedError
    except NotReadableError as error:
        raise _changed(entry.path) from error


def _changed(path: str) -> UsageError:
    return UsageError(
        f"{path} is not the file for which the drafts were made.",
        advice="Run audit notice again on the release as it is.",
    )
