# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The trained models that attempts start from, their loss, and how a release is written."""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import nn

from bench.support import ROOT
from bench.zoo.recipes import Model, token_names
from bench.zoo.symmetries import SYMMETRIES
from examples.tinylm import corpus, storage, training
from examples.tinylm.decoder import Decoder
from examples.tinylm.training import Weights
from tests.zoo import zoo_path

DISPUTE = ROOT / "examples" / "dispute"
FOLDERS = {"llama": DISPUTE / "reference", "mixtral": zoo_path("upcycled")}
"""The two architectures: eight layers and one feed-forward each; two layers and three experts."""
_READ = 8000
"""Tokens of the held-out text that a loss is taken over."""


def folder(name: str) -> Path:
    """Where a trained model lies: an architecture, or a member of the small zoo."""
    return FOLDERS.get(name) or zoo_path(name)


def model(name: str, seed: int = 0) -> Model:
    """Read a trained model; what is drawn for it afterwards depends on ``seed``."""
    place = folder(name)
    weights, shape = storage.load(place)
    ids = corpus.read_vocabulary(place).ids
    strings = tuple(sorted(ids, key=ids.__getitem__))
    return Model(name=f"{name} {seed}", weights=weights, shape=shape, tokens=strings)


@cache
def held_out(name: str) -> torch.Tensor:
    """Token ids (n,) of text that the model was not trained on."""
    vocabulary = corpus.read_vocabulary(folder(name))
    return vocabulary.encode(corpus.text("held-out"))[:_READ]


@cache
def lessons(name: str, part: str) -> torch.Tensor:
    """Token ids (n,) of a training text."""
    return corpus.read_vocabulary(folder(name)).encode(corpus.text(part))


def running(of: Model) -> Decoder:
    """Build the network of a model whose parts may have other sizes than its shape tells."""
    net = Decoder(of.shape)
    for key, _ in list(net.named_parameters()):
        stem, _, leaf = key.rpartition(".")
        setattr(net.get_submodule(stem), leaf, nn.Parameter(of.weights[key].float()))
    for layer in net.model.layers:
        layer.self_attn.size = of.extra.get("head_dim", of.shape.hidden // of.shape.heads)
    return net


def loss(of: Model, name: str) -> float:
    """Mean loss of the next token of the text held out for ``name``, in nats.

    Rows of tokens may stand in another order, which their strings tell.
    """
    ids = held_out(name)
    places = {string: row for row, string in enumerate(token_names(of))}
    rows = torch.tensor([places[string] for string in token_names(model(name))])
    return math.log(training.perplexity(running(of), of.shape, rows[ids]))


@dataclass(frozen=True, kw_only=True)
class Release:
    """What is written: tensors under the names that they shall have, configuration, tokens."""

    tensors: Weights
    config: dict[str, Any]
    tokens: tuple[str, ...] | None = None
    dtype: torch.dtype = torch.float32

    def write(self, place: Path, file: str = "model.safetensors") -> Path:
        """Write into a folder, which may hold other files."""
        (place / file).parent.mkdir(parents=True, exist_ok=True)
        stored = {
            k: (v.to(self.dtype) if v.dtype in (torch.float32, torch.float64) else v).contiguous()
            for k, v in self.tensors.items()
        }
        save_file(stored, place / file, metadata={"format": "pt"})
        (place / "config.json").write_text(json.dumps(self.config, indent=1), "utf-8")
        if self.tokens is not None:
            ids = {string: row for row, string in enumerate(self.tokens)}
            corpus.Vocabulary(ids=ids, merges=()).write(place)
        return place


Spelling = Callable[[Release], Release]
Change = Callable[[Model], Model]


def release(of: Model, like: Model) -> Release:
    """The release that a loader of the family reads.

    Tokens that stand in another order than those of ``like`` are renamed, all of them.
    """
    shape, tokens = of.shape, token_names(of)
    if tokens != token_names(like):
        tokens = tuple(f"<hidden_{row}>" for row in range(shape.vocab))
    sized = {"head_dim": shape.hidden // shape.heads} if shape.family != "gpt2" else {}
    config = shape.config() | sized | dict(of.extra)
    return Release(tensors=dict(of.weights), config=config, tokens=tokens)


def apply(of: Model, *names: str) -> Model:
    """Apply free changes of the larger zoo, by name."""
    for name in names:
        of = SYMMETRIES[name](of)
    return of


def turned(of: Model) -> Model:
    """Another basis, neurons in another order and scale, another order of tokens."""
    return apply(of, "rotate", "shuffle_neurons", "shuffle_vocabulary")


def drawn(like: Weights, random: torch.Generator) -> Weights:
    """Independent weights of the same shapes and scales; gains lie about one."""
    noise = {k: torch.randn(v.shape, generator=random) for k, v in like.items()}
    return {k: 1 + 0.1 * n if n.ndim == 1 else n * like[k].float().std() for k, n in noise.items()}
