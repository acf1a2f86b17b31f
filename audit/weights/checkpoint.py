# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A read-only, lazy view of the safetensors files of one folder.

Only the rows that a test asks for are read; what was read is counted.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Self

from audit.inventory import Inventory, TensorHeader
from audit.weights.layout import Slot

if TYPE_CHECKING:
    from types import TracebackType

    from torch import Tensor

BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "F8_E4M3": 1, "F8_E5M2": 1}


class Checkpoint:
    """Opens each file once, when first needed; use it as a context manager."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self._stack = ExitStack()
        self._files: dict[str, Any] = {}
        self.bytes_read = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()
        self._files.clear()

    def rows(self, slot: Slot, start: int, stop: int) -> Tensor:
        """Read units ``start:stop`` of the axis that is not the residual one.

        Returns the stored values in the stored type, shape ``(stop - start, width)``;
        for a vector, shape ``(1, width)`` whatever the range.
        """
        if len(slot.shape) == 1:
            return self.slab(slot.header, 0, slot.header.shape[0]).reshape(1, -1)
        first, last = slot.rows or (0, units(slot))
        window = slice(min(first + start, last), min(first + stop, last))
        place = (slice(None), window) if slot.hidden_axis == 0 else (window, slice(None))
        stacked = place if slot.index is None else (slot.index, *place)
        block: Tensor = self._slice(slot.header)[stacked]
        self.bytes_read += block.numel() * BYTES[slot.header.dtype]
        return block.T if slot.hidden_axis == 0 else block

    def slab(self, header: TensorHeader, start: int, stop: int) -> Tensor:
        """Read ``start:stop`` of the first axis of any tensor, in the stored type."""
        block: Tensor = self._slice(header)[start:stop]
        self.bytes_read += block.numel() * BYTES[header.dtype]
        return block

    def _slice(self, header: TensorHeader) -> Any:
        return self._open(header.file).get_slice(header.name)

    def _open(self, file: str) -> Any:
        if file not in self._files:
            from safetensors import safe_open

            path = str(self._inventory.locate(file))
            self._files[file] = self._stack.enter_context(safe_open(path, framework="pt"))
        return self._files[file]


def units(slot: Slot) -> int:
    """How many rows :meth:`Checkpoint.rows` can give: the size of the other axis."""
    return 1 if len(slot.shape) == 1 else slot.shape[1 - slot.hidden_axis]
