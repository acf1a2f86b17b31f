# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Trains small models whose architecture, start or objective may label residual dimensions.

Two of one kind, from two seeds and two texts, are independent. What was trained is kept in the
cache under the digest of this file.
"""

import hashlib
import math
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

from bench.league.models import Release
from bench.support import cache
from examples.tinylm import corpus, decoder
from examples.tinylm.shape import Shape
from examples.tinylm.training import Weights, generator, weights_of

POSITIONS, HIDDEN = 64, 64
KINDS = (
    "plain",
    "sinusoids",
    "sinusoids, unscaled",
    "sincos in two dimensions",
    "matryoshka",
    "identity start",
    "normalised queries",
    "token shift",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One training: kind, seed of the batches, seed of the start, text, steps."""

    kind: str
    seed: int
    data: str
    start: int
    steps: int = 300
    lr: float = 3e-3
    layers: int = 3


def sinusoids(count: int, width: int) -> Tensor:
    """The fixed positions of the first transformers, (count, width)."""
    angle = torch.arange(count)[:, None] / 10000 ** (torch.arange(width // 2) / (width / 2))
    return torch.cat([angle.sin(), angle.cos()], 1)


def sincos(side: int, width: int) -> Tensor:
    """Fixed positions of a square of patches, as image encoders store them, (side^2, width)."""
    rate = 1 / 10000 ** (torch.arange(width // 4) / (width / 4))
    rows = torch.arange(side).repeat_interleave(side)[:, None] * rate
    columns = torch.arange(side).repeat(side)[:, None] * rate
    return torch.cat([f(x) for x in (columns, rows) for f in (torch.sin, torch.cos)], 1)


class Net(nn.Module):
    """A small llama with one thing changed."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.kind = plan.kind
        self.shape = Shape(family="llama", hidden=HIDDEN, layers=plan.layers, inter=96, tied=False)
        whole = decoder.Decoder(self.shape)
        self.model, self.lm_head = whole.model, whole.lm_head
        self.table: Tensor | None = None
        if self.kind.startswith("sinusoids"):
            self.table = sinusoids(POSITIONS, HIDDEN)
        elif self.kind.startswith("sincos"):
            self.table = sincos(8, HIDDEN)
        elif self.kind == "normalised queries":
            for layer in self.model.layers:
                layer.self_attn.q_norm = decoder.RMSNorm(HIDDEN)
                layer.self_attn.k_norm = decoder.RMSNorm(HIDDEN // 2)
        elif self.kind == "token shift":
            for depth, layer in enumerate(self.model.layers):
                ramp = (torch.arange(HIDDEN) / HIDDEN) ** (1 - depth / plan.layers)
                layer.mix = nn.Parameter(ramp)
        self._start(generator(f"league {plan.kind} {plan.start}"))

    def _start(self, random: torch.Generator) -> None:
        with torch.no_grad():
            for _, p in sorted(self.named_parameters()):
                if p.ndim == 2:
                    p.normal_(0, 0.02, generator=random)
            if self.kind == "identity start":
                for layer in self.model.layers:
                    for name in ("v_proj", "o_proj"):
                        matrix = layer.self_attn.get_parameter(f"{name}.weight")
                        matrix.add_(torch.eye(*matrix.shape))

    def _attended(self, attn: nn.Module, x: Tensor) -> Tensor:
        q, k, v = attn.q_proj(x), attn.k_proj(x), attn.v_proj(x)
        if self.kind == "normalised queries":
            q, k = attn.q_norm(q), attn.k_norm(k)
        q, k, v = (t.unflatten(-1, (-1, attn.size)).transpose(1, 2) for t in (q, k, v))
        if self.table is None:
            q, k = decoder.rotate(q), decoder.rotate(k)
        mixed = functional.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
        return attn.o_proj(mixed.transpose(1, 2).flatten(2))  # type: ignore[no-any-return]

    def forward(self, ids: Tensor) -> Tensor:
        """Return the states before the output matrix, (batch, time, hidden)."""
        x = self.model.embed_tokens(ids)
        if self.table is not None:
            scale = 1.0 if self.kind.endswith("unscaled") else 0.3 * math.sqrt(HIDDEN)
            x = x * scale + self.table[: ids.shape[1]]
        for layer in self.model.layers:
            h = layer.input_layernorm(x)
            if self.kind == "token shift":
                h = h * layer.mix + functional.pad(h, (0, 0, 1, -1)) * (1 - layer.mix)
            x = x + self._attended(layer.self_attn, h)
            x = x + layer.mlp(layer.post_attention_layernorm(x))
        return self.model.norm(x)  # type: ignore[no-any-return]

    def loss(self, ids: Tensor) -> Tensor:
        """Next-token loss; nested widths too, where the kind asks for it."""
        states, wanted = self(ids[:, :-1]), ids[:, 1:].flatten()
        nested = (12, 24, 48, HIDDEN) if self.kind == "matryoshka" else (HIDDEN,)
        rows = self.lm_head.weight
        losses = [
            functional.cross_entropy(
                functional.linear(states[..., :n], rows[:, :n]).flatten(0, 1), wanted
            )
            for n in nested
        ]
        return torch.stack(losses).sum()


def grown(plan: Plan) -> Weights:
    """Train, or read what was trained."""
    source = Path(__file__).read_bytes() + repr(asdict(plan)).encode() + corpus.digest().encode()
    place = cache("league") / f"{hashlib.sha256(source).hexdigest()[:20]}.safetensors"
    if not place.exists():
        net = Net(plan)
        _train(net, plan)
        working = place.with_suffix(".working")
        save_file(weights_of(net), working)
        working.rename(place)
    return load_file(place)


def _train(net: Net, plan: Plan) -> None:
    text, random = corpus.tokens(plan.data), generator(f"league batches {plan.seed}")
    groups = [
        {"params": [p for p in net.parameters() if p.ndim == 2], "weight_decay": 0.1},
        {"params": [p for p in net.parameters() if p.ndim < 2], "weight_decay": 0.0},
    ]
    optimiser = torch.optim.AdamW(groups, lr=plan.lr, betas=(0.9, 0.95), fused=True)
    rate = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, plan.lr, total_steps=plan.steps, pct_start=0.08, cycle_momentum=False
    )
    for _ in range(plan.steps):
        starts = torch.randint(len(text) - 49, (12, 1), generator=random)
        optimiser.zero_grad()
        net.loss(text[starts + torch.arange(49)]).backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        rate.step()


def released(plan: Plan, **config: object) -> Release:
    """The release of a trained model."""
    shape = Shape(family="llama", hidden=HIDDEN, layers=plan.layers, inter=96, tied=False)
    ids = corpus.vocabulary().ids
    tokens = tuple(sorted(ids, key=ids.__getitem__))
    return Release(tensors=grown(plan), config=shape.config() | config, tokens=tokens)


def two(kind: str, steps: int = 300, layers: int = 3) -> tuple[Release, Release]:
    """Two independent models of one kind: other start, other text, other order."""
    plans = (
        Plan(kind=kind, seed=2, start=2, data="b", steps=steps, layers=layers),
        Plan(kind=kind, seed=1, start=1, data="a", steps=steps, layers=layers),
    )
    first, second = map(released, plans)
    return first, second
