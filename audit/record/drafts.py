# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What is drafted for a release that owes something: the type that record and report share."""

from dataclasses import dataclass

from audit.record.said import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingText:
    """A text to add: what it is, where it is published, and for whom."""

    name: str
    file: str
    source: str
    owed_for: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Everything to do. ``notice`` is the whole file; ``patch`` a unified diff of the card.

    ``statements`` are lines for README or NOTICE with brackets to fill in; ``displays`` words
    that a reader must see; ``names`` what the model's name needs; ``open`` what nobody here
    knows, each with the reason. ``choices`` are decisions that the patch leaves to a person.
    """

    release: str
    notice: str
    texts: tuple[MissingText, ...]
    statements: tuple[str, ...]
    displays: tuple[str, ...]
    names: tuple[Said, ...]
    patch: str
    choices: tuple[Said, ...]
    open: tuple[Said, ...]
