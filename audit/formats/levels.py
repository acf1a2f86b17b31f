# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The ends of the levels that codes can stand for: what a quantiser may do to a value.

Codes of one block are equally spaced, but for those of small floats. With all codes set to the
lowest, and to the highest, the format's own decoder gives both ends of each block's levels, in
every arrangement of scales.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from audit.formats.tensors import TensorHeader

LOWEST, HIGHEST = 0, 1
ONE = 2
"""Added to either: as if every scale that is itself a code were one."""


@dataclass(frozen=True, slots=True)
class _Block:
    """Bytes of one block; which of them are codes, all bits of which are set or not; steps."""

    size: int
    start: int
    stop: int
    steps: int
    ends: tuple[int, int] = (0x00, 0xFF)
    scales: int = 0
    ones: bytes = b""
    has_least: bool = False
    """Where the scales lie that are codes, what they look like where all are one, and whether
    the least value has such a scale of its own."""


_SIX_BITS = b"\x01" * 8 + b"\x11" * 4
_BLOCKS = {
    "Q4_0": _Block(18, 2, 18, 15),
    "Q4_1": _Block(20, 4, 20, 15),
    "Q5_0": _Block(22, 2, 22, 31),
    "Q5_1": _Block(24, 4, 24, 31),
    "Q8_0": _Block(34, 2, 34, 254, (0x81, 0x7F)),
    "Q2_K": _Block(84, 16, 80, 3, scales=0, ones=b"\x11" * 16, has_least=True),
    "Q3_K": _Block(110, 0, 96, 7, scales=96, ones=b"\x11" * 8 + b"\xaa" * 4),
    "Q4_K": _Block(144, 16, 144, 15, scales=4, ones=_SIX_BITS, has_least=True),
    "Q5_K": _Block(176, 16, 176, 31, scales=4, ones=_SIX_BITS, has_least=True),
    "Q6_K": _Block(210, 0, 192, 63, scales=192, ones=b"\x01" * 16),
}
"""Layouts of ``ggml-common.h``."""
CODES = {"I8": (-128, 127), "U8": (0, 255), "I16": (-(1 << 15), (1 << 15) - 1)}
"""Whole numbers that a scale turns into values: the lowest and the highest."""


def unequal(header: TensorHeader) -> bool:
    """Whether the levels of a tensor are floats: both ends are then the levels beside a value."""
    return bool(header.tabled or (header.scaled and header.dtype.startswith("F8")))


def steps(header: TensorHeader) -> int | None:
    """Return how many equal steps lie between the ends of a tensor's levels, if there are such."""
    if header.packed is not None:
        return (1 << header.packed.bits) - 1
    if header.scaled is not None:
        low, high = CODES.get(header.dtype, (0, 0))
        return high - low or None
    block = _BLOCKS.get(header.dtype)
    return None if block is None else block.steps


def coded_scales(dtype: str) -> tuple[bool, bool]:
    """Whether the scales of a type are codes, and whether its least values have such a scale."""
    block = _BLOCKS.get(dtype)
    return (False, False) if block is None else (bool(block.ones), block.has_least)


def at_end(data: bytearray, dtype: str, end: int) -> bytearray:
    """Set every code of whole blocks to the lowest or the highest; scales stay, or become one."""
    import numpy as np

    block = _BLOCKS[dtype]
    changed = np.frombuffer(data, np.uint8).reshape(-1, block.size).copy()
    if end >= ONE and block.ones:
        stop = block.scales + len(block.ones)
        changed[:, block.scales : stop] = np.frombuffer(block.ones, np.uint8)
    changed[:, block.start : block.stop] = block.ends[end % ONE]
    return bytearray(changed.tobytes())
