# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""B0, tensor identity: whether trained tensors are equal, value for value."""

from __future__ import annotations

from dataclasses import dataclass

from audit.weights.model.constructible import constructible
from audit.weights.nulls.permutation import log10_factorial
from audit.weights.pairing.pairs import Block

VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What the comparison of values found.

    ``compared`` and ``identical`` count elements of trained tensors; ``whole`` counts
    elements of blocks that are equal throughout. ``log10_p`` is the bound of the strongest
    single block, 0 when none is equal.
    """

    compared: int = 0
    identical: int = 0
    whole: int = 0
    log10_p: float = 0.0

    def __add__(self, other: Identity) -> Identity:
        return Identity(
            compared=self.compared + other.compared,
            identical=self.identical + other.identical,
            whole=self.whole + other.whole,
            log10_p=min(self.log10_p, other.log10_p),
        )


def tensor_identity(block: Block) -> Identity:
    r"""Count equal values of one block, leaving out what could be constructed.

    Notes
    -----
    **Null hypothesis.** The models come from independent initialisations, so the labels
    of the residual dimensions of one are a uniformly random relabelling.
    **Statistic.** Blocks of which every value is equal, after casting the finer stored
    type to the coarser one.
    **p-value.** Exact. A relabelling leaves a block unchanged only if it exchanges equal
    columns, so :math:`P \le \prod_c m_c! / d!` with :math:`m_c` the multiplicities of
    equal columns among the ``d``. The strongest block counts; blocks are not multiplied,
    because they share one relabelling.
    **Detects.** Copies, re-sharding, renaming, casts, frozen parts, partial reuse.
    **Blind to.** Everything that changes every value.
    **Also fires for.** Parts that were never trained and come from the same random seed.
    """
    elements = (block.reference.shape[0] + block.dropped) * block.reference.shape[1]
    whole = block.identical == elements
    if whole and constructible(block.reference) is not None:
        return Identity()
    return Identity(
        compared=elements,
        identical=block.identical,
        whole=elements if whole else 0,
        log10_p=_log10_arrangements(block) if whole else 0.0,
    )


def _log10_arrangements(block: Block) -> float:
    """log10 of the share of relabellings that leave the block unchanged."""
    import torch

    columns = block.reference.T.contiguous()
    _, counts = torch.unique(columns, dim=0, return_counts=True)
    repeated = sum(log10_factorial(int(c)) for c in counts if int(c) > 1)
    return repeated - log10_factorial(columns.shape[0])
