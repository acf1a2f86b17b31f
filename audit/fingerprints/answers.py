# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What rows of layers answer to sums of other rows, which is the same in every basis."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from audit.fingerprints.document import GRAM
from audit.fingerprints.sketch import Columns, coded, standard

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

    from audit.weights.model.folding import Folding
    from audit.weights.model.slots import Slot

QUESTIONS = 8
KINDS = 3
_HEADS = "answers-heads"
_ASKING = frozenset({"q", "k", "qkv"})


def asks(slot: Slot) -> bool:
    """Whether sums of its rows are questions to the other rows of its layer."""
    return slot.role.rpartition(".")[2] in _ASKING and len(slot.shape) == 2


def answers(slot: Slot) -> bool:
    """Whether rows are neurons, or values inside heads; of experts the first alone counts."""
    rows = slot.neuron_rows or slot.value_heads is not None
    return rows and len(slot.shape) == 2 and slot.expert in (None, 0)


@dataclass(slots=True)
class Answers:
    """Questions that were read, and what was answered; ``rows`` of each matrix are asked."""

    folding: Folding
    rows: int
    questions: int
    """How many sums of queries and keys there are."""
    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    _asked: dict[str, Tensor] = field(default_factory=dict)
    _heads: tuple[int | None, Tensor | None] = (None, None)
    _found: dict[str, list[np.ndarray]] = field(default_factory=dict)
    _count: int = 0

    @property
    def has_table(self) -> bool:
        """Whether a table of tokens was read."""
        return bool(self._asked)

    def table(self, numbered: Columns, *named: Columns) -> None:
        """Keep a table drawn by number and by token string, and let it ask."""
        for name, columns in zip(("numbered", "tokens"), (numbered, *named), strict=False):
            self.arrays[name] = coded(columns.drawn())
            self._asked[f"answers-{name}"] = columns.raw()[:QUESTIONS]
        sums = (*named, numbered)[0].raw()[:GRAM]
        unit = sums / sums.norm(dim=1, keepdim=True).clamp_min(1e-300)
        self.arrays["gram"] = (unit @ unit.T).float().numpy()

    def ask(self, slot: Slot, columns: Columns) -> None:
        """Let sums of queries or keys ask the rows of their layer that are read after them."""
        sums = columns.raw()[: self.questions] * self.gain(slot)
        sums = sums / sums.norm().clamp_min(1e-300)
        layer, before = self._heads
        self._heads = slot.layer, sums if before is None or layer != slot.layer else before + sums

    def take(self, slot: Slot, first: Tensor) -> tuple[int, int]:
        """Keep the answers of a matrix's first rows; return where they begin and end."""
        import torch

        rows = first[: self.rows].double() * self.gain(slot)
        layer, heads = self._heads
        if heads is None or layer != slot.layer:
            heads = torch.zeros(self.questions, rows.shape[1], dtype=torch.float64)
        for name, questions in {**self._asked, _HEADS: heads}.items():
            self._found.setdefault(name, []).append(standard(rows @ questions.T))
        start, self._count = self._count, self._count + rows.shape[0]
        return start, self._count

    def done(self) -> dict[str, np.ndarray]:
        """Return the arrays; of questions that nobody asked there are none."""
        import numpy as np

        told = {name: np.concatenate(parts) for name, parts in self._found.items()}
        return self.arrays | {name: array for name, array in told.items() if array.any()}

    def gain(self, slot: Slot) -> Tensor | float:
        """Return what scales what a matrix reads, shape (1, width), or one."""
        gain = self.folding.gain(slot)
        return 1.0 if gain is None else gain.double().cpu().nan_to_num(0.0, 0.0, 0.0)
