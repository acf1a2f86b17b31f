# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Where tensors are computed on, and whether this machine has it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from audit.errors import UsageError

CPU, CUDA = "cpu", "cuda"
_WIDE = 2048
"""Residual dimensions from which a kernel is worth dividing: below, a comparison on one thread
takes half the time of one on two."""


@contextmanager
def own_threads() -> Iterator[None]:
    """Leave whoever calls, and the next pair of models, with as many threads as before."""
    import torch

    before = torch.get_num_threads()
    try:
        yield
    finally:
        torch.set_num_threads(before)


def prepare(device: str, widths: Iterable[int | None]) -> None:
    """Require a device, and compute models that are known not to be wide on one thread."""
    require(device)
    if all(width is not None and width < _WIDE for width in widths):
        import torch

        torch.set_num_threads(1)


def require(device: str) -> None:
    """Return if ``device`` can be computed on here.

    Raises
    ------
    UsageError
        If it is no device that is known, or this machine, or this build of torch, has none.
    """
    if device == CPU:
        return
    if device != CUDA:
        raise UsageError(f"There is no device {device}.", advice="Use cpu or cuda.")
    import torch

    if not torch.cuda.is_available():
        raise UsageError(
            "torch finds no CUDA device on this machine.",
            advice="Leave --device out, or install a build of torch for the GPU.",
        )


def described() -> tuple[int, str]:
    """Return how many threads torch computes on, and the GPU that it finds; empty for none."""
    import torch

    name = torch.cuda.get_device_name() if torch.cuda.is_available() else ""
    return torch.get_num_threads(), name
