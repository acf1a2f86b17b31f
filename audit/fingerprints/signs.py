# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The public draw: a sign for each row and direction, the same in every fingerprint.

Rows are drawn together, columns never: a residual dimension keeps its own place, so the labels of
the dimensions of one model mean as little to another model as they did before.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

MOST = 256
"""Directions that a digest has bits for; the first are the same however many are asked for."""
_DRAW = b"audit-fingerprint-1"


def of_rows(start: int, stop: int, directions: int) -> Tensor:
    """Draw the signs of rows by their number, shape (directions, rows), as float64."""
    return _signs((b"row %d" % number for number in range(start, stop)), directions)


def of_tokens(strings: Iterable[str], directions: int) -> Tensor:
    """Draw the signs of token strings, shape (directions, strings), as float64."""
    return _signs((b"token " + s.encode("utf-8", "surrogatepass") for s in strings), directions)


def _signs(keys: Iterable[bytes], directions: int) -> Tensor:
    import numpy as np
    import torch

    digests = b"".join(sha256(_DRAW + b"\0" + key).digest() for key in keys)
    bits = np.unpackbits(np.frombuffer(digests, np.uint8).reshape(-1, MOST // 8), axis=1)
    return torch.from_numpy(bits[:, :directions].T.astype(np.float64)) * 2 - 1
