# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A copy of the weights, and decoys where a reader may look first."""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file

from bench.league.attempt import Lay, evasion
from bench.league.models import FOLDERS, Release, drawn
from examples.tinylm.training import Weights


def _decoy(of: Release, random: torch.Generator) -> Weights:
    return drawn(of.tensors, random)


def _beside(file: str, *, more: int = 0, decoy_first: bool = False) -> Lay:
    """Lay a decoy of the same names in ``file``; ``decoy_first`` exchanges the two."""

    def lay(of: Release, place: Path, random: torch.Generator) -> None:
        decoy = _decoy(of, random)
        if more:
            decoy["extra.pad"] = torch.randn(more, 64, generator=random)
        second = Release(tensors=decoy, config=of.config, tokens=of.tokens)
        if decoy_first:
            second.write(place)
            of.write(place, file)
        else:
            second.write(place, file)
            of.write(place)

    return lay


def half_size(of: Release, place: Path, random: torch.Generator) -> None:
    """The copy in half the bytes of the decoy."""
    Release(tensors=_decoy(of, random), config=of.config).write(place, "original/model.safetensors")
    Release(tensors=of.tensors, config=of.config, tokens=of.tokens, dtype=torch.bfloat16).write(
        place
    )


def pickled(of: Release, place: Path, random: torch.Generator) -> None:
    """The copy in a file of another format, a decoy in safetensors."""
    Release(tensors=_decoy(of, random), config=of.config, tokens=of.tokens).write(place)
    torch.save(of.tensors, place / "pytorch_model.bin")


def indexed(of: Release, place: Path, random: torch.Generator) -> None:
    """An index names shards with the copy; a decoy lies in ``model.safetensors``."""
    Release(tensors=_decoy(of, random), config=of.config, tokens=of.tokens).write(place)
    _shards(of.tensors, place, (1, 2))


def missing_shard(of: Release, place: Path, random: torch.Generator) -> None:
    """The first shard holds a decoy of its tensors, the second, the copy's, is not there."""
    of.write(place)
    (place / "model.safetensors").unlink()
    _shards(_decoy(of, random), place, (1,))


def missing_unlisted(of: Release, place: Path, random: torch.Generator) -> None:
    """The same without an index."""
    missing_shard(of, place, random)
    (place / "model.safetensors.index.json").unlink()


def _shards(tensors: Weights, place: Path, written: tuple[int, ...]) -> None:
    names, where = sorted(tensors), {}
    for number in (1, 2):
        file = f"model-{number:05}-of-00002.safetensors"
        chosen = {n: tensors[n].contiguous() for n in names[number - 1 :: 2]}
        where |= dict.fromkeys(chosen, file)
        if number in written:
            save_file(chosen, place / file, metadata={"format": "pt"})
    index = json.dumps({"metadata": {}, "weight_map": where})
    (place / "model.safetensors.index.json").write_text(index, "utf-8")


LAYINGS: dict[str, Lay] = {
    "decoy of the same names in a-shard.safetensors": _beside("a-shard.safetensors"),
    "decoy, a little larger, in a folder": _beside("decoy/model.safetensors", more=40),
    "decoy of twice the bytes in original/": half_size,
    "copy as pytorch_model.bin beside a decoy": pickled,
    "decoy at the root, copy in weights/": _beside(
        "weights/model.safetensors", more=9, decoy_first=True
    ),
    "decoy as consolidated.safetensors": _beside("consolidated.safetensors"),
    "copy as consolidated.safetensors beside a decoy": _beside(
        "consolidated.safetensors", decoy_first=True
    ),
    "copy in indexed shards, decoy in model.safetensors": indexed,
    "decoy shard, the other listed and missing": missing_shard,
    "decoy shard, the other missing": missing_unlisted,
}
ATTEMPTS = tuple(
    evasion(name, of, lay=lay, command=of == "llama")
    for name, lay in LAYINGS.items()
    for of in FOLDERS
)
