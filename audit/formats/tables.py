# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Puts matrices together again whose codes of 4 bits stand for entries of a table.

bitsandbytes keeps NF4 and FP4 with their table and a scale for each 64 values, or codes for those
scales (QLoRA, arXiv 2305.14314, section 3; ``bitsandbytes/functional.py``: ``QuantState``).
Microscaling formats keep 4-bit floats with a scale for each 32 or 16 (OCP MX 1.0, table 1):
gpt-oss as ``_blocks`` and ``_scales``, compressed-tensors, modelopt and MLX under names of theirs.
"""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, Field, FiniteFloat, ValidationError

from audit.formats.tensors import BYTES, Stored, Tabled, TensorHeader

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

STATE = ".quant_state.bitsandbytes__"
"""Between the name of a weight of bitsandbytes and that of its type: JSON of how it is coded."""
_FLOATS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
_E2M1 = (*_FLOATS, *(-value for value in _FLOATS))
_FP4 = (0.0, 0.0052083333, 0.66666667, 1.0, 0.33333333, 0.5, 0.16666667, 0.25)
_NF4 = (
    -1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453,
    -0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0.0,
    0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224,
    0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0,
)  # fmt: skip
_TABLES = {"nf4": _NF4, "fp4": (*_FP4, *(-value for value in _FP4))}
_MX, _NV = 32, 16
"""Values to a scale."""
_ABOVE = 1


def tabled(
    name: str, by_name: dict[str, TensorHeader]
) -> tuple[TensorHeader | None, tuple[str, ...]]:
    """Return the matrix that has ``name`` as one of its parts, and the names of all of them.

    Only for names that no other part of the same matrix would give.
    """
    if STATE in name:
        return _of_bitsandbytes(name, by_name)
    if name.endswith("_blocks"):
        stem = name.removesuffix("_blocks")
        scales = by_name.get(f"{stem}_scales")
        return _small_floats(stem, by_name[name], scales, turned=True), (name, f"{stem}_scales")
    if name.endswith(".weight_packed"):
        stem = name.removesuffix("_packed")
        factor, ends = by_name.get(f"{stem}_global_scale"), ("_scale", "_global_scale")
        whole = _small_floats(
            stem, by_name[name], by_name.get(f"{stem}_scale"), factor=factor, divides=True
        )
        return whole, (name, *_there(stem, ends, by_name))
    if name.endswith(".weight_scale_2"):
        stem = name.removesuffix("_scale_2")
        codes, scales = by_name.get(stem), by_name.get(f"{stem}_scale")
        whole = _small_floats(stem, codes, scales, factor=by_name[name]) if codes else None
        return whole, (stem, name, *_there(stem, ("_scale",), by_name))
    if name.endswith(".scales"):
        stem = name.removesuffix(".scales")
        codes = by_name.get(f"{stem}.weight")
        plain = codes is not None and f"{stem}.biases" not in by_name
        whole = _small_floats(f"{stem}.weight", codes, by_name[name]) if codes and plain else None
        return whole, (name, f"{stem}.weight")
    return None, ()


def _there(stem: str, ends: tuple[str, ...], by_name: dict[str, TensorHeader]) -> tuple[str, ...]:
    """Names of the parts that exist, and of what is kept of a layer's inputs."""
    inputs = stem.removesuffix("weight")
    wanted = (*(stem + end for end in ends), f"{inputs}input_scale", f"{inputs}input_global_scale")
    return tuple(name for name in wanted if name in by_name)


def _small_floats(
    name: str,
    codes: TensorHeader,
    scales: TensorHeader | None,
    *,
    factor: TensorHeader | None = None,
    divides: bool = False,
    turned: bool = False,
) -> TensorHeader | None:
    """Return a matrix, or a stack of them, of E2M1 codes; ``turned`` where it gives (in, out)."""
    if scales is None or codes.stored is None or scales.stored is None:
        return None
    *lead, groups = scales.shape or (0,)
    count, blocks = 2 * codes.nbytes, prod(scales.shape)
    if codes.dtype not in ("U8", "U32", "I32") or not blocks or count % blocks:
        return None
    block = count // blocks
    fine = scales.dtype == "F8_E4M3" or (scales.dtype == "U8" and block == _NV)
    coarse = scales.dtype in ("U8", "F8_E8M0") and block == _MX
    before = codes.shape[: len(lead)]
    if tuple(lead) != before or len(lead) not in (1, 2) or not (fine or coarse):
        return None
    if factor is not None and (factor.stored is None or factor.dtype != "F32"):
        return None
    matrices = lead[0] if len(lead) == 2 else 1
    if factor is not None and prod(factor.shape) not in (1, matrices):
        return None
    shape = (*lead, groups * block)
    return replace(
        codes,
        name=name,
        dtype="NVFP4" if fine else "MXFP4",
        shape=(*shape[:-2], shape[-1], shape[-2]) if turned else shape,
        transposed=turned,
        tabled=Tabled(
            table=_E2M1,
            high_first=False,
            block=block,
            scales=_flat(scales.stored, "U8"),
            exponents=coarse,
            small=fine,
            factor=_flat(factor.stored) if factor and factor.stored else None,
            divides=divides,
        ),
    )


_Count = Annotated[int, Field(gt=0, lt=1 << 40)]


