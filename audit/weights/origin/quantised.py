# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Quantised: the audited model's values are the reference's, on a coarse grid."""

from __future__ import annotations

import re
from collections import Counter
from statistics import fmean
from typing import TYPE_CHECKING

from audit.record.derivation import Derivation, DerivationKind
from audit.record.said import Said, quoted
from audit.weights.origin.bars import bars
from audit.weights.origin.grid import MANTISSA_BITS

if TYPE_CHECKING:
    from audit.formats.tensors import TensorHeader
    from audit.weights.origin.trace import Trace
    from audit.weights.pairing.block import Pair


def stored_as_codes(pairs: tuple[Pair, ...]) -> Derivation | None:
    r"""Say that the file itself holds codes with scales where the reference has floats.

    Notes
    -----
    **Signature.** The stored type of most matrices (integers, GGUF blocks, GPTQ, AWQ, scaled
    8-bit floats); values are dequantised before anything is measured.
    **Source.** Ours.
    """
    matrices = [p for p in pairs if not p.is_vector]
    own = [
        p.suspect.header.dtype
        for p in matrices
        if is_codes(p.suspect.header) and not is_codes(p.reference.header)
    ]
    if not own or 2 * len(own) < len(matrices):
        return None
    dtype = Counter(own).most_common(1)[0][0]
    bits = re.search(r"\d+", dtype)
    return Derivation(
        kind=DerivationKind.QUANTISED,
        sentence=Said(
            "{n} of {all} matrices are stored as codes ({dtype}).",
            n=len(own),
            all=len(matrices),
            dtype=dtype,
        ),
        bits=None if bits is None else int(bits[0]),
        detail=quoted(dtype),
    )


def is_codes(header: TensorHeader) -> bool:
    """Whether a file has codes where others have floats."""
    return header.coded or header.dtype not in MANTISSA_BITS


def quantised(traces: tuple[Trace, ...]) -> Derivation | None:
    r"""Say that the weights were quantised, with how many bits and which group.

    Notes
    -----
    **Signature.** Most changed matrices lie on an equally spaced grid (see :func:`grid`) on
    which the reference's do not. The share of values that moved by no more than half a step
    says whether rounding alone explains the change; error-compensating methods and later
    training move more.
    **Blind to.** What :func:`grid` is blind to.
    **Source.** Ours.
    """
    changed = [t for t in traces if t.rank is not None]
    own = [t for t in changed if t.grids[0] is not None and t.grids[1] is None]
    if not own or 2 * len(own) < len(changed):
        return None
    grids = Counter((t.grids[0].bits, t.grids[0].group) for t in own if t.grids[0] is not None)
    bits, group = grids.most_common(1)[0][0]
    within = fmean(t.within for t in own)
    scale = Said("groups of {group}", group=group) if group else Said("one scale per row")
    pure = within >= bars().grid_share
    return Derivation(
        kind=DerivationKind.QUANTISED,
        sentence=Said(
            "The weights of {n} of {all} tensors looked at lie on a grid of {bits} bits ({scale});"
            " {within:share} of them moved by no more than half a step, so rounding explains the"
            " change."
            if pure
            else "The weights of {n} of {all} tensors looked at lie on a grid of {bits} bits"
            " ({scale}); {within:share} of them moved by no more than half a step.",
            n=len(own),
            all=len(traces),
            bits=bits,
            scale=scale,
            within=within,
        ),
        also=() if pure else (DerivationKind.FINE_TUNED,),
        bits=bits,
        group=group or None,
        fraction=round(within, 4),
    )
