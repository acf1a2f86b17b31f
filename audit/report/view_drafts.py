# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Text that is ready to paste: NOTICE, statements, and the patch of the card."""

from dataclasses import dataclass

from audit.record.document import AuditRecord
from audit.record.drafts import Draft
from audit.report.wording import clip
from audit.text.numbers import counted, left_out

_LINES, _ITEMS, _LONGEST = 60, 20, 240


@dataclass(frozen=True, slots=True, kw_only=True)
class PasteView:
    """One text to paste, line by line; ``more`` says what is left out."""

    heading: str
    lines: tuple[str, ...]
    more: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftsView:
    """What to add, to write and to decide; ``reason`` says why there is nothing."""

    reason: str
    texts: tuple[tuple[str, str], ...]
    pastes: tuple[PasteView, ...]
    choices: tuple[str, ...]
    open: tuple[str, ...]


def drafts(record: AuditRecord) -> DraftsView:
    """Return what `audit notice` drafts for the same evidence."""
    draft = record.notice
    if draft is None:
        return _nothing("The record carries no drafts; audit notice makes them.")
    pastes = _pastes(draft)
    if not any((draft.texts, pastes, draft.choices)):
        return _nothing("Nothing has to be added or rewritten.", _items(draft.open))
    return DraftsView(
        reason="",
        texts=tuple(
            (
                clip(text.file, 120),
                f"{clip(text.name, 120)}, asked for by {clip(', '.join(text.owed_for), 200)}. Take "
                "it unchanged from the upstream’s own repository.",
            )
            for text in draft.texts
        ),
        pastes=pastes,
        choices=_items(draft.choices),
        open=_items(draft.open),
    )


def _nothing(reason: str, open_: tuple[str, ...] = ()) -> DraftsView:
    return DraftsView(reason=reason, texts=(), pastes=(), choices=(), open=open_)


def _items(found: tuple[str, ...]) -> tuple[str, ...]:
    said = (clip(text, 400) for text in found[:_ITEMS])
    return (*said, *filter(None, (left_out(len(found), _ITEMS, "line"),)))


def _pastes(draft: Draft) -> tuple[PasteView, ...]:
    texts = (
        ("NOTICE, the whole file", draft.notice),
        ("Sentences for README.md or NOTICE", "\n".join(draft.statements)),
        ("Words to show near the top of README.md", "\n".join(draft.displays)),
        ("Words that the model’s name needs, wherever it is published", "\n".join(draft.names)),
        ("Patch of the model card, for patch -p1", draft.patch),
    )
    return tuple(_paste(heading, text) for heading, text in texts if text)


def _paste(heading: str, text: str) -> PasteView:
    lines = text.rstrip("\n").split("\n")
    left = len(lines) - _LINES
    return PasteView(
        heading=heading,
        lines=tuple(clip(line.expandtabs(4), _LONGEST) for line in lines[:_LINES]),
        more=f"{counted(left, 'more line')}: audit notice writes the whole." if left > 0 else "",
    )
