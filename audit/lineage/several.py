# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""One suspect against several references: each alone, then what they show together."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import compress

from audit.fingerprints.compared import compare as by_fingerprint
from audit.fingerprints.given import is_given
from audit.inventory import Inventory
from audit.lineage import SEED
from audit.lineage.folders import of_folders
from audit.lineage.laid_over import laid_over
from audit.progress import SILENT, Progress
from audit.record.said import Said
from audit.record.weights import Comparison, PKind, Relation, Relatives
from audit.weights.comparison import compare as compare_models
from audit.weights.model.devices import own_threads
from audit.weights.origin.relatives import examine_relatives
from audit.weights.origin.siblings import with_siblings
from audit.weights.rereading import reread
from audit.weights.rule.judge import Case, Keep, forget


def compare(
    suspect: Inventory,
    reference: Inventory,
    *,
    references: int = 1,
    seed: int = SEED,
    device: str = "cpu",
    salt: str = "",
    controls: tuple[Inventory, ...] = (),
    progress: Progress = SILENT,
    keep: Keep = forget,
) -> Comparison:
    """Compare one folder with another: every model that lies in them, the strongest relation.

    Where one of them is a fingerprint, what its tests say.
    """
    if is_given(suspect) or is_given(reference):
        return by_fingerprint(suspect, reference, references=references, progress=progress)
    one = partial(
        own_threads()(compare_models),
        seed=seed,
        device=device,
        salt=salt,
        controls=controls,
        progress=progress,
    )
    with progress.task(f"Comparing {suspect.name} with {reference.name}", None):
        return of_folders(one, suspect, reference, references=references, keep=keep)


def against(
    suspect: Inventory,
    references: Sequence[Inventory],
    controls: Sequence[Inventory] = (),
    declared: Sequence[bool] = (),
    device: str = "cpu",
    *,
    salt: str = "",
    progress: Progress = SILENT,
) -> tuple[tuple[Comparison, ...], Relatives | None]:
    """Compare a model with every reference.

    1. Each reference by itself, every p-value corrected for their number.
    2. Calibrated conclusions are read again against more controls: those given, and the
       references that share no weights and are not declared to be a parent.
    3. An adapter that fits two of them is laid over each, and held against the other.
    4. Two or more references that share weights are looked at together.
    5. Directions that only a third reference can settle are settled.

    Parameters
    ----------
    controls : sequence of Inventory
        Models known to be independent of all.
    salt : str
        Goes into what is drawn of models that are not read whole.
    declared : sequence of bool
        For each reference, whether the release declares it as a parent; none by default.

    Returns
    -------
    tuple
        One comparison for each reference, in their order; and what the related ones show
        together, ``None`` unless there are two or more.

    Raises
    ------
    UsageError
        If there is no such device here.
    """
    if any(map(is_given, controls)):
        whole = [control for control in controls if not is_given(control)]
        found, together = against(
            suspect, references, whole, declared, device, salt=salt, progress=progress
        )
        left = tuple(_no_control(control.name) for control in controls if is_given(control))
        return tuple(replace(c, limits=(*left, *c.limits)) for c in found), together
    among = partial(compare, seed=SEED, device=device, salt=salt, progress=progress)
    one = partial(among, suspect, references=len(references))
    if len(references) == 1:  # no other reference can join the controls
        return (one(references[0], controls=tuple(controls)),), None
    kept: dict[int, tuple[Case, int]] = {}

    def keep(reference: Inventory) -> Keep:
        return lambda case, read: kept.__setitem__(id(reference), (case, read))

    found = tuple(one(reference, keep=keep(reference)) for reference in references)
    apart = [c.relation is Relation.NO_SHARED_WEIGHTS for c in found]
    spare = [a and not d for a, d in zip(apart, declared or [False] * len(found), strict=True)]
    known = (*controls, *compress(references, spare))
    found = tuple(
        reread(*kept[id(reference)], known, progress=progress)
        if known and c.p_kind is PKind.CALIBRATED
        else c
        for reference, c in zip(references, found, strict=True)
    )
    found = tuple(laid_over(suspect, references, found))
    related = [
        c.relation in (Relation.COPY, Relation.DERIVED) and not any(map(is_given, (suspect, r)))
        for c, r in zip(found, references, strict=True)
    ]
    if sum(related) < 2:
        return found, None
    relatives = examine_relatives(suspect, tuple(compress(references, related)))
    opened = {reference.name: reference for reference in references}
    if len(opened) < len(found):  # names that do not tell references apart
        return found, relatives
    by_name = dict(zip(opened, found, strict=True))
    settled = with_siblings(by_name, relatives, lambda a, b: among(opened[a], opened[b]))
    return tuple(settled[name] for name in opened), relatives


def _no_control(name: str) -> Said:
    return Said(
        "{name} was no control: it is known by a fingerprint, and scores that are read against"
        " controls need weights.",
        name=name,
    )
