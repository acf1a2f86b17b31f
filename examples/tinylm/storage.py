# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Writes and reads model folders, and pins them by digest."""

import hashlib
import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from examples.tinylm import corpus
from examples.tinylm.shape import Shape, shape_of
from examples.tinylm.training import Weights

_DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}
_CORPUS = "# text: "


def save(
    folder: Path,
    weights: Weights,
    shape: Shape,
    *,
    dtype: str,
    extra: dict[str, Any] | None = None,
    vocabulary: corpus.Vocabulary | None = None,
) -> None:
    """Write ``model.safetensors``, ``config.json``, ``vocab.json`` and ``merges.txt``.

    ``vocabulary`` is :func:`corpus.vocabulary` unless given.
    """
    folder.mkdir(parents=True, exist_ok=True)
    cast = {key: weights[key].to(_DTYPES[dtype]).contiguous() for key in sorted(weights)}
    save_file(cast, folder / "model.safetensors", metadata={"format": "pt"})
    config = shape.config() | {"torch_dtype": dtype} | (extra or {})
    text = json.dumps(config, indent=2, sort_keys=True) + "\n"
    (folder / "config.json").write_text(text, "utf-8")
    (vocabulary or corpus.vocabulary()).write(folder)


def load(folder: Path) -> tuple[Weights, Shape]:
    """Read back what :func:`save` wrote, as float32."""
    shape = shape_of(json.loads((folder / "config.json").read_text("utf-8")))
    weights = load_file(folder / "model.safetensors")
    return {key: weights[key].float() for key in sorted(weights)}, shape


def digests(root: Path) -> dict[str, str]:
    """Return path -> SHA-256 of every file below ``root``, locks left out, sorted."""
    files = (p for p in root.rglob("*") if p.is_file() and p.suffix != ".lock")
    paths = sorted(p for p in files if "__pycache__" not in p.parts)
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in paths
    }


def lock_text(root: Path) -> str:
    """Return the lock: the digest of the training text, then what ``sha256sum -c`` reads."""
    lines = [f"{value}  {path}" for path, value in digests(root).items()]
    return "\n".join([_CORPUS + corpus.digest(), *lines]) + "\n"


def text_differs(lock: Path) -> list[str]:
    """Return a sentence if this Python's text is not the one that the lock names."""
    header = lock.read_text("utf-8").splitlines()[0]
    same = header == _CORPUS + corpus.digest()
    return [] if same else ["the training text of this Python differs from the one in the lock"]


def differences(root: Path, lock: Path) -> list[str]:
    """Compare ``root`` with the lock; one sentence for each difference, none if equal."""
    lines = lock.read_text("utf-8").splitlines()[1:]
    pinned = {path: value for value, _, path in (line.partition("  ") for line in lines)}
    found = digests(root)
    out = [f"missing: {path}" for path in sorted(pinned.keys() - found.keys())]
    out += [f"not in the lock: {path}" for path in sorted(found.keys() - pinned.keys())]
    both = sorted(pinned.keys() & found.keys())
    return out + [f"differs: {path}" for path in both if pinned[path] != found[path]]
