# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Whether the release says that it is a changed version, and of what."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from audit.obligations.answers import Answer, met, not_met, unknown
from audit.provenance.ancestors import Ancestor, is_code
from audit.provenance.release import Release, Text
from audit.record.obligations import Passage
from audit.record.said import NOTHING_SAID, Said, quoted
from audit.rules.known_works import known_model, provenance_words
from audit.text.fold import plain
from audit.text.sentences import sentences

_HEADER_LINES = 60
_LONGEST = 1000
_LABEL = 40
"""Most characters of a line that is no more than a label, as a heading is."""
_PAPERS = ("card", "notice", "changes")
_RELATION = "base_model_relation"


def change_statement(release: Release, ancestor: Ancestor) -> Answer:
    """Decide whether a reader is told what was changed.

    For weights a sentence of a document must name the ancestor, or the card declare it as
    its base, and say how it was changed; ``base_model_relation`` says how, too. For code
    each file must say so near its top, or a document must name the file.
    """
    return _of_code(release, ancestor) if is_code(ancestor) else _of_weights(release, ancestor)


def _of_weights(release: Release, ancestor: Ancestor) -> Answer:
    names = _names(ancestor)
    said = list(_changes(release, "card"))
    for sentence, passage in (*said, *_changes(release, "notice", "changes")):
        if any(name in sentence for name in names):
            return met(Said("{path} says it", path=passage.path), passage)
    own = release.field_passage("base_model")
    declares = own is not None and any(name in plain(own.matched) for name in names)
    relation = release.field_passage(_RELATION)
    if declares and relation is not None:
        return met(Said("the card declares {matched}", matched=relation.matched), relation)
    labelled = next(_labelled(release, names), None)
    if said and (declares or labelled is not None):
        passage = said[0][1]
        reason = Said("{path} says it, and the card declares the base", path=passage.path)
        return met(reason, passage, *([labelled] if labelled is not None and not declares else []))
    unread = release.unread("card", "notice")
    if unread:
        return unknown(Said("{path} could not be read", path=unread[0]))
    shown = ancestor.node.name
    if declares and own is not None:
        return not_met(
            Said("the card declares {shown} and says nowhere what was changed", shown=shown), own
        )
    return not_met(Said("no document says that this is a changed version of {shown}", shown=shown))


def _names(ancestor: Ancestor) -> tuple[str, ...]:
    """Return what a sentence may call it: its name, its last part, what prose calls it."""
    declared = ancestor.upstream.parent if ancestor.upstream is not None else None
    full = [ancestor.node.name, *([declared.name] if declared is not None else [])]
    listed = known_model(full[-1])
    last = [PurePosixPath(name.split("@")[0]).name for name in full]
    return tuple(
        dict.fromkeys(plain(n) for n in (*full, *last, *(listed.row.names if listed else ())))
    )


def _labelled(release: Release, names: tuple[str, ...]) -> Iterator[Passage]:
    """Yield the lines that name the ancestor as "the base model": beside the label or below it."""
    labels = tuple(plain(word) for word in provenance_words().made_from_label)
    for text in release.placed("card"):
        label = ""
        for number, line in enumerate(text.text.split("\n"), 1):
            words = plain(line[:_LONGEST])
            if words.strip():
                near = (label, words) if any(name in words for name in names) else ()
                if any(word in said for said in near for word in labels):
                    shown = quoted(line.strip()[:200])
                    yield Passage(path=text.artifact.path, line=number, matched=shown)
                label = words if len(words) <= _LABEL else ""


def _changes(release: Release, *places: str) -> Iterator[tuple[str, Passage]]:
    """Yield the sentences that speak of a change, as plain words and as found.

    Policies and licences speak of changes too, and of none that was made here.
    """
    starts = tuple(plain(word).rstrip() for word in provenance_words().changed)
    for text in release.placed(*places):
        for sentence in sentences(text.text):
            words = plain(sentence.text)
            if any(start in words for start in starts):
                shown = quoted(sentence.text[:200])
                yield words, Passage(path=text.artifact.path, line=sentence.line, matched=shown)


def _of_code(release: Release, ancestor: Ancestor) -> Answer:
    files = sorted({e.path for e in (ancestor.path[0], *ancestor.beside) if e.path is not None})
    copies = {m.path for m in release.code.matches}
    changed = [path for path in files if path in copies]
    if not changed:
        return unknown(
            Said("whether these files were changed is not known: what they were is not at hand"),
            question=Said(
                "Changed here or not, and if so, does the file say so: {files}?",
                files=", ".join(files),
            ),
        )
    texts = {text.artifact.path: text for text in release.texts}
    silent = [path for path in changed if not _says_changed(texts.get(path), release, path)]
    if not silent:
        return met(Said("{files}: said in the file or in a document", files=", ".join(changed)))
    passages = (Passage(path=path, line=1, matched=NOTHING_SAID) for path in silent)
    return not_met(
        Said("{files}: no notice that the file was changed", files=", ".join(silent)), *passages
    )


def _says_changed(text: Text | None, release: Release, path: str) -> bool:
    starts = tuple(plain(word).rstrip() for word in provenance_words().changed)
    if text is not None:
        top = text.text.split("\n")[:_HEADER_LINES]
        comments = plain(" ".join(line for line in top if line.lstrip().startswith(("#", '"'))))
        if any(start in comments for start in starts):
            return True
    name = plain(PurePosixPath(path).name)
    return any(name in words for words, _ in _changes(release, *_PAPERS))