class _State(BaseModel):
    """What the text beside a weight of bitsandbytes says of its codes."""

    shape: tuple[_Count, _Count]
    blocksize: _Count
    nested_blocksize: _Count = 1
    nested_offset: FiniteFloat = 0.0


def _of_bitsandbytes(
    name: str, by_name: dict[str, TensorHeader]
) -> tuple[TensorHeader | None, tuple[str, ...]]:
    stem, _, kind = name.partition(STATE)
    ends = (".absmax", ".nested_absmax", ".nested_quant_map", ".quant_map")
    parts = [by_name[n] for n in (stem, *(stem + end for end in ends)) if n in by_name]
    codes, absmax, *nested = parts if len(parts) > 1 else (None, None)
    state = _state(by_name[name])
    if codes is None or absmax is None or state is None or kind not in _TABLES:
        return None, ()
    how = _with_scales(kind, state, absmax, nested)
    if how is None or state.shape[1] % 2 or 2 * codes.nbytes != prod(state.shape):
        return None, ()
    if codes.shape[1:] != (1,):
        return None, ()  # a matrix that a loader would take as it lies
    whole = replace(codes, dtype=kind.upper(), shape=state.shape, tabled=how)
    return whole, (name, *(part.name for part in parts))


def _with_scales(
    kind: str, state: _State, absmax: TensorHeader, nested: list[TensorHeader]
) -> Tabled | None:
    """Say where the scales lie: numbers, or codes of the table and the scales in ``nested``."""
    count = -(-prod(state.shape) // state.blocksize)
    if absmax.stored is None or prod(absmax.shape) != count:
        return None
    how = Tabled(
        table=_TABLES[kind], high_first=True, block=state.blocksize, scales=_flat(absmax.stored)
    )
    if absmax.dtype == "F32":
        return how
    outer, levels = (part.stored for part in nested[:2]) if len(nested) > 1 else (None, None)
    if absmax.dtype != "U8" or outer is None or levels is None:
        return None
    fits = prod(outer.shape) == -(-count // state.nested_blocksize)
    if not fits or (outer.dtype, levels.dtype, levels.nbytes) != ("F32", "F32", 1024):
        return None
    return replace(
        how,
        levels=_flat(levels),
        of_blocks=_flat(outer),
        outer=state.nested_blocksize,
        shift=state.nested_offset,
    )


def _state(header: TensorHeader) -> _State | None:
    text = header.stored.inline if header.stored else None
    try:
        return _State.model_validate_json(text or b"", strict=True)
    except ValidationError:
        return None


def _flat(stored: Stored, dtype: str | None = None) -> Stored:
    kind = dtype or stored.dtype
    return replace(stored, dtype=kind, shape=(stored.nbytes // BYTES.get(kind, 1),))


def looked_up(
    header: TensorHeader,
    read: Callable[..., Tensor],
    index: int | None,
    rows: range,
    columns: range,
    *,
    end: int | None = None,
) -> Tensor:
    """Compute a window of a matrix, or of one of a stack, as the file has it; float32.

    ``read(stored, elements)`` reads a piece of a stored part; with ``end`` every code is that of
    the next lower (0) or higher (1) entry of the table.
    """
    import torch

    how, width = header.tabled, header.shape[-2] if header.transposed else header.shape[-1]
    if how is None or header.stored is None:
        raise ValueError(f"nobody said how {header.name} is coded")
    each = prod(header.shape[-2:])
    first = (index or 0) * each + rows.start * width
    last = first + len(rows) * width
    bytes_ = read(_flat(header.stored, "U8"), range(first // 2, last // 2)).int()
    halves = (bytes_ >> 4, bytes_ & 15) if how.high_first else (bytes_ & 15, bytes_ >> 4)
    codes = torch.stack(halves, 1).reshape(-1)
    table = torch.tensor(how.table, device=codes.device)
    if end is not None:
        table = beside(table, table, end)
    blocks = range(first // how.block, -(-last // how.block))
    at = torch.arange(first, last, device=codes.device) // how.block - blocks.start
    values = table[codes] * _scales(how, read, blocks)[at]
    if how.factor is not None:
        which = (index or 0) if how.factor.shape[0] > 1 else 0
        factor = read(how.factor, range(which, which + 1))
        values = values / factor if how.divides else values * factor
    return values.reshape(len(rows), width)[:, columns.start : columns.stop]


def _scales(how: Tabled, read: Callable[..., Tensor], blocks: range) -> Tensor:
    import torch

    scales = read(how.scales, blocks)
    if how.exponents:
        return torch.exp2(scales.float() - 127)
    if how.small:
        fine: Tensor = scales.contiguous().view(torch.float8_e4m3fn)
        return fine.float()
    if how.levels is None or how.of_blocks is None:
        return scales.float()
    outer = range(blocks.start // how.outer, -(-blocks.stop // how.outer))
    at = torch.arange(blocks.start, blocks.stop, device=scales.device) // how.outer - outer.start
    levels = read(how.levels, range(how.levels.shape[0])).float()
    return levels[scales.long()] * read(how.of_blocks, outer).float()[at] + how.shift


def beside(values: Tensor, levels: Tensor, end: int) -> Tensor:
    """Replace values that are levels by the next lower (0) or higher (1); the last by itself."""
    import torch

    ordered = torch.unique(levels)
    place = torch.searchsorted(ordered, values) + (1 if end == _ABOVE else -1)
    neighbours: Tensor = ordered[place.clamp(0, len(ordered) - 1)]
    return neighbours
