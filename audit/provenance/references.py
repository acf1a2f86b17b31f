# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Which models to compare with: what the user gave, and what the card names.

A declaration is matched by the last segment of its name, ignoring case: the card's
``meta-org/Some-Base`` is answered by a folder called ``some-base``, either given with
``--against`` or lying beside the audited folder, or fetched from the hub by the name of all of
it. Nothing else is searched, and a folder beside it must look like a model, so that a card
cannot make the audit list the files of an unrelated folder by naming it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from audit.errors import UsageError
from audit.record.files import DeclaredParent
from audit.record.said import Said
from audit.sources.interface import Source
from audit.text.file_names import printable

Fetch = Callable[[DeclaredParent], Source | Said | None]
"""Fetches a declared model, or says why that cannot be; ``None`` for what is no model of a hub."""
_HUB_ID = re.compile(r"([A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*)(?:@([\w./-]+))?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A model to compare with.

    ``origin`` is ``given`` or ``declared``; ``parent`` is the declaration that this
    model answers, ``None`` when no declaration names it.
    """

    source: Source
    origin: str
    parent: DeclaredParent | None


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """The folders found, in the order they will be compared, and what was not found."""

    found: tuple[Reference, ...]
    missing: tuple[DeclaredParent, ...]
    reasons: Mapping[str, Said] = field(default_factory=dict)
    """Why a missing one was not fetched, by its name, where it was tried."""

    @property
    def sources(self) -> tuple[Source, ...]:
        """The models alone."""
        return tuple(reference.source for reference in self.found)

    @property
    def declared(self) -> tuple[bool, ...]:
        """For each model, whether a declaration names it."""
        return tuple(reference.parent is not None for reference in self.found)


def folder_name(declared: str) -> str:
    """Return the folder that a declaration would be called, or ``""`` if it names none.

    Examples
    --------
    >>> folder_name("meta-org/Some-Base@main")
    'some-base'
    >>> folder_name("../")
    ''
    """
    last = PurePosixPath(declared.strip().replace("\\", "/")).name
    return "" if last in {".", ".."} else last.split("@")[0].casefold()


def hub_id(declared: str) -> tuple[str, str | None] | None:
    """Return the model and the revision that a declaration names, if it names a hub's.

    Examples
    --------
    >>> hub_id("meta-org/Some-Base@main"), hub_id("./base")
    (('meta-org/Some-Base', 'main'), None)
    """
    found = _HUB_ID.fullmatch(declared.strip())
    return None if found is None else (found[1], found[2])


def means(parent: DeclaredParent, name: str) -> bool:
    """Whether a declaration means what goes by a name: all of it, if both have an owner.

    Examples
    --------
    >>> base = DeclaredParent(name="meta-org/Some-Base@main", path="", field="", relation=None)
    >>> [means(base, n) for n in ("meta-org/some-base", "some-base", "other/some-base")]
    [True, True, False]
    """
    if "/" in name and hub_id(parent.name) is not None:
        return parent.name.strip().partition("@")[0].casefold() == name.casefold()
    return bool(name) and folder_name(parent.name) == folder_name(name)


def find_references(
    subject: Source,
    given: tuple[Source, ...],
    parents: tuple[DeclaredParent, ...],
    controls: tuple[Source, ...] = (),
    fetch: Fetch | None = None,
) -> References:
    """Match the models given, and those beside the subject, with the declared parents.

    1. A model given twice counts once.
    2. A model that is given answers the first declaration of its name: of all of it, where it
       is known which published model it is, else of the last part.
    3. A declaration left over is looked for beside the subject, then fetched, if ``fetch`` does
       that. One model answers one declaration.
    4. What is then still unanswered is missing.

    Raises
    ------
    UsageError
        If a given folder is the subject itself, or a control is one of the models compared.
    """
    wanted = _distinct_parents(parents)
    found: list[Reference] = []
    for source in _distinct_sources(subject, given):
        parent = next((p for p in wanted if _answers(source, p)), None)
        wanted = [p for p in wanted if p is not parent]
        found.append(Reference(source=source, origin="given", parent=parent))
    missing: list[DeclaredParent] = []
    reasons: dict[str, Said] = {}
    for parent in wanted:
        beside = _beside(subject, parent, found) or (fetch and fetch(parent)) or None
        if isinstance(beside, Source) and not _taken(beside, subject, found):
            found.append(Reference(source=beside, origin="declared", parent=parent))
        else:
            missing.append(parent)
            reasons |= {parent.name: beside} if isinstance(beside, Said) else {}
    require_apart(controls, (subject, *(reference.source for reference in found)))
    return References(found=_named_apart(subject, found), missing=tuple(missing), reasons=reasons)


def require_apart(controls: Sequence[Source], compared: Sequence[Source]) -> None:
    """Refuse a control that is one of the models compared.

    Raises
    ------
    UsageError
        If a control's folder is compared itself.
    """
    for control in controls:
        if any(control.is_same(source) for source in compared):
            raise UsageError(
                f"The control {control.name} is one of the models compared.",
                advice="Pass a model that is known to be independent of them to --control.",
            )


def _distinct_parents(parents: tuple[DeclaredParent, ...]) -> list[DeclaredParent]:
    """Keep the first declaration of each name; a card and a config often both have it."""
    first: dict[str, DeclaredParent] = {}
    for parent in parents:
        first.setdefault(parent.name.casefold(), parent)
    return list(first.values())


def _distinct_sources(subject: Source, given: tuple[Source, ...]) -> tuple[Source, ...]:
    for source in given:
        if source.is_same(subject):
            raise UsageError(
                f"The reference {source.name} is the audited folder itself.",
                advice="Name another folder: every folder is a copy of itself.",
            )
    return tuple({source.place: source for source in given}.values())


def _beside(subject: Source, parent: DeclaredParent, found: list[Reference]) -> Source | None:
    name = folder_name(parent.name)
    for source in subject.neighbours(name) if name else ():
        if not _taken(source, subject, found):
            return source
    return None


def _taken(source: Source, subject: Source, found: list[Reference]) -> bool:
    return any(source.is_same(other) for other in (subject, *(one.source for one in found)))


def _answers(source: Source, parent: DeclaredParent) -> bool:
    """Whether a model is the one that is declared."""
    if source.model and "/" in source.model and hub_id(parent.name) is not None:
        whole = parent.name.strip().partition("@")[0].casefold()
        return whole in {name.casefold() for name in (source.model, *source.also)}
    return folder_name(parent.name) == source.name.casefold()


def _named_apart(subject: Source, found: list[Reference]) -> tuple[Reference, ...]:
    """Give folders of one name (``run1/final``, ``run2/final``) their parents' names too."""
    names = [subject.name, *(reference.source.name for reference in found)]
    return tuple(
        reference
        if names.count(reference.source.name) == 1
        else replace(
            reference,
            source=reference.source.named(_longer_name(reference.source, subject, found)),
        )
        for reference in found
    )


def _longer_name(source: Source, subject: Source, found: list[Reference]) -> str:
    """Return the shortest tail of the address that no other model shares."""
    mine = source.place
    others = [subject.place, *(r.source.place for r in found if r.source.place != mine)]
    for depth in range(2, len(mine)):
        if all(other[-depth:] != mine[-depth:] for other in others):
            return printable("/".join(mine[-depth:]))
    return printable("/".join(mine[1:]))
