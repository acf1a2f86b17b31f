# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Where tensors are computed on, and whether this machine has it."""

from audit.errors import UsageError

CPU, CUDA = "cpu", "cuda"


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
