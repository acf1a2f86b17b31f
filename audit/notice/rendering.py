# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Draft in, text for the terminal or files for a folder out."""

from pathlib import PurePosixPath

from audit.licenses.known.difference import carried_text
from audit.record.drafts import Draft, MissingText
from audit.record.said import Said, Say
from audit.rules import license_facts

ACTIONS = "ACTIONS.md"
NOTICE = "NOTICE"
PATCH = "card.patch"
TEXTS = "LICENSES"
_NOTHING = Said("Nothing is owed that is not there.")
_CLOSING = Said(
    "This is a draft from the files of the release and from facts about licences. It is not legal"
    " advice. Fill in every bracket, and check every line before you publish it."
)


def files(draft: Draft, say: Say = str) -> dict[str, bytes]:
    """Return the files to write by name, what is to do as ``say`` says it; none is empty."""
    found = {ACTIONS: actions(draft, say)}
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


def to_text(draft: Draft, say: Say = str) -> str:
    """Return everything as one text."""
    parts = [actions(draft, say).rstrip()]
    if draft.notice:
        parts.append(f"## {NOTICE}\n\n{_indented(draft.notice)}")
    if draft.patch:
        heading = say(Said("{patch} (apply with `patch -p1`)", patch=PATCH))
        parts.append(f"## {heading}\n\n{_indented(draft.patch)}")
    return "\n\n".join(parts)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.rstrip("\n").split("\n"))


def actions(draft: Draft, say: Say = str) -> str:
    """Return the list of what to do, as Markdown; what is not known is part of it."""
    parts = [
        "\n".join([f"## {say(heading)}", "", *(f"- {say(item)}" for item in items)])
        for heading, items in _sections(draft)
        if items
    ]
    title = say(Said("What {release} owes", release=draft.release))
    return "\n\n".join([f"# {title}", *(parts or [say(_NOTHING)]), say(_CLOSING)]) + "\n"


def _sections(draft: Draft) -> tuple[tuple[Said, tuple[str, ...]], ...]:
    renamed = (
        Said('The name, here and where it is published, needs "{name}".', name=name)
        for name in draft.names
    )
    return (
        (Said("Add these texts, unchanged"), tuple(map(_text, draft.texts))),
        (
            Said("Write into README.md or NOTICE"),
            tuple(f"`{line}`" for line in draft.statements),
        ),
        (Said("Show these words near the top of README.md"), draft.displays),
        (Said("Rename the model"), tuple(renamed)),
        (Said("Decide"), draft.choices),
        (Said("Not known; find out before you release"), draft.open),
    )


def _text(text: MissingText) -> Said:
    how = (
        Said(
            "`--out` writes it as the scanner carries it: hold it against the upstream's own, and"
            " keep the copyright lines that stand there"
        )
        if _wording(text)
        else Said("Take it from the upstream's own repository")
    )
    return Said(
        "`{file}`: {name}, asked for by {owed:commas}. {how} (facts read from: {source}).",
        file=text.file,
        name=text.name,
        owed=text.owed_for,
        how=how,
        source=text.source,
    )
