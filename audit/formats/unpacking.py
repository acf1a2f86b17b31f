# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Computes windows of matrices whose codes are packed into words of 32 bits."""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from audit.formats.tensors import Packed, TensorHeader

WORD = 32
_AWQ_ORDER = (0, 4, 1, 5, 2, 6, 3, 7)
"""Where in a word the code of each of eight neighbouring outputs stands."""


def unpacked(
    packed: Packed,
    read: Callable[..., Tensor],
    header: TensorHeader,
    rows: range,
    columns: range,
    *,
    end: int | None = None,
) -> Tensor:
    """Compute a window (outputs ``rows``, inputs ``columns``) of a packed matrix, float32.

    ``read(stored, rows, columns)`` reads a window of a stored part; with ``end`` every code is the
    lowest (0) or the highest (1).
    """
    import torch

    if packed.method == "rows":
        return _unpacked_rows(packed, read, header, rows, columns, end=end)
    each, apart = unit(packed.bits)
    outputs = range(rows.start // each * each, -(-rows.stop // each) * each)
    words = range(outputs.start // each * apart, outputs.stop // each * apart)
    gptq = packed.method == "gptq"
    if gptq:
        first, last = columns.start // each, -(-columns.stop // each)
        packs = range(first * apart, last * apart)
        codes = _spread(read(header.stored, packs, outputs).T, packed.bits)
        codes = codes[:, columns.start - first * each :][:, : len(columns)].T
    else:
        codes = _reordered(_spread(read(header.stored, columns, words), packed.bits))
    if end is not None:
        codes = torch.full_like(codes, end * ((1 << packed.bits) - 1))
    every = range(packed.scales.shape[0])
    zeros = _spread(read(packed.zeros, every, words), packed.bits)
    zeros = zeros if gptq else _reordered(zeros)
    scales = read(packed.scales, every, outputs).float()
    if packed.groups is not None:
        group = read(packed.groups, columns, None).long().clamp(0, len(every) - 1)
    else:
        group = torch.arange(columns.start, columns.stop, device=scales.device) // (
            header.shape[1] // len(every)
        )
    values = (codes - zeros[group] - packed.zero_offset) * scales[group]
    return values[:, rows.start - outputs.start :][:, : len(rows)].T


def _unpacked_rows(
    packed: Packed,
    read: Callable[..., Tensor],
    header: TensorHeader,
    rows: range,
    columns: range,
    *,
    end: int | None,
) -> Tensor:
    import torch

    (each, apart), every = unit(packed.bits), range(packed.scales.shape[1])
    first, last = columns.start // each, -(-columns.stop // each)
    words = range(first * apart, last * apart)
    codes = _spread(read(header.stored, rows, words), packed.bits)
    codes = codes[:, columns.start - first * each :][:, : len(columns)]
    if end is not None:
        codes = torch.full_like(codes, end * ((1 << packed.bits) - 1))
    if packed.groups is not None:
        group = read(packed.groups, columns, None).long().clamp(0, len(every) - 1)
    else:
        group = torch.arange(columns.start, columns.stop, device=codes.device)
        group = group // (header.shape[1] // len(every))
    if packed.zeros is not None:
        units = range(rows.start // each * apart, -(-rows.stop // each) * apart)
        zeros = _spread(read(packed.zeros, units, every).T, packed.bits).T
        codes = codes - zeros[rows.start % each :][: len(rows)][:, group]
    values = (codes - packed.zero_offset) * read(packed.scales, rows, every).float()[:, group]
    if packed.least is not None:
        values = values + read(packed.least, rows, every).float()[:, group]
    return values


def _spread(words: Tensor, bits: int) -> Tensor:
    """Split the 32-bit words of the last axis into codes, lowest bits first; float32.

    Codes of 3, 5 or 6 bits run on from one word into the next.
    """
    import torch

    each, apart = unit(bits)
    *lead, wide = words.shape
    stream = (words.contiguous().long() & 0xFFFFFFFF).reshape(*lead, wide // apart, apart)
    starts = torch.arange(0, each * bits, bits, device=words.device)
    first = starts // WORD
    after = (first + 1).clamp(max=apart - 1)
    pairs = stream[..., first] | (stream[..., after] & ((1 << bits) - 1)) << WORD
    codes = (pairs >> (starts % WORD)) & ((1 << bits) - 1)
    return codes.reshape(*lead, wide // apart * each).float()


def unit(bits: int) -> tuple[int, int]:
    """How many codes end where a word ends for the first time, and how many words they take."""
    return WORD // gcd(bits, WORD), bits // gcd(bits, WORD)


def _reordered(codes: Tensor) -> Tensor:
    """Undo AWQ's order of eight neighbouring outputs."""
    words = codes.reshape(*codes.shape[:-1], codes.shape[-1] // 8, 8)
    return words[..., list(_AWQ_ORDER)].reshape(codes.shape)
