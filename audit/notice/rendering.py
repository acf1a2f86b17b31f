# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Draft in, text for the terminal or files for a folder out."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from audit.licenses.known.difference import carried_text
from audit.record.drafts import Draft, MissingText
from audit.rules import license_facts

ACTIONS = "ACTIONS.md"
NOTICE = "NOTICE"
PATCH = "card.patch"
TEXTS = "LICENSES"
_TO_FETCH = "Take it from the upstream's own repository"
_ADDED = (
    "`--out` writes it as the scanner carries it: hold it against the upstream's own, and keep the"
    " copyright lines that stand there"
)
_NOTHING = "Nothing is owed that is not there."
_CLOSING = (
    "This is a draft from the files of the release and from facts about licences. It is not legal"
    " advice. Fill in every bracket, and check every line before you publish it."
)


def files(draft: Draft) -> dict[str, bytes]:
    """Return the files to write by name; none is empty."""
    found = {ACTIONS: actions(draft)}
    for text in draft.texts:
        wording = _wording(text)
        if wording is not None:
            found[f"{TEXTS}/{_id(text)}.txt"] = wording
    if draft.notice:
        found[NOTICE] = draft.notice
    if draft.patch:
        found[PATCH] = draft.patch
    return {name: text.encode() for name, text in found.items()}


def _id(text: MissingText) -> str:
    """Return the id in a file's name; of a record that somebody sent, nothing else is taken."""
    return PurePosixPath(text.file).stem


def _wording(text: MissingText) -> str | None:
    """Return the words of a licence that the scanner carries, if it does."""
    facts = license_facts(_id(text))
    keys = () if facts is None else facts.aliases.scancode
    found = (carried_text(key) for key in keys)
    return next((f"{words.strip()}\n" for words in found if words is not None), None)


def to_text(draft: Draft) -> str:
    """Return everything as one text."""
    parts = [actions(draft).rstrip()]
    if draft.notice:
        parts.append(f"## {NOTICE}\n\n{_indented(draft.notice)}")
    if draft.patch:
        parts.append(f"## {PATCH} (apply with `patch -p1`)\n\n{_indented(draft.patch)}")
    return "\n\n".join(parts)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.rstrip("\n").split("\n"))


def actions(draft: Draft) -> str:
    """Return the list of what to do, as Markdown; what is not known is part of it."""
    body = "\n\n".join(part for part in _sections(draft) if part)
    return f"# What {draft.release} owes\n\n{body or _NOTHING}\n\n{_CLOSING}\n"


def _sections(draft: Draft) -> Iterator[str]:
    if draft.texts:
        yield _list(
            "Add these texts, unchanged",
            (
                f"`{t.file}`: {t.name}, asked for by {', '.join(t.owed_for)}."
                f" {_ADDED if _wording(t) else _TO_FETCH} (facts read from: {t.source})."
                for t in draft.texts
            ),
        )
    yield _list("Write into README.md or NOTICE", (f"`{line}`" for line in draft.statements))
    yield _list(
        "Show these words near the top of README.md", (f"{words}" for words in draft.displays)
    )
    yield _list(
        "Rename the model",
        (f'The name, here and where it is published, needs "{name}".' for name in draft.names),
    )
    yield _list("Decide", draft.choices)
    yield _list("Not known; find out before you release", draft.open)


def _list(heading: str, items: "Iterator[str] | tuple[str, ...]") -> str:
    lines = [f"- {item}" for item in items]
    return "\n".join([f"## {heading}", "", *lines]) if lines else ""
