# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A lock: which commits and which bytes the models of a run had, and whether they still have them.

What is held against it are the inventories that the run then judges, not a second look at the
same places. Names of models do not count, content does.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from audit.errors import RulesError, UsageError
from audit.inventory import Inventory
from audit.rules.loading import Strict, validate
from audit.text.file_names import shortened
from audit.text.numbers import counted
from audit.text.strict_json import parse_object
from audit.unreadable import NotReadableError

FILE = "audit.lock"
VERSION = 1
LARGEST = 64 << 20
"""Bytes; the files of a hundred thousand have some ten millions."""
_SHOWN = 5
"""Files of a model that an error names."""
_SHORT = 12
_ADVICE = "If the change is meant, look at it, and write the lock again with `audit lock`."
Sha256 = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
Commit = Annotated[str, StringConstraints(pattern="^[0-9a-f]{40}$")]


class Pin(Strict):
    """One model: its part in the run, its commit on a hub, its files with their SHA-256."""

    role: Literal["subject", "reference", "control"]
    name: str
    commit: Commit | None
    files: dict[str, Sha256]
    unread: tuple[str, ...]
    """What is there and has no digest: a link, a pipe."""

    @classmethod
    def of(cls, role: str, model: Inventory) -> "Pin":
        """Pin what an inventory holds; a hub's weights by the digest that it states."""
        source = model.source
        files = {artifact.path: artifact.sha256 for artifact in model.artifacts}
        return cls.model_validate(
            {
                "role": role,
                "name": source.model or source.name,
                "commit": None if source.revision is None else source.revision.commit,
                "files": files,
                "unread": sorted({one.path for one in model.unread} - set(files)),
            }
        )

    @property
    def content(self) -> tuple[object, ...]:
        """What has to be the same."""
        return self.role, self.commit, self.files, self.unread


class Lock(Strict):
    """The models of a run, the audited one first."""

    version: Literal[1]
    models: Annotated[tuple[Pin, ...], Field(min_length=1)]

    @property
    def alone(self) -> "Lock":
        """The lock of the audited model only."""
        return Lock(version=1, models=tuple(p for p in self.models if p.role == "subject"))

    def to_bytes(self) -> bytes:
        """Return the lock as it stands in its file; the same models give the same bytes."""
        fields = self.model_dump(mode="json")
        return f"{json.dumps(fields, ensure_ascii=False, indent=1, sort_keys=True)}\n".encode()


def lock_of(
    subject: Inventory, references: Iterable[Inventory], controls: Iterable[Inventory]
) -> Lock:
    """Pin the models of a run, whatever the order in which they were named."""
    others = [
        *(Pin.of("reference", one) for one in references),
        *(Pin.of("control", one) for one in controls),
    ]
    others.sort(key=lambda pin: (pin.role != "reference", pin.name, sorted(pin.files.items())))
    return Lock(version=1, models=(Pin.of("subject", subject), *others))


def lock_from_bytes(data: bytes, *, where: str) -> Lock:
    """Decode a lock; ``where`` names its file in the error.

    Raises
    ------
    RulesError
        If it is no lock, or one of another version.
    """
    try:
        fields = parse_object(data)
    except NotReadableError as error:
        raise RulesError(
            f"{where}: {error.reason}.", advice="Write it again: audit lock."
        ) from error
    if fields.get("version", VERSION) != VERSION:
        raise RulesError(
            f"{where} is a lock of another version; this is {VERSION}.",
            advice="Write it again: audit lock.",
        )
    lock = validate(Lock, fields, where)
    if [pin.role for pin in lock.models].count("subject") != 1:
        raise RulesError(
            f"{where} does not have one audited model.", advice="Write it again: audit lock."
        )
    return lock


def require_same(locked: Lock, now: Lock) -> None:
    """Refuse models that are not the locked ones.

    Raises
    ------
    UsageError
        If a branch moved, a file has another digest, or a model is new or gone; says which.
    """
    moved = list(changes(locked, now))
    if moved:
        raise UsageError(f"The lock does not hold. {' '.join(moved)}", advice=_ADVICE)


def changes(locked: Lock, now: Lock) -> Iterator[str]:
    """Say of each model what it was and is, in a sentence each."""
    before = [pin for pin in locked.models if all(pin.content != p.content for p in now.models)]
    after = [pin for pin in now.models if all(pin.content != p.content for p in locked.models)]
    for old in before:
        same = (new for new in after if new.role == old.role)
        new = next(
            (p for p in same if old.role == "subject" or p.name == old.name),
            None,
        )
        if new is None:
            yield f"The {old.role} {shortened(old.name)} is not there any more."
        else:
            after.remove(new)
            yield f"The {old.role} {shortened(new.name)} moved: {'; '.join(_moved(old, new))}."
    for new in after:
        yield f"The {new.role} {shortened(new.name)} is not in the lock."


def _moved(old: Pin, new: Pin) -> Iterator[str]:
    if old.commit != new.commit:
        yield f"commit {_short(old.commit)} -> {_short(new.commit)}"
    was = {**dict.fromkeys(old.unread, "not read"), **old.files}
    now = {**dict.fromkeys(new.unread, "not read"), **new.files}
    paths = [path for path in sorted({*was, *now}) if was.get(path) != now.get(path)]
    for path in paths[:_SHOWN]:
        yield f"{shortened(path)} {_short(was.get(path))} -> {_short(now.get(path))}"
    if len(paths) > _SHOWN:
        yield f"and {counted(len(paths) - _SHOWN, 'more file')}"


def _short(digest: str | None) -> str:
    return "none" if digest is None else digest[:_SHORT]
