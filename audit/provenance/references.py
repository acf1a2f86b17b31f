# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Which folders to compare with: what the user gave, and what the card names.

A declaration is matched by the last segment of its name, ignoring case: the card's
``meta-org/Some-Base`` is answered by a folder called ``some-base``, either given with
``--against`` or lying beside the audited folder. Nothing else is searched, and a
folder beside it must look like a model, so that a card cannot make the audit list
the files of an unrelated folder by naming it.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from audit.errors import UsageError
from audit.record.files import DeclaredParent
from audit.sources.names import Snapshot
from audit.text.file_names import printable


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A folder to compare with.

    ``origin`` is ``given`` or ``declared``; ``parent`` is the declaration that this
    folder answers, ``None`` when no declaration names it.
    """

    snapshot: Snapshot
    origin: str
    parent: DeclaredParent | None


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """The folders found, in the order they will be compared, and what was not found."""

    found: tuple[Reference, ...]
    missing: tuple[DeclaredParent, ...]

    @property
    def snapshots(self) -> tuple[Snapshot, ...]:
        """The folders alone."""
        return tuple(reference.snapshot for reference in self.found)

    @property
    def declared(self) -> tuple[bool, ...]:
        """For each folder, whether a declaration names it."""
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


def find_references(
    subject: Snapshot,
    given: tuple[Snapshot, ...],
    parents: tuple[DeclaredParent, ...],
    controls: tuple[Snapshot, ...] = (),
) -> References:
    """Match the folders given, and those beside the subject, with the declared parents.

    1. A folder given twice counts once.
    2. A folder that is given answers the first declaration of its name.
    3. A declaration left over is looked for beside the subject. One folder answers
       one declaration.
    4. What is then still unanswered is missing.

    Raises
    ------
    UsageError
        If a given folder is the subject itself, or a control is one of the models compared.
    """
    wanted = _distinct_parents(parents)
    found: list[Reference] = []
    for snapshot in _distinct_folders(subject, given):
        parent = next((p for p in wanted if folder_name(p.name) == _key(snapshot)), None)
        wanted = [p for p in wanted if p is not parent]
        found.append(Reference(snapshot=snapshot, origin="given", parent=parent))
    missing: list[DeclaredParent] = []
    for parent in wanted:
        beside = _beside(subject, parent, found)
        if beside is None:
            missing.append(parent)
        else:
            found.append(Reference(snapshot=beside, origin="declared", parent=parent))
    require_apart(controls, (subject, *(reference.snapshot for reference in found)))
    return References(found=_named_apart(subject, found), missing=tuple(missing))


def require_apart(controls: Sequence[Snapshot], compared: Sequence[Snapshot]) -> None:
    """Refuse a control that is one of the models compared.

    Raises
    ------
    UsageError
        If a control's folder is compared itself.
    """
    roots = {snapshot.root for snapshot in compared}
    for control in controls:
        if control.root in roots:
            raise UsageError(
                f"The control {control.name} is one of the models compared.",
                advice="Pass a model that is known to be independent of them to --control.",
            )


def _key(snapshot: Snapshot) -> str:
    return snapshot.name.casefold()


def _distinct_parents(parents: tuple[DeclaredParent, ...]) -> list[DeclaredParent]:
    """Keep the first declaration of each name; a card and a config often both have it."""
    first: dict[str, DeclaredParent] = {}
    for parent in parents:
        first.setdefault(parent.name.casefold(), parent)
    return list(first.values())


def _distinct_folders(subject: Snapshot, given: tuple[Snapshot, ...]) -> tuple[Snapshot, ...]:
    for snapshot in given:
        if snapshot.root == subject.root:
            raise UsageError(
                f"The reference {snapshot.name} is the audited folder itself.",
                advice="Name another folder: every folder is a copy of itself.",
            )
    return tuple({snapshot.root: snapshot for snapshot in given}.values())


def _beside(subject: Snapshot, parent: DeclaredParent, found: list[Reference]) -> Snapshot | None:
    wanted = folder_name(parent.name)
    taken = {subject.root, *(reference.snapshot.root for reference in found)}
    for path in _folders_beside(subject.root) if wanted else ():
        root = path.resolve()
        if path.name.casefold() == wanted and root not in taken and _looks_like_model(root):
            return Snapshot(root=root, name=printable(path.name))
    return None


def _folders_beside(root: Path) -> list[Path]:
    """List the folders beside ``root``; a parent that may not be listed has none."""
    try:
        with os.scandir(root.parent) as entries:
            return sorted(Path(entry.path) for entry in entries if entry.is_dir())
    except OSError:
        return []


def _looks_like_model(root: Path) -> bool:
    try:
        return (root / "config.json").is_file() or any(root.glob("*.safetensors"))
    except OSError:
        return False


def _named_apart(subject: Snapshot, found: list[Reference]) -> tuple[Reference, ...]:
    """Give folders of one name (``run1/final``, ``run2/final``) their parents' names too."""
    names = [subject.name, *(reference.snapshot.name for reference in found)]
    return tuple(
        reference
        if names.count(reference.snapshot.name) == 1
        else replace(
            reference,
            snapshot=replace(reference.snapshot, name=_longer_name(reference, subject, found)),
        )
        for reference in found
    )


def _longer_name(reference: Reference, subject: Snapshot, found: list[Reference]) -> str:
    """Return the shortest tail of the path that no other folder shares."""
    mine = reference.snapshot.root
    others = [subject.root, *(r.snapshot.root for r in found if r.snapshot.root != mine)]
    for depth in range(2, len(mine.parts)):
        if all(other.parts[-depth:] != mine.parts[-depth:] for other in others):
            return printable("/".join(mine.parts[-depth:]))
    return printable("/".join(mine.parts[1:]))
