# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Measures on a running model how its normalisations act; used by ``generate.py`` only.

A gain counts as standing before a matrix when scaling the gain and dividing the matrix's
columns by as much leaves every output as it was: the transformation that folding relies on.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

Run = Callable[[], Tensor]


def measure(model: nn.Module, run: Run) -> dict[str, Any]:
    """Return ``offset`` and ``centred`` of the norms, and which matrix each gain serves.

    ``before`` maps the name of a reading matrix to its gain, ``after`` a writing one.
    """
    seen = _Seen()
    with torch.no_grad(), seen.watching(model):
        expected = run()
    norms = {name: module for name, module in model.named_modules() if _is_norm(module)}
    before = {}
    for name, readers in seen.readers.items():
        if _is_free(norms[name], [_matrix(model, reader) for reader in readers], run, expected):
            before |= dict.fromkeys(readers, f"{name}.weight")
    first = next(iter(norms.values()))
    return {
        "offset": _offset(first),
        "centred": _is_centred(first),
        "before": dict(sorted(before.items())),
        "after": {w: f"{n}.weight" for w, n in sorted(seen.writers.items())},
    }


def _is_norm(module: nn.Module) -> bool:
    return "Norm" in type(module).__name__ and getattr(module, "weight", None) is not None


class _Seen:
    """Notes whose output is whose input, by the address of the data."""

    def __init__(self) -> None:
        self.readers: dict[str, list[str]] = defaultdict(list)
        self.writers: dict[str, str] = {}
        self._norm_outputs: dict[int, str] = {}
        self._matrix_outputs: dict[int, str] = {}
        self._alive: list[Any] = []

    @contextmanager
    def watching(self, model: nn.Module) -> Iterator[None]:
        hooks = []
        for name, module in model.named_modules():
            if _is_norm(module) or _weights(module):
                hooks.append(module.register_forward_hook(self._note(name, module)))
        yield
        for hook in hooks:
            hook.remove()

    def _note(self, name: str, module: nn.Module) -> Callable[..., None]:
        def note(_: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
            if not inputs or not isinstance(inputs[0], Tensor):
                return
            self._alive += [inputs, output]
            place = inputs[0].data_ptr()
            if _is_norm(module):
                self._norm_outputs[output.data_ptr()] = name
                if place in self._matrix_outputs:
                    self.writers[self._matrix_outputs[place]] = name
                return
            for weight in _weights(module):
                if place in self._norm_outputs:
                    self.readers[self._norm_outputs[place]].append(f"{name}.{weight}")
                if isinstance(output, Tensor):
                    self._matrix_outputs[output.data_ptr()] = f"{name}.{weight}"

        return note


def _weights(module: nn.Module) -> list[str]:
    """Name the parameters that multiply what comes in: matrices, and stacks of them."""
    if isinstance(module, nn.Embedding):
        return []
    own = dict(module.named_parameters(recurse=False))
    return [n for n in ("weight", "gate_up_proj") if n in own and own[n].ndim in (2, 3)]


def _matrix(model: nn.Module, name: str) -> Tensor:
    """Return a parameter with the axis that reads the stream last."""
    owner, _, weight = name.rpartition(".")
    module = model.get_submodule(owner)
    value: Tensor = getattr(module, weight).data
    return value.T if type(module).__name__ == "Conv1D" else value


def _is_free(norm: nn.Module, readers: list[Tensor], run: Run, expected: Tensor) -> bool:
    gain = norm.weight.data
    offset = _offset(norm)
    if any(reader.shape[-1] != gain.shape[0] for reader in readers):
        return False
    scale = 0.5 + torch.rand(gain.shape, generator=torch.Generator().manual_seed(0))
    bias = norm.bias.data if getattr(norm, "bias", None) is not None else torch.zeros_like(gain)
    kept = [t.clone() for t in (gain, bias, *readers)]
    gain.copy_((gain + offset) * scale - offset)
    bias.mul_(scale)
    for reader in readers:
        reader.div_(scale)
    with torch.no_grad():
        found = run()
    for tensor, old in zip((gain, bias, *readers), kept, strict=True):
        tensor.copy_(old)
    return torch.allclose(found, expected, atol=1e-4, rtol=1e-3)


def _offset(norm: nn.Module) -> int:
    """Whether a gain of zero lets anything through."""
    gain = norm.weight.data
    kept = gain.clone()
    gain.zero_()
    with torch.no_grad():
        out = norm(torch.randn(3, gain.shape[0], generator=torch.Generator().manual_seed(1)))
    gain.copy_(kept)
    bias = getattr(norm, "bias", None)
    return int(bool((out - (0 if bias is None else bias)).abs().max() > 1e-3))


def _is_centred(norm: nn.Module) -> bool:
    """Whether adding a constant to what comes in changes nothing."""
    x = torch.randn(3, norm.weight.shape[0], generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        return bool(torch.allclose(norm(x), norm(x + 1), atol=1e-4))
