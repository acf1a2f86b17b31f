# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The data of a map: which layer, or expert, of one model agrees with which of the other."""

from dataclasses import dataclass
from enum import StrEnum


class MapKind(StrEnum):
    """What the rows and columns of a map are."""

    LAYERS = "layers"
    EXPERTS = "experts"


class MapControl(StrEnum):
    """What the second map of the two was made from."""

    UNRELATED = "unrelated-model"
    PERMUTED = "permuted-dimensions"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementMap:
    """``values[i][j]``: agreement of suspect's ``rows[i]`` with ``columns[j]``, in per cent.

    Mean over ``roles`` of the correlation of windows, -100..100, rounded. ``control`` is the
    same map, of the same rows, with the reference's residual dimensions relabelled at random
    (columns as here) or with an unrelated model (``control_columns`` of it), named
    ``control_name``. ``noise`` is the largest absolute value, in per cent, in ``draws`` random
    relabellings. For a map of experts ``layer`` is the suspect's layer whose experts are the
    rows, and the columns are the reference's layers or, with experts there too, the experts of
    its layer at the same relative depth (``reference_layer``). ``thinned`` says that only
    evenly spread ones are shown, ``undone`` that a relabelling of the residual dimensions was
    undone first.
    """

    kind: MapKind
    roles: tuple[str, ...]
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    values: tuple[tuple[int, ...], ...]
    noise: int
    draws: int
    control_kind: MapControl
    control_name: str
    control_columns: tuple[int, ...]
    control: tuple[tuple[int, ...], ...]
    layer: int | None = None
    reference_layer: int | None = None
    thinned: bool = False
    undone: bool = False
