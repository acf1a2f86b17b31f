# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A comparison that was made before is not made again: kept by all that decides it.

That is the digests of the files that the weight stage may open, of the rules, the versions of the
libraries and this programme's own files. A changed card or licence decides nothing about weights.
"""

import platform
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from audit import resources
from audit.inventory import Inventory
from audit.kept import Kept
from audit.progress import SILENT, Progress
from audit.record.absent import Absent
from audit.record.files import Kind
from audit.record.library import LibraryAnswer
from audit.record.weights import Comparison, Relatives

Result = tuple[tuple[Comparison, ...], Relatives | None]

_PAPERS = frozenset(
    (
        Kind.MODEL_CARD,
        Kind.LEGAL,
        Kind.DOCUMENT,
        Kind.CODE,
        Kind.NOTEBOOK,
        Kind.PACKAGE_METADATA,
    )
)
"""Files that no comparison of weights opens."""
_LIBRARIES = ("gguf", "numpy", "safetensors", "torch")


def against(
    suspect: Inventory,
    references: Sequence[Inventory],
    controls: Sequence[Inventory] = (),
    declared: Sequence[bool] = (),
    device: str = "cpu",
    *,
    salt: str = "",
    progress: Progress = SILENT,
) -> Result:
    """Return what :func:`audit.lineage.several.against` says, computed now or before.

    Nothing is kept of models of which not every byte was digested here.
    """

    def compute() -> Result:
        from audit.lineage import several

        return several.against(
            suspect, references, controls, declared, device, salt=salt, progress=progress
        )

    models = (suspect, *references, *controls)
    if not all(_whole(one) for one in models):
        return compute()
    counts = (len(references), len(controls))
    depends_on = (*map(_decisive, models), *counts, list(declared), device, salt, *_made_by())
    with Kept() as kept:
        found: Result | Absent = kept.result(Result, depends_on, compute)
    assert not isinstance(found, Absent)
    return found


def of_library(
    model: Inventory,
    folder: Path,
    declared: Callable[[str], str | None],
    *,
    progress: Progress = SILENT,
) -> LibraryAnswer:
    """Return what :func:`audit.fingerprints.asking.ask` says, computed now or before.

    ``declared`` says of a member's name which of the model's declared bases it means.
    """
    from audit.fingerprints.shelf import Library

    shelf = Library(folder)

    def compute() -> LibraryAnswer:
        from audit.fingerprints.asking import ask

        return ask(model, shelf, declared=declared, progress=progress)

    if not _whole(model):
        return compute()
    known = (shelf.digest, [p.name for p in model.parents], model.source.model)
    with Kept() as kept:
        found = kept.result(LibraryAnswer, (_decisive(model), *known, *_made_by()), compute)
    assert not isinstance(found, Absent)
    return found


def _whole(inventory: Inventory) -> bool:
    """Whether every file of an inventory stands in it with a digest that was computed here."""
    known = {a.path for a in inventory.artifacts} | {u.path for u in inventory.unread}
    return not inventory.stated and known >= set(inventory.entries)


def _decisive(inventory: Inventory) -> list[Any]:
    return [
        inventory.name,
        [[a.path, a.kind.value, a.sha256] for a in inventory.artifacts if a.kind not in _PAPERS],
        [[u.path, str(u.reason)] for u in inventory.unread],
        [p.name for p in inventory.parents if p.relation == "adapter"],
        [list(one) for one in inventory.other_weights],
    ]


def _made_by() -> tuple[str, ...]:
    """Return what else can move a number: our own files, libraries, the machine's kind."""
    own = (resources.stamp(), resources.digest(resources.tree("rules")))
    return (*own, *map(_version, _LIBRARIES), platform.python_version(), platform.machine())


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""
