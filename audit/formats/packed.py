# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Puts matrices together again that a quantiser took apart into codes, zeros and scales.

GPTQ packs the codes of one output along the inputs, 32 bits to a word (AutoGPTQ,
``qlinear_cuda_old.py``: ``pack``); AWQ packs neighbouring outputs in the order 0 2 4 6 1 3 5 7
(AutoAWQ, ``packing_utils.py``). Both store (in, out). 8-bit floats in blocks have one scale
for each block of 128 by 128 (DeepSeek-V3, ``inference/kernel.py``: ``weight_dequant``).
compressed-tensors packs the inputs of each output and takes half the range off
(``pack_to_int32``), or keeps 8-bit integers and floats with a scale for each output; MLX packs the
same way and adds a least value (``mlx.core.dequantize``); bitsandbytes keeps 8-bit integers, 127
times their scale (``SCB``).
"""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import Any

from audit.formats.tables import tabled
from audit.formats.tensors import Packed, Scaled, TensorHeader
from audit.formats.unpacking import unit

_BITS = (2, 3, 4, 5, 6, 8)
_CODES, _ZEROS, _SCALES, _GROUPS = ".qweight", ".qzeros", ".scales", ".g_idx"
_BLOCK_SCALE = "_scale_inv"
_PACKED, _SCALE, _LEAST, _LENGTHS = ".weight_packed", ".weight_scale", ".biases", ".SCB"
_BESIDE = (
    ".weight_shape", ".input_scale", ".weight_format", ".weight_g_idx", ".weight_zero_point",
)  # fmt: skip
"""What may stand beside a packed weight and is told by it, or is no weight."""
_BLOCK = 128
_SCALE_TYPES = ("F32", "F16", "BF16")


def assembled(
    tensors: tuple[TensorHeader, ...], config: dict[str, Any]
) -> tuple[TensorHeader, ...]:
    """Replace the parts of packed matrices by the matrices; leave what does not fit as it is.

    ``config`` is ``config.json``: how the codes are packed stands in ``quantization_config``.
    """
    by_name = {tensor.name: tensor for tensor in tensors}
    settings = config.get("quantization_config")
    made: dict[str, TensorHeader] = {}
    used: set[str] = set()
    for name, tensor in by_name.items():
        whole, parts = tabled(name, by_name)
        if whole is not None:
            pass
        elif name.endswith(_CODES) and isinstance(settings, dict):
            whole, parts = _unpackable(name.removesuffix(_CODES), by_name, settings)
        elif name.endswith(_BLOCK_SCALE):
            whole, parts = _in_blocks(
                by_name.get(name.removesuffix(_BLOCK_SCALE)), tensor, settings
            )
        else:
            whole, parts = _by_rows(name, by_name, config)
        if whole is not None:
            made[whole.name] = whole
            used.update(parts)
    for tensor in tensors:
        scale = None if tensor.name in made else _nearby(tensor, by_name)
        whole = _with_scale(tensor, scale, 1.0) if scale else None
        if scale and whole and scale.name not in used:
            made[whole.name] = whole
            used.add(scale.name)
    kept = (made.pop(t.name, t) for t in tensors if t.name not in used)
    return (*kept, *made.values())


def _nearby(codes: TensorHeader, by_name: dict[str, TensorHeader]) -> TensorHeader | None:
    """The one tensor beside 8-bit integers that has a value for each output, whatever its name.

    Integers without a scale tell less than their order; a name of nobody must not hide them.
    """
    if codes.dtype != "I8" or len(codes.shape) != 2:
        return None
    stem = codes.name.rpartition(".")[0]
    beside = [
        other
        for name, other in by_name.items()
        if name.rpartition(".")[0] == stem and not name.endswith("bias") and other is not codes
    ]
    fitting = [o for o in beside if prod(o.shape) == codes.shape[0]]
    return fitting[0] if stem and len(fitting) == 1 else None


def _unpackable(
    stem: str, by_name: dict[str, TensorHeader], settings: dict[str, Any]
) -> tuple[TensorHeader | None, tuple[str, ...]]:
    """Return the matrix of a GPTQ or AWQ layer and the names of its parts."""
    method, bits = settings.get("quant_method"), settings.get("bits")
    if method == "auto-round":
        method = str(settings.get("packing_format")).removeprefix("auto_round:auto_")
    parts = [by_name.get(stem + end) for end in (_CODES, _ZEROS, _SCALES)]
    index = by_name.get(stem + _GROUPS)
    codes, zeros, scales = parts
    if codes is None or zeros is None or scales is None or bits not in _BITS:
        return None, ()
    if method not in ("gptq", "awq") or (method == "awq" and bits != 4):
        return None, ()
    stored = [part.stored for part in (codes, zeros, scales)]
    if None in stored or not _fits((codes, zeros, scales), index, method, bits):
        return None, ()
    packed = Packed(
        method=method,
        bits=bits,
        zeros=zeros.stored,
        scales=scales.stored,  # type: ignore[arg-type]
        groups=index.stored if index and method == "gptq" else None,
        zero_offset=int(method == "gptq" and settings.get("checkpoint_format") != "gptq_v2"),
    )
    inputs = _inputs(codes, method, bits)
    whole = replace(
        codes,
        name=f"{stem}.weight",
        dtype=f"{method.upper()}-{bits}",
        shape=(scales.shape[1], inputs),
        packed=packed,
    )
    names = tuple(p.name for p in (codes, zeros, scales, index) if p is not None)
    return whole, names


def _fits(
    parts: tuple[TensorHeader, TensorHeader, TensorHeader],
    index: TensorHeader | None,
    method: str,
    bits: int,
) -> bool:
    """Whether the shapes of the parts are those of one layer."""
    if any(len(part.shape) != 2 for part in parts):
        return False
    codes, zeros, scales = parts
    each, apart = unit(bits)
    groups, outputs = scales.shape
    inputs = _inputs(codes, method, bits)
    width = outputs if method == "gptq" else outputs // each
    whole = groups > 0 and outputs % each == 0 and inputs > 0 and inputs % groups == 0
    shapes = codes.shape[1] == width and zeros.shape == (groups, outputs // each * apart)
    types = (codes.dtype, zeros.dtype) == ("I32", "I32") and scales.dtype in _SCALE_TYPES
    indexed = index is None or (index.shape == (inputs,) and index.dtype == "I32")
    return whole and shapes and types and indexed


def _inputs(codes: TensorHeader, method: str, bits: int) -> int:
    """Return how many inputs a layer has; GPTQ packs along them, and 0 where words are left."""
    if method != "gptq":
        return codes.shape[0]
    each, apart = unit(bits)
    return 0 if codes.shape[0] % apart else codes.shape[0] // apart * each


def _by_rows(
    name: str, by_name: dict[str, TensorHeader], config: dict[str, Any]
) -> tuple[TensorHeader | None, tuple[str, ...]]:
    """Return a matrix whose codes lie output by output, and the names of its parts."""
    end = next((e for e in (_PACKED, _SCALE, _LEAST, _LENGTHS) if name.endswith(e)), None)
    if end is None:
        return None, ()
    stem = name.removesuffix(end)
    beside = tuple(stem + e for e in _BESIDE if stem + e in by_name)
    if end == _PACKED:
        whole = _rows(by_name[name], by_name.get(stem + _SCALE), None, _bits(config))
        return _with_zeros(whole, stem, by_name), (name, stem + _SCALE, *beside)
    codes = by_name.get(f"{stem}.weight")
    if end == _LEAST:
        scales = by_name.get(stem + _SCALES)
        whole = _rows(codes, scales, by_name[name], _bits(config))
        return whole, (f"{stem}.weight", name, stem + _SCALES)
    divisor = 127.0 if end == _LENGTHS else 1.0
    return _with_scale(codes, by_name[name], divisor), (name, *beside)


def _bits(config: dict[str, Any]) -> int | None:
    """Return how many bits a code has, by what the configuration says of all layers."""
    mlx, settings = config.get("quantization"), config.get("quantization_config")
    groups = settings.get("config_groups") if isinstance(settings, dict) else None
    said = [g.get("weights") for g in groups.values()] if isinstance(groups, dict) else []
    found = [mlx.get("bits")] if isinstance(mlx, dict) else []
    found += [weights.get("num_bits") for weights in said if isinstance(weights, dict)]
    return found[0] if found and found[0] in _BITS and len(set(found)) == 1 else None


def _rows(
    codes: TensorHeader | None,
    scales: TensorHeader | None,
    least: TensorHeader | None,
    bits: int | None,
) -> TensorHeader | None:
    """Return a matrix of which each output is packed along its inputs."""
    parts = [p for p in (codes, scales, least) if p is not None]
    if codes is None or scales is None or bits is None or len(codes.shape) != 2:
        return None
    if any(len(p.shape) != 2 or p.stored is None or 0 in p.shape for p in parts):
        return None
    each, apart = unit(bits)
    if codes.shape[1] % apart:
        return None
    outputs, inputs = codes.shape[0], codes.shape[1] // apart * each
    alike = least is None or least.shape == scales.shape
    fits = scales.shape[0] == outputs and inputs % scales.shape[1] == 0
    typed = codes.dtype in ("I32", "U32") and all(p.dtype in _SCALE_TYPES for p in parts[1:])
    if not (alike and fits and typed):
        return None
    packed = Packed(
        method="rows",
        bits=bits,
        scales=scales.stored,  # type: ignore[arg-type]
        zero_offset=0 if least else 1 << (bits - 1),
        least=least.stored if least else None,
    )
    name = codes.name.removesuffix("_packed")
    return replace(codes, name=name, dtype=f"INT-{bits}", shape=(outputs, inputs), packed=packed)


def _with_zeros(
    whole: TensorHeader | None, stem: str, by_name: dict[str, TensorHeader]
) -> TensorHeader | None:
    """Add the zero of each group, packed along the outputs, and the group of each input."""
    zeros, index = by_name.get(f"{stem}.weight_zero_point"), by_name.get(f"{stem}.weight_g_idx")
    if whole is None or whole.packed is None:
        return None
    outputs, inputs = whole.shape
    packed = whole.packed
    if index is not None:
        if index.stored is None or index.dtype != "I32" or index.shape != (inputs,):
            return None
        packed = replace(packed, groups=index.stored)
    if zeros is not None:
        each, apart = unit(packed.bits)
        high = (outputs // each * apart, packed.scales.shape[1])
        if zeros.stored is None or zeros.dtype != "I32" or outputs % each or zeros.shape != high:
            return None
        packed = replace(packed, zeros=zeros.stored, zero_offset=0)
    return replace(whole, packed=packed)


def _with_scale(
    codes: TensorHeader | None, scale: TensorHeader, divisor: float
) -> TensorHeader | None:
    """Return an 8-bit matrix with one scale for each output, or for all of it."""
    if codes is None or codes.dtype not in ("I8", "F8_E4M3", "F8_E5M2") or len(codes.shape) != 2:
        return None
    count = prod(scale.shape)
    if scale.stored is None or scale.dtype not in _SCALE_TYPES or count not in (1, codes.shape[0]):
        return None
    scaled = Scaled(scale=replace(scale.stored, shape=(count, 1)), zero=None, divisor=divisor)
    return replace(codes, scaled=scaled)


def _in_blocks(
    matrix: TensorHeader | None, scale: TensorHeader, settings: object
) -> tuple[TensorHeader | None, tuple[str, ...]]:
    """Return an 8-bit matrix with its block scales."""
    given = settings.get("weight_block_size") if isinstance(settings, dict) else None
    block = tuple(given) if isinstance(given, list) else (_BLOCK, _BLOCK)
    if matrix is None or scale.stored is None or scale.dtype not in _SCALE_TYPES:
        return None, ()
    if len(block) != 2 or not all(type(n) is int and n > 0 for n in block):
        return None, ()
    if scale.shape != tuple(-(-a // n) for a, n in zip(matrix.shape, block, strict=False)):
        return None, ()
    if len(matrix.shape) != 2:
        return None, ()
    scaled = Scaled(scale=scale.stored, zero=None, block=(block[0], block[1]))
    return replace(matrix, scaled=scaled), (scale.name,)
