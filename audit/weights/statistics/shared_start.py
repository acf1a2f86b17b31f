# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The shared-initialisation guard: whether one model contains the other's weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


MIN_ROWS = 32
"""With fewer rows the larger slope is biased upwards: lengths of short columns vary by chance."""


def containment(suspect: Tensor, reference: Tensor) -> float:
    r"""Estimate which share of one side's weights is still present in the other.

    Parameters
    ----------
    suspect, reference : Tensor, shape (rows, width)
        Corresponding rows and columns; where a map was applied, after it was undone.

    Notes
    -----
    **Statistic.** Median over the residual dimensions ``j`` of
    :math:`\langle s_j, r_j\rangle / \min(\lVert s_j\rVert^2, \lVert r_j\rVert^2)`, the
    larger of the two regression slopes.
    **Reading.** A child is its parent plus a change that does not depend on it, so one
    slope is near one, whatever was added: noise, continued training, experts. Two
    trainings from one random start both moved away from it, so both slopes are well
    below one. Rescaling columns can only raise the larger slope.
    **Not a test.** It has no p-value; it only decides how an established dependence is
    called. Two children of one parent, both trained for very long, look like a shared
    start too.

    Examples
    --------
    For independent columns the value is near zero, for a child with added noise near one.
    """
    import torch

    s, r = suspect.double(), reference.double()
    cross = (s * r).sum(0)
    smaller = torch.minimum((s * s).sum(0), (r * r).sum(0))
    used = smaller > 0
    return float((cross[used] / smaller[used]).median()) if bool(used.any()) else 0.0
